// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// A Linkage Run is there to be read: its fields give way to a sentence, facts and tables (public/js/linkage_run.js).

frappe.ui.form.on("Linkage Run", {
	async refresh(frm) {
		crm_ext.ui.style();
		const run = frm.doc.name;
		frm.page.set_indicator(
			__(frm.doc.status, null, "Linkage Run"),
			crm_ext.linkage.colour(frm.doc.status)
		);
		frm.toggle_display(crm_ext.linkage.RUN_FIELDS, false);
		crm_ext.linkage.show_actions(frm);
		crm_ext.linkage.add_run_buttons(frm);
		const told = await crm_ext.linkage.call("run_of", { run });
		if (frm.doc.name === run) {
			crm_ext.linkage.show_told(frm, told);
		}
	},
});
