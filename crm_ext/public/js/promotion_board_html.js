// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The status board as HTML: the sums of each company, the promotions, and what unfolds under one of them.

(() => {
	frappe.provide("crm_ext.promotions");

	const { escape, number, heading } = crm_ext.ui;
	const { money, percent } = crm_ext.promotions;
	const COLOUR = {
		Running: "green",
		Coming: "blue",
		Observing: "yellow",
		Paused: "orange",
		Ended: "gray",
	};
	const SOON = 7;
	const list = (doctype, filters, html, title) =>
		`<a href="#" data-list="${doctype}" data-filters="${escape(JSON.stringify(filters))}"
			title="${escape(title)}">${html}</a>`;

	crm_ext.promotions.board_html = (answer, shown) => {
		if (!answer.promotions.length) {
			return blank_html(shown);
		}
		const several = new Set(
			answer.promotions.flatMap(({ sales }) => sales.map(({ company }) => company))
		);
		const sums = answer.companies.map((sales, no) => sums_html(sales, no, several.size > 1));
		return `${sums.join("")}${table_html(answer.promotions, several.size > 1)}${foot_html()}`;
	};

	function blank_html(shown) {
		const text = {
			Running: __("No promotion is running."),
			Observing: __("No promotion is being observed."),
			Paused: __("No promotion is paused."),
			Ended: __("No promotion has ended yet."),
		}[shown];
		const others = shown === "Running" ? "Ended" : "Running";
		const label =
			others === "Ended" ? __("Show Ended Promotions") : __("Show Running Promotions");
		return `<div class="crm-ext-blank"><p>${text}</p>
			<button class="btn btn-default btn-sm" data-show="${others}">${label}</button></div>`;
	}

	function sums_html(sales, no, several) {
		const { currency } = sales;
		const cards = [
			[
				__("Revenue"),
				money(sales.revenue, currency),
				[__("of {0} lines", [number(sales.lines)])],
			],
			[__("Promotion Cost"), money(sales.spent, currency), [cost_notes(sales)]],
			[
				__("Margin", null, "CRM Ext"),
				money(sales.margin, currency),
				[
					sales.margin === null
						? ""
						: __("{0} of revenue", [percent(sales.margin_percent)]),
					coverage_note(sales),
				],
			],
			[
				__("Redemptions"),
				number(sales.redeemed),
				[sales.reserved ? __("and {0} reserved", [number(sales.reserved)]) : ""],
			],
			[__("Customers", null, "CRM Ext"), number(sales.customers)],
		];
		return `<section class="crm-ext-board-sums">
			${several ? heading(sales.company) : ""}${crm_ext.ui.cards(cards)}
			${crm_ext.promotions.trend_heading()}
			<div class="crm-ext-chart" data-company="${no}"></div></section>`;
	}

	function cost_notes({ freight, gifts, gifts_price, currency }) {
		if (freight && !gifts_price) {
			return __("{0} of it taken off charges", [money(freight, currency)]);
		}
		if (gifts) {
			return __("{0} of it free goods at cost", [money(gifts, currency)]);
		}
		return gifts_price
			? __("and free goods worth {0}", [money(gifts_price, currency)])
			: __("discounts given");
	}

	const coverage_note = ({ coverage }) =>
		coverage !== null && coverage < 99.95
			? __("cost known of {0} of revenue", [percent(coverage)])
			: "";

	function table_html(promotions, several) {
		const head = [
			[__("Promotion"), "is-name"],
			[__("Redemptions"), "is-number"],
			[__("Customers", null, "CRM Ext"), "is-number"],
			[__("Revenue"), "is-number"],
			[
				__("Promotion Cost"),
				"is-number",
				__("Discounts, and free goods at what they cost."),
			],
			[__("Cost of Goods"), "is-number"],
			[__("Margin", null, "CRM Ext"), "is-number"],
			[__("Budget Left"), "is-left"],
			[__("Days Left"), "is-number"],
		];
		return `<table class="crm-ext-table crm-ext-board-table"><thead><tr>${head
			.map(
				([label, kind, title = ""]) =>
					`<th class="${kind}" scope="col" title="${escape(title)}">${escape(label)}</th>`
			)
			.join("")}</tr></thead><tbody>${promotions
			.map((one) =>
				(one.sales.length ? one.sales : [null])
					.map((sales, no) => row_html(one, sales, several, no))
					.join("")
			)
			.join("")}</tbody></table>`;
	}

	function row_html(one, sales, several, no) {
		const about = { promotion: one.name, company: sales?.company };
		const company = sales && (several || one.sales.length > 1) ? escape(sales.company) : "";
		return `<tr data-promotion="${escape(one.name)}" data-company="${escape(
			sales?.company || ""
		)}" aria-expanded="false" class="${no ? "is-again" : ""}">
			<td class="is-name"><div class="crm-ext-board-name">${frappe.utils.icon("right", "xs")}<div>
				<a href="${frappe.utils.get_form_link("Sales Promotion", one.name)}">${escape(one.name)}</a>
				<div class="crm-ext-board-notes">${no ? company : notes_html(one, company)}</div></div></div></td>
			${sales ? figures_html(sales, about) : `<td colspan="6" class="text-muted">${__("Nothing sold yet.")}</td>`}
			<td class="is-left">${no ? "" : crm_ext.promotions.limits(one) || `<span class="text-muted">${__("no limit")}</span>`}</td>
			<td class="is-number">${no ? "" : days_html(one)}</td></tr>`;
	}

	function notes_html(one, company) {
		const state =
			one.state === "Running"
				? ""
				: crm_ext.ui.pill(
						__(one.state, null, "CRM Ext"),
						COLOUR[one.state],
						one.reason || ""
					);
		const notes = [
			escape(__(one.kind, null, "Sales Promotion")),
			company,
			one.needs_coupon ? __("with coupon") : "",
			one.hold_out_percent ? __("{0} held out", [percent(one.hold_out_percent)]) : "",
		];
		return `${state} ${notes.filter(Boolean).join(" · ")}`;
	}

	function figures_html(sales, about) {
		const { currency } = sales;
		const reserved = sales.reserved
			? `<small>${__("+ {0} reserved", [number(sales.reserved)])}</small>`
			: "";
		return `<td class="is-number">${list(
			"Promotion Redemption",
			about,
			number(sales.redeemed),
			__("Show the redemptions")
		)}${reserved}</td>
			<td class="is-number">${number(sales.customers)}</td>
			<td class="is-number">${list(
				"Promotion Sale",
				about,
				money(sales.revenue, currency),
				__("Show the invoiced lines")
			)}</td>
			<td class="is-number" title="${escape(strip_html(cost_notes(sales)))}">${money(sales.spent, currency)}</td>
			<td class="is-number">${money(sales.cost, currency)}</td>
			<td class="is-number" title="${escape(strip_html(coverage_note(sales)))}">${money(
				sales.margin,
				currency
			)}${sales.margin === null ? "" : `<small>${percent(sales.margin_percent)}</small>`}</td>`;
	}

	function days_html({ state, days_left, valid_from, valid_to }) {
		if (state === "Coming") {
			return `<small>${__("from {0}", [escape(crm_ext.ui.date(valid_from))])}</small>`;
		}
		if (days_left === null) {
			return `<small>${
				valid_to ? __("until {0}", [escape(crm_ext.ui.date(valid_to))]) : __("open end")
			}</small>`;
		}
		return `<span class="${days_left <= SOON ? "is-soon" : ""}" title="${__("until {0}", [
			escape(crm_ext.ui.date(valid_to)),
		])}">${number(days_left)}</span>`;
	}

	/** Under a promotion: what can be opened, its trend and its last invoices. */
	crm_ext.promotions.board_more_html = (one, sales) => {
		const about = { promotion: one.name, ...(sales && { company: sales.company }) };
		const reason = one.reason
			? `<p class="text-muted">${__("Reason: {0}", [escape(one.reason)])}</p>`
			: "";
		const buttons = [
			sales &&
				`<button class="btn btn-default btn-xs" data-result="${escape(one.name)}"
					data-company="${escape(sales.company)}">${__("Result")}</button>`,
			button("Promotion Redemption", about, __("Redemptions")),
			button("Promotion Sale", about, __("Invoiced Lines")),
			`<a class="btn btn-default btn-xs" href="${frappe.utils.get_form_link(
				"Sales Promotion",
				one.name
			)}">${__("Open", null, "Sales Promotion")}</a>`,
		];
		return `<div class="crm-ext-board-tools">${buttons.filter(Boolean).join("")}</div>${reason}
			<div class="crm-ext-board-inner"><div>${
				sales ? crm_ext.promotions.trend_heading() : ""
			}<div class="crm-ext-trend"></div></div>
			<div class="crm-ext-board-invoices">${sales ? crm_ext.ui.failure(__("Loading…")) : ""}</div></div>`;
	};

	const button = (doctype, filters, label) =>
		`<button class="btn btn-default btn-xs" data-list="${doctype}"
			data-filters="${escape(JSON.stringify(filters))}">${label}</button>`;

	crm_ext.promotions.board_invoices_html = (rows, { currency }) => {
		if (!rows.length) {
			return crm_ext.ui.failure(__("Nothing has been invoiced yet."));
		}
		const html = rows.map(
			(
				row
			) => `<tr><td><a href="${frappe.utils.get_form_link(row.doctype, row.name)}">${escape(
				row.name
			)}</a>${row.is_return ? ` ${crm_ext.ui.pill(__("Return", null, "Promotion Sale"), "gray")}` : ""}</td>
				<td class="text-nowrap">${escape(crm_ext.ui.date(row.date))}</td>
				<td>${escape(row.customer)}</td>
				<td class="is-number">${money(row.revenue, currency)}</td>
				<td class="is-number">${money(row.discount, currency)}</td></tr>`
		);
		return `<table class="crm-ext-table"><thead><tr><th>${__("Last Invoices")}</th><th></th><th></th>
			<th class="is-number">${__("Revenue")}</th><th class="is-number">${__("Discount")}</th></tr></thead>
			<tbody>${html.join("")}</tbody></table>`;
	};

	const foot_html = () =>
		`<p class="crm-ext-foot">${crm_ext.ui.sentences([
			__(
				"Figures are of submitted invoices, returns deducted, without tax, in the currency of the company."
			),
			__("A line that two promotions made cheaper counts for both, and once in the sums."),
			__("What is left of a budget also counts orders that are not invoiced yet."),
		])}</p>`;
})();
