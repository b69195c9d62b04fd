// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.listview_settings["Linkage Event"] = {
	hide_name_column: true,
	formatters: { trigger: (value) => frappe.utils.escape_html(__(value, null, "CRM Ext")) },
	get_indicator: (doc) =>
		doc.processed
			? [__("Processed"), "gray", "processed,=,1"]
			: [__("Waiting"), "yellow", "processed,=,0"],
};
