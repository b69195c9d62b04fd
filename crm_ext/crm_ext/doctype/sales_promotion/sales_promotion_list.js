// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.listview_settings["Sales Promotion"] = {
	add_fields: ["status", "last_error"],
	hide_name_column: true,
	formatters: { kind: (value) => frappe.utils.escape_html(__(value, null, "Sales Promotion")) },

	get_indicator: (doc) => crm_ext.rules.list_indicator(doc),
};
