// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.listview_settings["Customer Tag"] = {
	add_fields: ["status", "last_error"],
	hide_name_column: true,

	get_indicator(doc) {
		const colours = {
			Draft: "gray",
			Observing: "blue",
			Active: "green",
			Paused: "orange",
			Stopped: "red",
		};
		if (doc.last_error) {
			return [__("Cannot Be Evaluated"), "red", "last_error,is,set"];
		}
		return [__(doc.status), colours[doc.status], `status,=,${doc.status}`];
	},
};
