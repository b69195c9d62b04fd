// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.listview_settings["Price Floor"] = {
	add_fields: ["enabled"],
	hide_name_column: true,
	get_indicator: (doc) =>
		doc.enabled
			? [__("Enabled"), "green", "enabled,=,1"]
			: [__("Disabled"), "gray", "enabled,=,0"],
};
