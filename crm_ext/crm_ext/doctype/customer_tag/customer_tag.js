// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.ui.form.on("Customer Tag", {
	setup(frm) {
		frm.set_query("tag_group", () => ({ filters: { enabled: 1 } }));
	},

	refresh(frm) {
		crm_ext.rules.setup_conditions(frm);
		crm_ext.rules.setup_life_cycle(frm);
		if (frm.perm[0]?.write) {
			frm.add_custom_button(__("Simulate"), () => crm_ext.tags.simulate(frm));
		}
		if (!frm.is_new()) {
			frm.add_custom_button(__("Customers", null, "CRM Ext"), () =>
				frappe.set_route("List", "Customer", { _user_tags: ["like", `%${frm.doc.name}%`] })
			);
		}
	},
});
