// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["Linkage Runs by Day"] = {
	method: "crm_ext.crm_ext.dashboard_chart_source.linkage_runs_by_day.linkage_runs_by_day.get",
	filters: [
		{
			fieldname: "days",
			label: __("Days"),
			fieldtype: "Int",
			default: 30,
		},
	],
};
