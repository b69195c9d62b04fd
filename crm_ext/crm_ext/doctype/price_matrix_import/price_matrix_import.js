// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

frappe.ui.form.on("Price Matrix Import", {
	refresh(frm) {
		crm_ext.pricing.style();
		const { errors, status } = frm.doc;
		const rows = errors ? JSON.parse(errors) : [];
		frm.toggle_display("errors_section", rows.length > 0);
		frm.fields_dict.errors_html.$wrapper.html(
			rows.length ? crm_ext.pricing.errors_html(rows) : ""
		);
		if (frm.is_new()) {
			return;
		}
		frm.page.set_indicator(
			__(status, null, "Price Matrix Import"),
			crm_ext.pricing.IMPORT_COLOUR[status]
		);
		frm.add_custom_button(__("Price Matrix"), () =>
			frappe.set_route("Form", "Price Matrix", frm.doc.matrix)
		);
		const idle = !["Checking", "Importing"].includes(status);
		if (frm.perm[0]?.write && idle && status !== "Imported" && !frm.is_dirty()) {
			frm.add_custom_button(__("Check"), () => run(frm, 1));
			if (status === "Checked" && !frm.doc.faulty) {
				frm.add_custom_button(__("Import"), () => run(frm, 0)).addClass("btn-primary");
			}
		}
	},
});

async function run(frm, dry_run) {
	await frappe.xcall("crm_ext.pricing.rates_api.run_import", { name: frm.doc.name, dry_run });
	await frm.reload_doc();
}
