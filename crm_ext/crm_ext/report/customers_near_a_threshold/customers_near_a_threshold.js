// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.query_reports["Customers Near a Threshold"] = {
	filters: [
		{
			fieldname: "tag_group",
			label: __("Customer Tag Group"),
			fieldtype: "Link",
			options: "Customer Tag Group",
			get_query: () => ({ filters: { enabled: 1 } }),
		},
		{
			fieldname: "percent",
			label: __("Within Percent"),
			fieldtype: "Int",
			default: 10,
		},
		{
			fieldname: "direction",
			label: __("Direction"),
			fieldtype: "Select",
			options: [
				{ value: "", label: __("Both", null, "CRM Ext") },
				{ value: "up", label: __("Towards a higher tag") },
				{ value: "down", label: __("At risk of losing the tag") },
			],
		},
		{
			fieldname: "company",
			label: __("Company"),
			fieldtype: "Link",
			options: "Company",
			default: frappe.defaults.get_user_default("Company"),
		},
	],

	onload(report) {
		if (!report.get_filter_value("tag_group")) {
			return frappe.db
				.get_list("Customer Tag Group", {
					filters: { enabled: 1 },
					order_by: "sort_order asc",
					limit: 1,
				})
				.then(
					(groups) =>
						groups.length && report.set_filter_value("tag_group", groups[0].name)
				);
		}
	},

	formatter(value, row, column, data, default_formatter) {
		if (data && FIGURES.includes(column.fieldname)) {
			const df = data.currency
				? { fieldtype: "Currency", options: data.currency }
				: { fieldtype: "Float", precision: Number.isInteger(value) ? 0 : 2 };
			return frappe.format(value, df, { inline: 0 }, data);
		}
		const html = default_formatter(value, row, column, data);
		if (column.fieldname !== "direction_label" || !data) {
			return html;
		}
		const colour = data.direction === "up" ? "green" : "red";
		return `<span class="indicator-pill ${colour}">${html}</span>`;
	},
};

const FIGURES = ["actual", "needed", "missing"];
