// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.query_reports["Customer Tag Flow"] = {
	filters: [
		{
			fieldname: "tag_group",
			label: __("Customer Tag Group"),
			fieldtype: "Link",
			options: "Customer Tag Group",
			get_query: () => ({ filters: { selection: "Exclusive", enabled: 1 } }),
		},
		{
			fieldname: "company",
			label: __("Company"),
			fieldtype: "Link",
			options: "Company",
			default: frappe.defaults.get_user_default("Company"),
		},
		{
			fieldname: "from_date",
			label: __("From Date"),
			fieldtype: "Date",
			reqd: 1,
			default: frappe.datetime.add_months(frappe.datetime.get_today(), -3),
		},
		{
			fieldname: "to_date",
			label: __("To Date", null, "CRM Ext"),
			fieldtype: "Date",
			reqd: 1,
			default: frappe.datetime.get_today(),
		},
		{
			fieldname: "figure",
			label: __("Figure"),
			fieldtype: "Select",
			options: [
				{ value: "Customers", label: __("Customers", null, "CRM Ext") },
				{ value: "Revenue", label: __("Revenue") },
			],
			default: "Customers",
		},
		{ fieldname: "from_tag", label: __("From Tag"), fieldtype: "Data", hidden: 1 },
		{ fieldname: "to_tag", label: __("To Tag"), fieldtype: "Data", hidden: 1 },
	],

	onload(report) {
		report.page.add_inner_button(__("Back to the Matrix"), () => open_cell(report, "", ""));
		toggle_back(report);
		report.page.main.on("click", ".crm-ext-cell", (event) => {
			const { from, to } = event.currentTarget.dataset;
			open_cell(report, from, to);
			return false;
		});
		if (!report.get_filter_value("tag_group")) {
			frappe.db
				.get_list("Customer Tag Group", {
					filters: { selection: "Exclusive", enabled: 1 },
					order_by: "sort_order asc",
					limit: 1,
				})
				.then(
					(groups) =>
						groups.length && report.set_filter_value("tag_group", groups[0].name)
				);
		}
	},

	after_datatable_render: () => toggle_back(frappe.query_report),

	formatter(value, row, column, data, default_formatter) {
		const html = default_formatter(value, row, column, data);
		if (!data || !column.to_key || !value) {
			return column.to_key ? `<span class="text-extra-muted">${html}</span>` : html;
		}
		const from = frappe.utils.escape_html(data.from_key);
		const to = frappe.utils.escape_html(column.to_key);
		// tags stand in the order of their ranks, “no tag” last
		const colours = { "-1": "var(--red-600)", 0: "var(--text-muted)", 1: "var(--green-600)" };
		const colour = colours[Math.sign(data.place - column.place)];
		return `<a class="crm-ext-cell" style="color: ${colour}; font-weight: 600" data-from="${from}" data-to="${to}"
			title="${__("Show these customers")}">${html}</a>`;
	},
};

function open_cell(report, from_tag, to_tag) {
	report.set_filter_value({ from_tag, to_tag });
}

function toggle_back(report) {
	const drilled = report.get_filter_value("from_tag") || report.get_filter_value("to_tag");
	report.page.inner_toolbar
		.find(`[data-label="${encodeURIComponent(__("Back to the Matrix"))}"]`)
		.toggle(Boolean(drilled));
}
