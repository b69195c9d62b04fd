// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The answer to “What Would Change” as HTML: figures, who pays less and more, items, what was left out, the method.

(() => {
	frappe.provide("crm_ext.pricing");

	const { escape, number, heading } = crm_ext.ui;

	const money = (value, currency) => escape(crm_ext.ui.money(value, currency));
	const signed = (value, currency) => escape(crm_ext.ui.signed(value, currency));
	const percent = (value) =>
		value === null ? "" : `${crm_ext.ui.sign(value)}${number(Math.abs(value))} %`;

	crm_ext.pricing.impact_html = (state) => {
		const { result } = state;
		const computed = crm_ext.past.computed(state);
		if (!result.revenue.lines) {
			return `<p class="crm-ext-lead">${__(
				"In this period no invoice line could be priced."
			)}</p>${left_out_html(result)}${computed}`;
		}
		return [
			crm_ext.past.stale(state, __("The matrix has changed since")),
			`<p class="crm-ext-lead">${lead(result)}</p>`,
			cards_html(result),
			heading(__("Revenue by Month")),
			`<div class="crm-ext-chart"></div>`,
			people_html(result),
			items_html(result),
			left_out_html(result),
			method_html(result),
			computed,
		].join("");
	};

	function lead(result) {
		const { revenue } = result;
		const changed = revenue.changed
			? __("{0} of {1} lines would have had another price.", [
					number(revenue.changed),
					number(revenue.lines),
				])
			: "";
		return `${verdict(result)} ${changed}`;
	}

	function verdict({ revenue, currency, invoices, from, to }) {
		const values = [
			number(invoices),
			escape(crm_ext.ui.date(from)),
			escape(crm_ext.ui.date(to)),
			`<b>${money(Math.abs(revenue.difference), currency)}</b>`,
		];
		if (revenue.difference < 0) {
			return __("The {0} invoices from {1} to {2} would have brought {3} less.", values);
		}
		if (revenue.difference > 0) {
			return __("The {0} invoices from {1} to {2} would have brought {3} more.", values);
		}
		return revenue.changed
			? __("The {0} invoices from {1} to {2} would have brought the same in all.", values)
			: __(
					"No line of the {0} invoices from {1} to {2} would have had another price.",
					values
				);
	}

	function cards_html({ revenue, margin, pay_less, pay_more, currency }) {
		const part = (side) => (side.customers ? money(side.amount, currency) : "");
		return crm_ext.ui.cards([
			[
				__("Revenue"),
				signed(revenue.difference, currency),
				[
					`${money(revenue.before, currency)} → ${money(revenue.after, currency)}`,
					percent(revenue.percent),
				],
				crm_ext.ui.ink(revenue.difference),
			],
			margin && [__("Margin"), ...margin_of(margin, currency)],
			[__("Customers Who Pay Less"), number(pay_less.customers), [part(pay_less)]],
			[__("Customers Who Pay More"), number(pay_more.customers), [part(pay_more)]],
		]);
	}

	function margin_of(margin, currency) {
		if (margin.before_percent === null) {
			return ["–", [__("No cost is known.")]];
		}
		const tenth = (value) => format_number(value, null, 1);
		const coverage =
			margin.coverage < 99.95
				? __("Cost known of {0} % of revenue", [tenth(margin.coverage)])
				: "";
		return [
			`${tenth(margin.before_percent)} → ${tenth(margin.after_percent)} %`,
			[signed(margin.difference, currency), coverage],
		];
	}

	function people_html(result) {
		const sides = [
			[__("Who Would Pay Less"), result.pay_less],
			[__("Who Would Pay More"), result.pay_more],
		].filter(([, side]) => side.rows.length);
		return sides
			.map(
				([title, side]) =>
					heading(title) +
					rows_html(side.rows, result, "Customer", "customer") +
					crm_ext.ui.first_of(side.rows.length, side.customers)
			)
			.join("");
	}

	const items_html = (result) =>
		result.items.length
			? heading(__("Items")) + rows_html(result.items, result, "Item", "item_code")
			: "";

	function rows_html(rows, { currency }, doctype, only) {
		const html = rows.map((row) => {
			const data = escape(JSON.stringify({ [only]: row.name }));
			return `<tr data-only="${data}" aria-expanded="false" title="${__("Show the lines")}">
				<td class="is-name">${frappe.utils.icon("right", "xs")} <a
					href="${frappe.utils.get_form_link(doctype, row.name)}">${escape(row.label)}</a></td>
				<td class="is-number">${number(row.changed)}</td>
				<td class="is-number">${money(row.before, currency)}</td>
				<td class="is-number">${money(row.after, currency)}</td>
				<td class="is-number"><b>${signed(row.difference, currency)}</b></td>
				<td class="is-number">${percent(row.percent)}</td></tr>`;
		});
		const head = [
			[__(doctype), "is-name"],
			[__("Lines"), "is-number"],
			[__("Prices in Force"), "is-number"],
			[__("With This Matrix"), "is-number"],
			[__("Difference", null, "CRM Ext"), "is-number"],
			["%", "is-number"],
		];
		return crm_ext.past.table(head, html, "crm-ext-drillable");
	}

	/** The lines behind a row of a table. */
	crm_ext.pricing.impact_lines_html = ({ rows, total }, only, currency) => {
		const html = rows.map(
			(row) => `<tr><td class="text-nowrap"><a href="${frappe.utils.get_form_link(
				row.doctype,
				row.document
			)}">${escape(row.document)}</a></td>
				<td class="text-nowrap">${escape(crm_ext.ui.date(row.date))}</td>
				<td>${escape(only.customer ? row.item_code : row.customer)}</td>
				<td class="is-number">${number(row.qty)} ${escape(__(row.uom))}</td>
				<td class="is-number">${money(row.before, currency)}</td>
				<td class="is-number">${money(row.after, currency)}</td>
				<td class="is-number">${signed(row.difference, currency)}</td></tr>`
		);
		return `<table class="crm-ext-table"><tbody>${html.join("")}</tbody></table>${crm_ext.ui.first_of(
			rows.length,
			total
		)}`;
	};

	function left_out_html({ left_out, currency }) {
		if (!left_out.length) {
			return "";
		}
		const rows = left_out.map(
			(row) => `<tr><td>${escape(row.label)}</td>
				<td class="is-number">${number(row.lines)}</td>
				<td class="is-number">${money(row.revenue, currency)}</td></tr>`
		);
		return `${heading(__("Left Out: Prices That Would Not Have Changed"))}
			<table class="crm-ext-table"><thead><tr><th>${__("Reason")}</th>
			<th class="is-number">${__("Lines")}</th><th class="is-number">${__("Revenue")}</th></tr></thead>
			<tbody>${rows.join("")}</tbody></table>`;
	}

	const method_html = ({ method }) =>
		heading(__("How It Is Computed")) + crm_ext.past.points(method);
})();
