// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The Price Approval form: decide on the request, or take it back.

(() => {
	const COLOUR = { Requested: "blue", Approved: "green", Rejected: "red", Withdrawn: "gray" };

	frappe.ui.form.on("Price Approval", {
		refresh(frm) {
			frm.disable_save();
			frm.page.set_indicator(
				__(frm.doc.status, null, "Price Approval"),
				COLOUR[frm.doc.status]
			);
			frm.add_custom_button(__("Open {0}", [__(frm.doc.reference_doctype)]), () =>
				frappe.set_route("Form", frm.doc.reference_doctype, frm.doc.reference_name)
			);
			if (frm.doc.status !== "Requested") {
				return;
			}
			for (const [label, action] of crm_ext.prices.decision_buttons(frm.doc, () =>
				frm.reload_doc()
			)) {
				frm.add_custom_button(label, action);
			}
			frm.change_custom_button_type(__("Approve"), null, "primary");
		},
	});
})();
