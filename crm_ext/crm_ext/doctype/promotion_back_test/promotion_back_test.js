// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.ui.form.on("Promotion Back-Test", {
	async refresh(frm) {
		const { $wrapper } = frm.fields_dict.result_html;
		$wrapper.empty();
		if (frm.doc.status === "Done") {
			const state = await crm_ext.promotions.call("backtest_api.status", {
				name: frm.doc.name,
			});
			crm_ext.promotion_backtest.show($wrapper, state);
		}
	},
});
