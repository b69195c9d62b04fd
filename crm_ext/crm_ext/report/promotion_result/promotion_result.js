// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.query_reports["Promotion Result"] = {
	filters: [
		{
			fieldname: "company",
			label: __("Company"),
			fieldtype: "Link",
			options: "Company",
		},
		{
			fieldname: "promotion",
			label: __("Promotion"),
			fieldtype: "Link",
			options: "Sales Promotion",
		},
		{ fieldname: "from_date", label: __("From Date"), fieldtype: "Date" },
		{ fieldname: "to_date", label: __("To Date", null, "CRM Ext"), fieldtype: "Date" },
		{
			fieldname: "uplift",
			label: __("With Uplift"),
			fieldtype: "Check",
			default: 1,
		},
	],

	/** What is not known has no value, and is no zero. */
	formatter(value, row, column, data, default_formatter) {
		if (value === null || value === undefined) {
			return "";
		}
		const html = default_formatter(value, row, column, data);
		if (column.fieldname !== "return_on_cost") {
			return html;
		}
		const colour = data?.proven ? (value < 0 ? "orange" : "green") : "gray";
		return `<span class="indicator ${colour}">${html}</span>`;
	},
};
