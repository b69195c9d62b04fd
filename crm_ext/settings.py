# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The settings as every module reads them."""

import frappe

SETTINGS = "CRM Ext Settings"


def settings():
	"""The CRM Ext Settings document, from Frappe's document cache: no query once it is warm. Read only."""
	return frappe.get_cached_doc(SETTINGS)


def store_defaults() -> None:
	"""Store the defaults on a new site: a Single with any value stored has no defaults any more."""
	if not frappe.db.exists("Singles", {"doctype": SETTINGS, "field": "profile_enabled"}):
		frappe.get_doc(SETTINGS).save(ignore_permissions=True)  # part of the installation


def keep_setting(field: str, value: object) -> None:
	"""Store what a job found out beside the settings, without touching their time stamp."""
	frappe.db.set_single_value(SETTINGS, field, value, update_modified=False)


def read_kept(field: str):
	"""What a job stored, past the document cache: another process may have filled that just before the commit."""
	return frappe.db.get_single_value(SETTINGS, field, cache=False)
