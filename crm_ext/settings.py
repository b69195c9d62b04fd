# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The settings as every module reads them."""

from datetime import date

import frappe

SETTINGS = "CRM Ext Settings"


def settings():
	"""The CRM Ext Settings document, from Frappe's document cache: no query once it is warm. Read only."""
	return frappe.get_cached_doc(SETTINGS)


def store_defaults() -> None:
	"""Store the defaults of fields never stored: a Single with any value stored has no defaults any more.

	So a new site begins with them, and a field that a new version brings does too.
	"""
	stored = frappe.db.get_singles_dict(SETTINGS)
	for field in frappe.get_meta(SETTINGS).fields:
		if field.default and field.fieldname not in stored:
			keep_setting(field.fieldname, field.default)


def keep_setting(field: str, value: object) -> None:
	"""Store what a job found out beside the settings, without touching their time stamp."""
	frappe.db.set_single_value(SETTINGS, field, value, update_modified=False)


def read_kept(field: str):
	"""What a job stored, past the document cache: another process may have filled that just before the commit."""
	value = frappe.db.get_single_value(SETTINGS, field, cache=False)
	# Frappe reads an empty date as the first day of the calendar
	return None if isinstance(value, date) and value.year == date.min.year else value
