# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The settings as every module reads them."""

import frappe


def settings():
	"""The CRM Ext Settings document, from Frappe's document cache: no query once it is warm. Read only."""
	return frappe.get_cached_doc("CRM Ext Settings")
