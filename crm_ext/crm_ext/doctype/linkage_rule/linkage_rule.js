// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

const tell = (frm) => crm_ext.linkage.show_sentence(frm);

frappe.ui.form.on("Linkage Rule", {
	setup(frm) {
		frm.set_query("tag", () => ({ filters: { status: ["!=", "Stopped"] } }));
	},

	refresh(frm) {
		crm_ext.linkage.setup_rule(frm);
		crm_ext.rules.setup_life_cycle(frm);
		crm_ext.linkage.add_buttons(frm);
	},

	trigger: (frm) => crm_ext.linkage.clean_event(frm),
	crm_ext_conditions_shown: tell,
	tag: tell,
	occasion: tell,
	days_before: tell,
	frequency: tell,
	spread: tell,
	include_existing: tell,
	all_or_nothing: tell,
	once_per: tell,
	cooldown_days: tell,
	hold_out_percent: tell,
	rule_group: tell,
	priority: tell,
});
