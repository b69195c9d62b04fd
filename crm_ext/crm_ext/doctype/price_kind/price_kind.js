// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

const tell = (frm) => crm_ext.pricing.show_kind(frm);

frappe.ui.form.on("Price Kind", {
	setup(frm) {
		frm.set_query("price_list", () => ({ filters: { selling: 1, enabled: 1 } }));
		frm.set_query("based_on", () => ({
			filters: { name: ["!=", frm.doc.name], status: ["!=", "Stopped"] },
		}));
	},

	refresh(frm) {
		crm_ext.pricing.setup_conditions(frm);
		crm_ext.rules.setup_life_cycle(frm);
	},

	crm_ext_conditions_shown: tell,
	base: tell,
	price_list: tell,
	based_on: tell,
	percent: tell,
});
