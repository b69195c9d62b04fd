// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.listview_settings["Price Approval"] = {
	add_fields: ["status"],
	hide_name_column: true,

	get_indicator: (doc) => [
		__(doc.status, null, "Price Approval"),
		{ Requested: "orange", Approved: "green", Rejected: "red", Withdrawn: "gray" }[doc.status],
		`status,=,${doc.status}`,
	],
};
