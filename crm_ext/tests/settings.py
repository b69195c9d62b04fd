# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""CRM Ext Settings for the length of a test."""

import frappe

from crm_ext.settings import SETTINGS, settings


def change_settings(**values) -> None:
	"""Set fields of the settings, without the checks of the form."""
	frappe.db.set_single_value(SETTINGS, values)
	settings()  # before a worker puts the committed ones into the cache
