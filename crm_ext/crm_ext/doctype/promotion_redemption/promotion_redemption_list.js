// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.listview_settings["Promotion Redemption"] = {
	add_fields: ["status"],
	hide_name_column: true,

	get_indicator(doc) {
		const colour = { Reserved: "blue", Redeemed: "green", Released: "gray" }[doc.status];
		return [__(doc.status, null, "Promotion Redemption"), colour, `status,=,${doc.status}`];
	},
};
