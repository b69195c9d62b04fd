// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// The status of an import of rates, in its form and list.

frappe.provide("crm_ext.pricing");

crm_ext.pricing.IMPORT_COLOUR = {
	New: "gray",
	Checking: "blue",
	Checked: "light-blue",
	Importing: "blue",
	Imported: "green",
	Failed: "red",
};
