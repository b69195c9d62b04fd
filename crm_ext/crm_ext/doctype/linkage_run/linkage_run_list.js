// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.listview_settings["Linkage Run"] = {
	add_fields: ["status", "shadow"],
	hide_name_column: true,
	formatters: { trigger: (value) => frappe.utils.escape_html(__(value, null, "CRM Ext")) },
	onload: (listview) => crm_ext.linkage.add_list_actions(listview),
	get_indicator: (doc) => [
		__(doc.status, null, "Linkage Run"),
		crm_ext.linkage.colour(doc.status),
		`status,=,${doc.status}`,
	],
};
