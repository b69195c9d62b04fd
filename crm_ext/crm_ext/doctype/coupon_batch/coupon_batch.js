// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

(() => {
	const tell = (frm) => crm_ext.promotions.tell_batch(frm);

	frappe.ui.form.on("Coupon Batch", {
		setup(frm) {
			frm.set_query("promotion", () => ({ filters: { status: ["!=", "Stopped"] } }));
		},
		refresh: (frm) => crm_ext.promotions.setup_batch(frm),
		kind: (frm) => crm_ext.promotions.choose_batch_kind(frm),
		async promotion(frm) {
			const { message } = await frappe.db.get_value(
				"Sales Promotion",
				frm.doc.promotion,
				"currency"
			);
			if (message?.currency) {
				await frm.set_value("currency", message.currency);
			}
			tell(frm);
		},
		public_code: tell,
		prefix: tell,
		code_length: tell,
		enabled: tell,
		customer: tell,
		valid_from: tell,
		valid_to: tell,
		max_uses: tell,
		max_uses_per_customer: tell,
		minimum_amount: tell,
		currency: tell,
	});
})();
