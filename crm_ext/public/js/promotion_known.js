// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// Whether there are any promotions to ask for, known since the Desk was started (overrides/boot.py).

(() => {
	frappe.provide("crm_ext.promotions");

	/** {promotions, coupons, prices}: whether any are live. */
	crm_ext.promotions.known = () => (frappe.boot.crm_ext ??= {});
	crm_ext.promotions.live = () => Boolean(crm_ext.promotions.known().promotions);
	crm_ext.promotions.take_coupons = () => Boolean(crm_ext.promotions.known().coupons);

	/** Who makes a promotion active sees it in documents at once; the others from the next start of their Desk on. */
	crm_ext.promotions.note = ({ doc }) => {
		if (["Active", "Observing"].includes(doc.status)) {
			const known = crm_ext.promotions.known();
			known.promotions = true;
			known.coupons ||= Boolean(doc.needs_coupon);
		}
	};

	if (!crm_ext.promotions.noting) {
		crm_ext.promotions.noting = true; // a script runs again with each form that loads it
		frappe.ui.form.on("Sales Promotion", "refresh", (frm) => crm_ext.promotions.note(frm));
	}
})();
