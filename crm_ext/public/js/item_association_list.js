// Copyright (c) 2026, crm_ext contributors
// License: GPL-3.0-or-later. See license.txt

// Associations have names that nobody needs to see.

frappe.listview_settings["Item Association"] = { hide_name_column: true, hide_name_filter: true };
