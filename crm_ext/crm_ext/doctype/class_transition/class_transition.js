// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.ui.form.on("Class Transition", {
	setup(frm) {
		frm.set_query("to_group", () => ({ filters: { is_group: 0 } }));
	},

	refresh(frm) {
		crm_ext.rules.setup_conditions(frm);
		crm_ext.rules.setup_life_cycle(frm);
		if (!frm.is_new()) {
			frm.add_custom_button(__("Log"), () =>
				frappe.set_route("List", "Class Transition Log", { transition: frm.doc.name })
			);
		}
	},
});
