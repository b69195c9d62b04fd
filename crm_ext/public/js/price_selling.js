// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// Which documents have automatic prices, and which of their fields prices depend on that are ours.

(() => {
	const OURS = ["crm_ext_branch", "crm_ext_sales_channel"];
	const FIELDS = {
		Quotation: [...OURS, "crm_ext_pos_profile"],
		"Sales Order": [...OURS, "crm_ext_pos_profile"],
		"Delivery Note": [...OURS, "crm_ext_pos_profile"],
		"Sales Invoice": OURS,
		"POS Invoice": OURS,
	};
	crm_ext.prices.wired ??= new Set(); // a script runs again with each form that loads it
	for (const [doctype, fields] of Object.entries(FIELDS)) {
		if (!frappe.meta.docfield_map[`${doctype} Item`]) {
			continue;
		}
		crm_ext.prices.mark_rates(doctype);
		if (!crm_ext.prices.wired.has(doctype)) {
			crm_ext.prices.wired.add(doctype);
			crm_ext.prices.setup_rows(doctype);
			crm_ext.prices.setup_document(doctype, fields);
		}
	}
})();
