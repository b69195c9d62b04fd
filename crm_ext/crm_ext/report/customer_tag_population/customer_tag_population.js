// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.query_reports["Customer Tag Population"] = {
	filters: [
		{
			fieldname: "tag_group",
			label: __("Customer Tag Group"),
			fieldtype: "Link",
			options: "Customer Tag Group",
		},
		{
			fieldname: "company",
			label: __("Company"),
			fieldtype: "Link",
			options: "Company",
			default: frappe.defaults.get_user_default("Company"),
		},
		{
			fieldname: "interval",
			label: __("Interval", null, "CRM Ext"),
			fieldtype: "Select",
			options: [
				{ value: "Daily", label: __("Daily") },
				{ value: "Weekly", label: __("Weekly") },
				{ value: "Monthly", label: __("Monthly") },
			],
			default: "Weekly",
		},
		{ fieldname: "from_date", label: __("From Date"), fieldtype: "Date" },
		{ fieldname: "to_date", label: __("To Date", null, "CRM Ext"), fieldtype: "Date" },
	],
	after_datatable_render() {
		// a report cannot say that its axis is a series, whose labels are thinned out where there is no room
		const chart = frappe.query_report.chart;
		if (chart?.config) {
			chart.config.xIsSeries = 1;
			chart.draw();
		}
	},
};
