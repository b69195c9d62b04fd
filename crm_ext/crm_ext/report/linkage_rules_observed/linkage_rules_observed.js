// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.query_reports["Linkage Rules Observed"] = {
	filters: [
		{
			fieldname: "rule",
			label: __("Linkage Rule"),
			fieldtype: "Link",
			options: "Linkage Rule",
		},
		{
			fieldname: "from_date",
			label: __("From Date"),
			fieldtype: "Date",
			reqd: 1,
			default: frappe.datetime.add_days(frappe.datetime.get_today(), -55),
		},
		{
			fieldname: "to_date",
			label: __("To Date", null, "CRM Ext"),
			fieldtype: "Date",
			reqd: 1,
			default: frappe.datetime.get_today(),
		},
	],

	formatter(value, row, column, data, default_formatter) {
		if (value === null && column.fieldtype === "Int") {
			return "";
		}
		const html = default_formatter(value, row, column, data);
		return data?.bold && column.fieldname === "text" ? `<b>${html}</b>` : html;
	},
};
