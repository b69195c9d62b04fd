# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The terms of the promotions that the lines of a document got, for printing."""

from collections.abc import Iterator

import frappe
from frappe.utils import escape_html

from crm_ext.pricing.promotions.gifts import FREE
from crm_ext.pricing.promotions.traces import promotions_of_row

TERMS = "crm_ext_promotion_terms"


def set_terms(doc) -> None:
	"""Write the terms into the document, those of each promotion once, in the order of the lines."""
	names = dict.fromkeys(
		name for rows in (doc.get("items"), doc.get("taxes")) for name in _names(rows or ())
	)
	if not names and not doc.get(TERMS):
		return
	doc.set(TERMS, "".join(map(_terms, names)) or None)


def _names(rows) -> Iterator[str]:
	for row in rows:
		if row.get(FREE):
			yield row.get(FREE)
		elif row.get("crm_ext_price_steps"):
			yield from promotions_of_row(row)


def _terms(promotion: str) -> str:
	terms = frappe.get_cached_value("Sales Promotion", promotion, "terms")
	return f"<p><strong>{escape_html(promotion)}</strong></p>{terms}" if terms else ""
