// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// Whether there are any promotions to ask for: known since the Desk was started (overrides/boot.py), and again from time
// to time while documents are filled in.

(() => {
	frappe.provide("crm_ext.promotions");

	const OLD = 5 * 60 * 1000;

	/** {promotions, coupons, prices}: whether any are live. */
	crm_ext.promotions.known = () => (frappe.boot.crm_ext ??= {});
	crm_ext.promotions.live = () => Boolean(crm_ext.promotions.known().promotions);
	crm_ext.promotions.take_coupons = () => Boolean(crm_ext.promotions.known().coupons);

	/** When it was last told, in milliseconds since 1970. */
	crm_ext.promotions.known_since ??= window.performance.timeOrigin;

	/** Ask again if that is long ago. Resolves to whether it is other than before. */
	crm_ext.promotions.renew = async () => {
		if (Date.now() < crm_ext.promotions.known_since + OLD) {
			return false;
		}
		crm_ext.promotions.known_since = Date.now();
		const before = JSON.stringify(crm_ext.promotions.known());
		frappe.boot.crm_ext = await frappe.xcall("crm_ext.pricing.promotions.api.known");
		return JSON.stringify(frappe.boot.crm_ext) !== before;
	};

	if (!crm_ext.promotions.noting) {
		crm_ext.promotions.noting = true; // a script runs again with each form that loads it
		frappe.ui.form.on("Sales Promotion", "refresh", () => {
			crm_ext.promotions.known_since = 0; // who makes one active is to see it at once
		});
	}
})();
