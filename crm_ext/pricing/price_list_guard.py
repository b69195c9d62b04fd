# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Automatic prices do not belong into a price list: ERPNext may copy the rate of a line there (Stock Settings).

It asks for the details of each line with what the line's `as_dict` says, and copies a rate only if there is one. The rate
itself has to stay: ERPNext could not compute what promotions made of it, and compares it with the document before.
"""

from collections.abc import Iterable
from types import MethodType


def hide_rate(row) -> None:
	"""Have a row say that it has no rate, until `show_rates`."""

	def as_dict(*args, **kwargs):
		told = type(row).as_dict(row, *args, **kwargs)
		told["rate"] = 0
		return told

	row.as_dict = as_dict


def guard(doc) -> None:
	"""Have a document that is being made from another keep its automatic prices to itself.

	ERPNext asks for the details of its lines before anybody saves it, some of its documents after they were mapped.
	"""
	doc.set_missing_item_details = MethodType(_set_missing_item_details, doc)


def _set_missing_item_details(doc, *args, **kwargs):
	rows = [
		row
		for row in doc.items
		if row.get("crm_ext_price_steps") and not (row.crm_ext_price_locked or row.pricing_rules)
	]
	for row in rows:
		hide_rate(row)
	try:
		return type(doc).set_missing_item_details(doc, *args, **kwargs)
	finally:
		show_rates(rows)


def show_rates(rows: Iterable) -> None:
	for row in rows:
		vars(row).pop("as_dict", None)
