// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.listview_settings["Customer Tag"] = {
	add_fields: ["status", "colour", "last_error"],

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

	formatters: {
		tag_name(value, df, doc) {
			const colour = /^#[0-9a-f]{3,8}$/i.test(doc.colour || "") ? doc.colour : "#6b7280";
			return `<span style="display: inline-block; width: 9px; height: 9px; border-radius: 50%;
				margin-right: 8px; background: ${colour}"></span>${frappe.utils.escape_html(__(value))}`;
		},
	},
};
