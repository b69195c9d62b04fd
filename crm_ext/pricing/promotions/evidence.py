# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What lines tell of promotions counts uses and budgets: it is believed only where we have written it ourselves."""

import frappe

from crm_ext.pricing import waterfall
from crm_ext.pricing.agreed import row_is_left_alone, source_of
from crm_ext.pricing.promotions.gifts import FREE
from crm_ext.pricing.promotions.traces import promotions_of_row

_STEPS = "crm_ext_price_steps"


def believe_ourselves(doc, known, *, left_alone: bool) -> None:
	"""Take out what a program claims of promotions in lines that will not be priced anew, and of free goods in bought ones.

	`known` is the document as it was, or the one that it amends; `left_alone`: no line will be priced.
	"""
	written = _written(doc, known)
	for row in doc.items:
		if row.get(FREE) and not row.is_free_item:
			row.set(FREE, None)
		steps = row.get(_STEPS)
		if steps not in written and (left_alone or row_is_left_alone(row)) and promotions_of_row(row):
			row.set(_STEPS, waterfall.dump(waterfall.before_promotions(waterfall.load(steps))))


def _written(doc, known) -> set[str | None]:
	"""The waterfalls of the document as it was, and those of the lines that further ones were made from."""
	written = {row.get(_STEPS) for row in known.items} if known else set()
	sources: dict[str, list[str]] = {}
	for row in doc.items:
		if row.get(_STEPS) not in written and (source := source_of(row)) and promotions_of_row(row):
			sources.setdefault(source.doctype, []).append(source.row)
	for doctype, rows in sources.items():
		agreed = {"name": ("in", rows), "docstatus": 1}
		written.update(frappe.get_all(f"{doctype} Item", agreed, pluck=_STEPS))
	return written
