// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The status of a rule, in forms and lists.

(() => {
	frappe.provide("crm_ext.rules");

	crm_ext.rules.STATUS_COLOUR = {
		Draft: "gray",
		Observing: "blue",
		Active: "green",
		Paused: "orange",
		Stopped: "red",
	};

	/** The indicator of a rule in a list: its status, or that it cannot be evaluated. */
	crm_ext.rules.list_indicator = (doc) =>
		doc.last_error
			? [__("Cannot Be Evaluated"), "red", "last_error,is,set"]
			: [
					__(doc.status, null, "CRM Ext"),
					crm_ext.rules.STATUS_COLOUR[doc.status],
					`status,=,${doc.status}`,
				];
})();
