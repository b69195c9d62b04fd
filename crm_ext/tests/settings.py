# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Settings for the length of a test."""

import frappe

from crm_ext.settings import SETTINGS, settings


def change_settings(**values) -> None:
	"""Set fields of CRM Ext Settings, without the checks of the form."""
	frappe.db.set_single_value(SETTINGS, values)
	settings()  # before a worker puts the committed ones into the cache


def copy_rates_into_price_lists(**values) -> None:
	"""Have ERPNext copy the rates of documents into price lists that have none, as it does once it is installed."""
	values = {"auto_insert_price_list_rate_if_missing": 1, **values}
	frappe.db.set_single_value("Stock Settings", values)
	frappe.clear_document_cache("Stock Settings", "Stock Settings")
