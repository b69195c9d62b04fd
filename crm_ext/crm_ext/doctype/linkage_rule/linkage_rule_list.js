// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.listview_settings["Linkage Rule"] = {
	add_fields: ["status", "last_error", "tag"],
	hide_name_column: true,
	formatters: {
		trigger: (value, _df, doc) =>
			frappe.utils.escape_html(
				doc.tag ? `${__(value)}: ${__(doc.tag, null, "Tag")}` : __(value)
			),
	},

	onload(listview) {
		listview.page.add_inner_button(__("Map", null, "Linkage Rule"), () =>
			frappe.set_route("linkage-map")
		);
	},

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
