// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.listview_settings["Price Deviation"] = {
	add_fields: ["status", "kind"],
	hide_name_column: true,
	formatters: { kind: (value) => frappe.utils.escape_html(__(value, null, "Price Deviation")) },
	onload: (listview) => crm_ext.pricing.add_accept(listview),
	get_indicator: (doc) => [
		__(doc.status, null, "Price Deviation"),
		{ Open: "orange", Accepted: "blue", Gone: "gray" }[doc.status],
		`status,=,${doc.status}`,
	],
};
