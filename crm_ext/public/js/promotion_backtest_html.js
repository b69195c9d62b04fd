// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The answer of a back-test as HTML: who had qualified, what it had cost, when the budget was gone, the method.

(() => {
	frappe.provide("crm_ext.promotion_backtest");

	const { escape, number, heading } = crm_ext.ui;
	const { money, signed, percent } = crm_ext.promotions;

	const tenth = (value) => format_number(value, null, 1);

	crm_ext.promotion_backtest.html = (state) => {
		const { result } = state;
		const found = result.qualified.documents
			? [
					cards_html(result),
					heading(__("Given by Month")),
					`<div class="crm-ext-chart crm-ext-months"></div>`,
					limits_html(result),
					rows_html(__("Who Gains Most"), result.customers, result, "Customer"),
					rows_html(__("Items"), result.items, result, "Item"),
				]
			: [];
		return [
			crm_ext.past.stale(state, __("The promotion has changed since")),
			`<p class="crm-ext-lead">${lead(result)}</p>`,
			...found,
			refused_html(result),
			left_out_html(result),
			heading(__("How It Is Computed")),
			crm_ext.past.points(result.method),
			crm_ext.past.computed(state),
		].join("");
	};

	function lead({ looked_at, qualified, cost, currency, from, to }) {
		const days = [escape(crm_ext.ui.date(from)), escape(crm_ext.ui.date(to))];
		if (!looked_at.documents) {
			return __("From {0} to {1} there was no document that promotions look at.", days);
		}
		if (!qualified.documents) {
			return __("None of the {0} documents from {1} to {2} would have got the promotion.", [
				number(looked_at.documents),
				...days,
			]);
		}
		return __(
			"{0} of the {1} documents from {2} to {3} would have got the promotion, and it would have cost {4}.",
			[
				number(qualified.documents),
				number(looked_at.documents),
				...days,
				`<b>${money(cost.spent ?? cost.discount + cost.freight, currency)}</b>`,
			]
		);
	}

	function cards_html({ looked_at, qualified, cost, margin, break_even, currency }) {
		return crm_ext.ui.cards([
			[
				__("Documents", null, "Promotion Back-Test"),
				number(qualified.documents),
				[
					__("{0} of those looked at", [
						percent((qualified.documents / looked_at.documents) * 100),
					]),
				],
			],
			[
				__("Customers", null, "CRM Ext"),
				number(qualified.customers),
				[__("of {0} who bought", [number(looked_at.customers)])],
			],
			[
				__("Promotion Cost"),
				money(cost.spent ?? cost.discount + cost.freight, currency),
				[
					__("{0} taken off", [money(cost.discount + cost.freight, currency)]),
					cost.gifts
						? __("{0} of free goods", [money(cost.gifts, currency)])
						: cost.gifts_price
							? __("and free goods worth {0}", [money(cost.gifts_price, currency)])
							: "",
				],
			],
			margin && [
				__("Margin", null, "CRM Ext"),
				margin.before_percent === null
					? "–"
					: `${tenth(margin.before_percent)} → ${percent(margin.after_percent)}`,
				margin.before_percent === null
					? [__("No cost is known.")]
					: [
							signed(margin.after - margin.before, currency),
							margin.coverage < 99.95
								? __("cost known of {0} of revenue", [percent(margin.coverage)])
								: "",
						],
			],
			margin && [
				__("Break-Even Uplift"),
				break_even === null ? "–" : percent(break_even, true),
				[
					break_even === null
						? __("No growth would make up for it.")
						: __("sales must grow by so much"),
				],
				"var(--text-color)",
				"u = D / (M0 − D)",
			],
		]);
	}

	function limits_html({ limits, currency, no_exchange_rate }) {
		const note = no_exchange_rate
			? `<p class="text-muted">${__("The budget is in a currency without an exchange rate.")}</p>`
			: "";
		if (!limits.length) {
			return note;
		}
		const texts = limits.map((one) => `<li>${limit_text(one, currency)}</li>`).join("");
		const chart = limits.some(({ limit }) => limit === "money")
			? `<div class="crm-ext-chart crm-ext-burning"></div>`
			: "";
		return `${heading(__("When the Limits Would Have Been Reached"))}
			<ul class="crm-ext-method">${texts}</ul>${note}${chart}`;
	}

	function limit_text({ limit, most, used, percent: share, day }, currency) {
		const shown = (value) => (limit === "money" ? money(value, currency) : number(value));
		const names = {
			money: __("Budget"),
			uses: __("Uses"),
			customers: __("Customers", null, "CRM Ext"),
		};
		const values = [names[limit], shown(most), shown(used), percent(share)];
		return day
			? __("{0}: {1} would have been used up on {4}; in all {2} ({3}).", [
					...values,
					`<b>${escape(crm_ext.ui.date(day))}</b>`,
				])
			: __("{0}: of {1}, {2} ({3}) would have been used.", values);
	}

	function rows_html(title, rows, { currency }, doctype) {
		if (!rows.length) {
			return "";
		}
		const drillable = doctype === "Customer";
		const html = rows.map((row) => {
			const data = drillable
				? `data-only="${escape(JSON.stringify({ customer: row.name }))}" aria-expanded="false"
					title="${__("Show the documents")}"`
				: "";
			const share = row.revenue ? (row.given / row.revenue) * 100 : null;
			return `<tr ${data}><td class="is-name">${
				drillable ? frappe.utils.icon("right", "xs") : ""
			} <a href="${frappe.utils.get_form_link(doctype, row.name)}">${escape(row.label)}</a></td>
				${drillable ? `<td class="is-number">${number(row.documents)}</td>` : ""}
				<td class="is-number">${money(row.revenue, currency)}</td>
				<td class="is-number"><b>${money(row.given, currency)}</b></td>
				<td class="is-number">${percent(share)}</td></tr>`;
		});
		const head = [
			[__(doctype), "is-name"],
			...(drillable ? [[__("Documents", null, "Promotion Back-Test"), "is-number"]] : []),
			[__("Revenue Before", null, "Promotion Back-Test"), "is-number"],
			[__("Given"), "is-number"],
			["%", "is-number"],
		];
		return (
			heading(title) + crm_ext.past.table(head, html, drillable ? "crm-ext-drillable" : "")
		);
	}

	/** The documents of a customer. */
	crm_ext.promotion_backtest.documents_html = ({ rows, total }, currency) => {
		const html = rows.map(
			(row) => `<tr><td class="text-nowrap"><a href="${frappe.utils.get_form_link(
				row.doctype,
				row.document
			)}">${escape(row.document)}</a></td>
				<td class="text-nowrap">${escape(crm_ext.ui.date(row.date))}</td>
				<td class="is-number">${money(row.revenue, currency)}</td>
				<td class="is-number">${money(row.discount, currency)}</td>
				<td class="is-number">${row.gifts_price ? money(row.gifts_price, currency) : ""}</td></tr>`
		);
		return `<table class="crm-ext-table"><thead><tr><th>${__("Document", null, "Promotion Redemption")}</th><th></th>
			<th class="is-number">${__("Revenue Before", null, "Promotion Back-Test")}</th><th class="is-number">${__("Discount")}</th>
			<th class="is-number">${__("Free Goods")}</th></tr></thead><tbody>${html.join("")}</tbody></table>${crm_ext.ui.first_of(rows.length, total)}`;
	};

	const table = (title, [first, second, third], rows) =>
		rows.length
			? `${heading(title)}<table class="crm-ext-table"><thead><tr><th>${first}</th>
				<th class="is-number">${second}</th>${third ? `<th class="is-number">${third}</th>` : ""}</tr></thead>
				<tbody>${rows.join("")}</tbody></table>`
			: "";

	const refused_html = ({ refused }) =>
		table(
			__("Why the Other Documents Would Not Have Got It"),
			[__("Reason"), __("Documents", null, "Promotion Back-Test")],
			refused.map(
				({ label, documents }) =>
					`<tr><td>${escape(label)}</td><td class="is-number">${number(documents)}</td></tr>`
			)
		);

	const left_out_html = ({ left_out, currency }) =>
		table(
			__("Lines That No Promotion Makes Cheaper"),
			[__("Reason"), __("Lines"), __("Revenue")],
			left_out.map(
				(
					row
				) => `<tr><td>${escape(row.label)}</td><td class="is-number">${number(row.lines)}</td>
					<td class="is-number">${money(row.revenue, currency)}</td></tr>`
			)
		);
})();
