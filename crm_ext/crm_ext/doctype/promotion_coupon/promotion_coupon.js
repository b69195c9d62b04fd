// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.ui.form.on("Promotion Coupon", {
	refresh(frm) {
		if (frm.is_new()) {
			return;
		}
		const colour = { Available: "green", Reserved: "blue", Redeemed: "gray" }[frm.doc.status];
		frm.page.set_indicator(__(frm.doc.status, null, "Promotion Coupon"), colour);
		if (frm.doc.uses && frappe.model.can_read("Promotion Redemption")) {
			frm.add_custom_button(__("Redemptions"), () =>
				frappe.set_route("List", "Promotion Redemption", { coupon: frm.doc.name })
			);
		}
	},
});
