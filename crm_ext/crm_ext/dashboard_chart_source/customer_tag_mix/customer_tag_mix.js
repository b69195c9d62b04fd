// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["Customer Tag Mix"] = {
	method: "crm_ext.crm_ext.dashboard_chart_source.customer_tag_mix.customer_tag_mix.get",
	filters: [
		{
			fieldname: "tag_group",
			label: __("Customer Tag Group"),
			fieldtype: "Link",
			options: "Customer Tag Group",
			reqd: 1,
		},
		{
			fieldname: "company",
			label: __("Company"),
			fieldtype: "Link",
			options: "Company",
		},
	],
};
