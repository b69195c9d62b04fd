// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// Accepting a price that no longer follows from its reasons: in the list for those chosen, in the form for the one.

(() => {
	frappe.provide("crm_ext.pricing");

	const DOCTYPE = "Price Deviation";

	crm_ext.pricing.may_accept = () => frappe.perm.has_perm(DOCTYPE, 0, "write");

	/** Ask why the prices are right, and accept the deviations. */
	crm_ext.pricing.accept = (deviations, done) =>
		frappe.prompt(
			[
				{
					fieldname: "note",
					label: __("Why is the price right?"),
					fieldtype: "Small Text",
					reqd: 1,
				},
			],
			({ note }) =>
				frappe
					.call({
						method: "crm_ext.pricing.drift_api.accept",
						args: { deviations, note },
						freeze: true,
					})
					.then(({ message }) => {
						frappe.show_alert({
							message: __("{0} deviations are accepted.", [message.accepted]),
							indicator: "green",
						});
						done();
					}),
			__("Accept", null, DOCTYPE),
			__("Accept", null, DOCTYPE)
		);

	/** Accept for the deviations chosen in the list. */
	crm_ext.pricing.add_accept = (listview) => {
		if (!crm_ext.pricing.may_accept()) {
			return;
		}
		listview.page.add_actions_menu_item(__("Accept", null, DOCTYPE), () => {
			const open = listview
				.get_checked_items()
				.filter((deviation) => deviation.status === "Open")
				.map((deviation) => deviation.name);
			if (!open.length) {
				frappe.msgprint(__("Choose deviations that are open."));
				return;
			}
			crm_ext.pricing.accept(open, () => {
				listview.clear_checked_items();
				listview.refresh();
			});
		});
	};

	frappe.ui.form.on(DOCTYPE, {
		refresh(frm) {
			if (frm.doc.status === "Open" && crm_ext.pricing.may_accept()) {
				frm.add_custom_button(__("Accept", null, DOCTYPE), () =>
					crm_ext.pricing.accept([frm.doc.name], () => frm.reload_doc())
				);
			}
		},
	});
})();
