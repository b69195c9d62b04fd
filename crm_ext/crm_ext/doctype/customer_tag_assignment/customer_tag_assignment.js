// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.ui.form.on("Customer Tag Assignment", {
	setup(frm) {
		frm.set_query("tag", () => ({ filters: { status: "Active" } }));
	},

	refresh(frm) {
		if (frm.is_new()) {
			return;
		}
		crm_ext.ui.style();
		frm.add_custom_button(__("Why?"), () =>
			crm_ext.tags.show_why({ ...frm.doc, assignment: frm.doc.name }, frm.doc.customer)
		);
	},
});
