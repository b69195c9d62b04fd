// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.listview_settings["Customer Tag Assignment"] = {
	add_fields: ["until", "shadow", "grace_until", "company"],
	hide_name_column: true,

	get_indicator(doc) {
		if (doc.until) {
			return [__("Ended"), "gray", "until,is,set"];
		}
		if (doc.shadow) {
			return [__("Observed"), "blue", "shadow,=,1|until,is,not set"];
		}
		if (doc.grace_until) {
			return [__("In Grace"), "orange", "grace_until,is,set|until,is,not set"];
		}
		return [__("Open", null, "CRM Ext"), "green", "until,is,not set|shadow,=,0"];
	},
};
