// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.ui.form.on("Account Manager", {
	setup(frm) {
		frm.set_query("user", () => ({ filters: { enabled: 1, user_type: "System User" } }));
	},

	refresh(frm) {
		if (frm.is_new() || !frappe.model.can_read("Customer")) {
			return;
		}
		const customers = { account_manager: frm.doc.user, disabled: 0 };
		frm.add_custom_button(__("Customers", null, "Linkage Rule"), () =>
			frappe.set_route("List", "Customer", customers)
		);
		show_load(frm, customers);
	},
});

async function show_load(frm, filters) {
	const load = await frappe.db.count("Customer", { filters });
	if (frm.doc.user !== filters.account_manager) {
		return;
	}
	const { capacity } = frm.doc;
	frm.dashboard.stats_area_row.empty();
	frm.dashboard.add_indicator(
		capacity ? __("{0} of {1} customers", [load, capacity]) : __("{0} customers", [load]),
		capacity && load >= capacity ? "orange" : "blue"
	);
}
