// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.ui.form.on("Price Matrix Impact", {
	async refresh(frm) {
		crm_ext.pricing.style();
		const { $wrapper } = frm.fields_dict.result_html;
		$wrapper.empty();
		if (frm.doc.status === "Done") {
			const state = await frappe.xcall("crm_ext.pricing.impact_api.status", {
				name: frm.doc.name,
			});
			crm_ext.pricing.show_impact($wrapper, state);
		}
	},
});
