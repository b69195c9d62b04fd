// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// What price kinds and price matrices say of themselves in the forms that all rules share.

(() => {
	frappe.provide("crm_ext.pricing");
	frappe.provide("crm_ext.rules.words");

	crm_ext.rules.words["Price Kind"] = {
		no_conditions: () =>
			__("No conditions: customers get this kind only by hand, or by a rate that names it."),
		consequences: () => ({
			Active: __("Customers who meet the conditions get these prices at once."),
			Observing: __("The kind makes no price."),
			Paused: __("The kind makes no price until it is activated again."),
			Stopped: __("The kind makes no price any more; prices in documents stay."),
		}),
	};

	crm_ext.rules.words["Price Matrix"] = {
		no_conditions: () => __("No conditions: the rates are for everybody whom they name."),
		consequences: () => ({
			Active: __("The rates make prices at once. Prices in documents stay."),
			Observing: __(
				"Prices stay as they are; each line says what the matrix would have given."
			),
			Paused: __("The rates make no price until the matrix is activated again."),
			Stopped: __("The rates make no price any more; prices in documents stay."),
		}),
	};

	/** The conditions of what is asked anew with each price: nobody holds it, so there is nothing to keep. */
	crm_ext.pricing.setup_conditions = (frm) => {
		const { grid } = frm.fields_dict.conditions;
		if (!grid.get_docfield("keep_value").hidden) {
			grid.update_docfield_property("keep_value", "hidden", 1);
			grid.reset_grid(); // lays out the other columns anew
		}
		frm.fields_dict.test_cases.grid.update_docfield_property("holding", "hidden", 1);
		return crm_ext.rules.setup_conditions(frm);
	};
})();
