# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Automatic prices do not belong into a price list: ERPNext may copy the rate of a line there (Stock Settings).

It asks for the details of each line with what the line's `as_dict` says, and copies a rate only if there is one. The rate
itself has to stay: ERPNext could not compute what promotions made of it, and compares it with the document before.
"""

from functools import partial

import frappe

from crm_ext.pricing.row_prices import is_automatic


def guard(doc) -> None:
	"""Have a document keep its automatic prices to itself whenever ERPNext asks for the details of its lines.

	It asks while saving, and where a document is made from another already before; some of them after the mapping.
	"""
	# webhooks send documents to a worker: a bound method that its class does not have could not be unpickled there
	doc.set_missing_item_details = partial(_set_missing_item_details, doc)


def _set_missing_item_details(doc, *args, **kwargs):
	rows = [row for row in doc.items if is_automatic(row)] if _rates_are_copied() else []
	for row in rows:
		row.as_dict = partial(_as_dict_without_rate, row)
	try:
		return type(doc).set_missing_item_details(doc, *args, **kwargs)
	finally:
		for row in rows:
			del row.as_dict


def _as_dict_without_rate(row, *args, **kwargs):
	told = type(row).as_dict(row, *args, **kwargs)
	told["rate"] = 0
	return told


def _rates_are_copied() -> bool:
	stock = frappe.get_cached_doc("Stock Settings")
	return bool(stock.auto_insert_price_list_rate_if_missing or stock.update_existing_price_list_rate)
