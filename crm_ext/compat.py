# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What differs between the versions of Frappe that we support, in one place."""

from collections.abc import Iterable

import frappe

MAJOR_VERSION = int(frappe.__version__.split(".")[0])

DESK = "/app" if MAJOR_VERSION < 16 else "/desk"
"""Where the Desk is. Version 16 redirects from the old address, and loses what follows the question mark."""


def user_tags_text(tags: Iterable[str]) -> str:
	"""The text of a `_user_tags` column: ",a,b" up to version 15, "a,b" from 16 on."""
	text = ",".join(tags)
	return f",{text}" if text and MAJOR_VERSION < 16 else text


def log_webhook_request(webhook: str, doc, url: str, headers: dict, data: dict, answer) -> None:
	"""Write Frappe's log of a request; from version 16 on it also wants the DocType."""
	from frappe.integrations.doctype.webhook.webhook import log_request

	document = (doc.name,) if MAJOR_VERSION < 16 else (doc.doctype, doc.name)
	log_request(webhook, *document, url, headers, data, answer)


def counter_sales_by_pos_invoice(yes: bool = True) -> bool:
	"""Have the point of sale write POS Invoices, as v15 always does; returns whether it did so before.

	v16 writes Sales Invoices by default and refuses POS Invoices meanwhile.
	"""
	if not frappe.get_meta("POS Settings").has_field("invoice_type"):
		return True
	before = frappe.db.get_single_value("POS Settings", "invoice_type")
	frappe.db.set_single_value("POS Settings", "invoice_type", "POS Invoice" if yes else "Sales Invoice")
	return before == "POS Invoice"


def cached_by_all(key: str):
	"""What Redis has now under a key that expires. Frappe would remember it for as long as a request or job lasts.

	From version 16 on it remembers, too, what this very job put there.
	"""
	own = {} if MAJOR_VERSION < 16 else {"use_local_cache": False}
	return frappe.cache.get_value(key, expires=True, **own)


def number_signs(number_format: str) -> tuple[str, str]:
	"""The sign before the decimals of one of Frappe's number formats, and the one between the groups."""
	if MAJOR_VERSION < 16:
		from frappe.utils.data import get_number_format_info

		return get_number_format_info(number_format)[:2]
	from frappe.utils.number_format import NumberFormat

	signs = NumberFormat.from_string(number_format)
	return signs.decimal_separator, signs.thousands_separator
