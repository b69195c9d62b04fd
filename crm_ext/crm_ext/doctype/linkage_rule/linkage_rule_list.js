// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.listview_settings["Linkage Rule"] = {
	add_fields: ["status", "last_error", "tag"],
	hide_name_column: true,
	formatters: {
		trigger: (value, _df, doc) => {
			const event = __(value, null, "CRM Ext");
			const text = doc.tag ? __("{0}: {1}", [event, __(doc.tag, null, "Tag")]) : event;
			return frappe.utils.escape_html(text);
		},
		tag: (value) => frappe.utils.escape_html(value ? __(value, null, "Tag") : ""),
	},

	onload(listview) {
		listview.page.add_inner_button(__("Map", null, "Linkage Rule"), () =>
			frappe.set_route("linkage-map")
		);
	},

	get_indicator: (doc) => crm_ext.rules.list_indicator(doc),
};
