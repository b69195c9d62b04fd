// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.listview_settings["Price Matrix Import"] = {
	add_fields: ["status"],
	hide_name_column: true,

	get_indicator: ({ status }) => [
		__(status, null, "Price Matrix Import"),
		crm_ext.pricing.IMPORT_COLOUR[status],
		`status,=,${status}`,
	],
};
