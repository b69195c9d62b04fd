// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.listview_settings["Promotion Coupon"] = {
	add_fields: ["enabled", "status"],
	hide_name_column: true,

	get_indicator(doc) {
		if (!doc.enabled) {
			return [__("Disabled"), "gray", "enabled,=,0"];
		}
		const colour = { Available: "green", Reserved: "blue", Redeemed: "gray" }[doc.status];
		return [__(doc.status, null, "Promotion Coupon"), colour, `status,=,${doc.status}`];
	},
};
