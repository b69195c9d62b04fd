// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.ui.form.on("Price Matrix Rate", {
	onload(frm) {
		// A rate is for all that it does not name: the site's defaults would make it one for these alone.
		if (frm.is_new()) {
			frm.set_value({ customer_group: "", territory: "", currency: "" });
		}
	},
});
