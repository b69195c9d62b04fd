// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

(() => {
	const tell = (frm) => crm_ext.promotions.tell(frm);
	const fit = (frm) => crm_ext.promotions.fit_kind(frm);

	frappe.ui.form.on("Sales Promotion", {
		setup: (frm) => crm_ext.promotions.prepare(frm),
		refresh: (frm) => crm_ext.promotions.setup_form(frm),
		kind: (frm) => crm_ext.promotions.choose_kind(frm),
		gift_item: (frm) => crm_ext.promotions.choose_gift(frm),
		shipping_account: (frm) => crm_ext.promotions.choose_account(frm),
		gives: fit,
		currency: fit,
		tiers_by: fit,
		combination: fit,
		crm_ext_conditions_shown: tell,
	});

	const rows = (fields, table) =>
		Object.fromEntries(
			[...fields, `${table}_add`, `${table}_remove`, `${table}_move`].map((name) => [
				name,
				tell,
			])
		);
	frappe.ui.form.on(
		"Promotion Item",
		rows(["part", "component", "item", "brand", "item_group", "qty"], "products")
	);
	frappe.ui.form.on(
		"Promotion Tier",
		rows(["at_least", "gives", "value", "gift_item", "gift_qty"], "tiers")
	);
	frappe.ui.form.on(
		"Promotion Place",
		rows(["pos_profile", "branch", "territory", "sales_channel"], "places")
	);
})();
