// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.ui.form.on("Price Matrix", {
	refresh(frm) {
		crm_ext.pricing.setup_conditions(frm);
		crm_ext.rules.setup_life_cycle(frm);
		crm_ext.pricing.setup_rates(frm);
	},

	currency: (frm) => crm_ext.pricing.setup_rates(frm),
	on_tab_change: (frm) => crm_ext.pricing.setup_rates(frm),
	after_save: (frm) => crm_ext.pricing.save_rates(frm),
});
