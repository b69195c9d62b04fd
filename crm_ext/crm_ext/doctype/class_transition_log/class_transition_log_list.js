// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.listview_settings["Class Transition Log"] = {
	add_fields: ["error", "shadow"],
	hide_name_column: true,

	get_indicator(doc) {
		if (doc.error) {
			return [__("Failed"), "red", "error,is,set"];
		}
		if (doc.shadow) {
			return [__("Observed"), "blue", "shadow,=,1"];
		}
		return [__("Made"), "green", "shadow,=,0"];
	},
};
