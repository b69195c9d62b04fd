// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.listview_settings["Coupon Batch"] = {
	add_fields: ["enabled", "status"],
	hide_name_column: true,

	get_indicator(doc) {
		if (doc.status === "Making" || doc.status === "Failed") {
			const colour = doc.status === "Making" ? "blue" : "red";
			return [__(doc.status, null, "Coupon Batch"), colour, `status,=,${doc.status}`];
		}
		return doc.enabled
			? [__("Enabled"), "green", "enabled,=,1"]
			: [__("Disabled"), "gray", "enabled,=,0"];
	},
};
