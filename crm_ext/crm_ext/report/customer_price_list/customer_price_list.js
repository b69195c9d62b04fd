// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.query_reports["Customer Price List"] = {
	filters: [
		{
			fieldname: "company",
			label: __("Company"),
			fieldtype: "Link",
			options: "Company",
			default: frappe.defaults.get_user_default("Company"),
			reqd: 1,
		},
		{
			fieldname: "customer",
			label: __("Customer"),
			fieldtype: "Link",
			options: "Customer",
			reqd: 1,
		},
		{
			fieldname: "date",
			label: __("Date"),
			fieldtype: "Date",
			default: frappe.datetime.get_today(),
			reqd: 1,
		},
		{
			fieldname: "price_list",
			label: __("Price List"),
			fieldtype: "Link",
			options: "Price List",
			get_query: () => ({ filters: { selling: 1, enabled: 1 } }),
		},
		{
			fieldname: "item_group",
			label: __("Item Group"),
			fieldtype: "Link",
			options: "Item Group",
		},
		{
			fieldname: "brand",
			label: __("Brand"),
			fieldtype: "Link",
			options: "Brand",
		},
		{
			fieldname: "pos_profile",
			label: __("Point of Sale"),
			fieldtype: "Link",
			options: "POS Profile",
		},
		{
			fieldname: "show",
			label: __("Show"),
			fieldtype: "Select",
			options: [
				{ value: "Items with a Price", label: __("Items with a Price") },
				{ value: "Only Automatic Prices", label: __("Only Automatic Prices") },
				{ value: "All Items", label: __("All Items") },
			],
			default: "Items with a Price",
		},
		{
			fieldname: "lowest_of",
			label: __("Lowest Price Of"),
			fieldtype: "Select",
			options: [
				{ value: "This Customer", label: __("This Customer") },
				{ value: "All Customers", label: __("All Customers") },
			],
			default: "This Customer",
		},
	],

	formatter(value, row, column, data, default_formatter) {
		const missing = value === null || value === undefined;
		if (missing && ["base", "price", "percent", "lowest"].includes(column.fieldname)) {
			return "";
		}
		const html = default_formatter(value, row, column, data);
		if (column.fieldname === "price" && data?.automatic) {
			return `<b>${html}</b>`;
		}
		if (column.fieldname === "percent" && value) {
			const colour = value < 0 ? "var(--green-600)" : "var(--orange-600)";
			return `<span style="color: ${colour}">${html}</span>`;
		}
		return html;
	},
};
