# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Which lines of a selling document have a price that is not to be made anew: agreed before, or not ours to make."""

from collections.abc import Iterable
from dataclasses import dataclass

import frappe

from crm_ext.pricing.native_rules import any_gives

_SOURCES = (
	("quotation_item", "Quotation", ("prevdoc_docname",)),
	("so_detail", "Sales Order", ("against_sales_order", "sales_order")),
	("dn_detail", "Delivery Note", ("delivery_note",)),
	("si_detail", "Sales Invoice", ("against_sales_invoice",)),
	("sales_invoice_item", "Sales Invoice", ("sales_invoice",)),
	("pos_invoice_item", "POS Invoice", ("pos_invoice",)),
)
"""The field of a row that names the row it was made from, the DocType of that, and the fields that name the document."""
LINKS = tuple(link for link, _doctype, _names in _SOURCES)


@dataclass(frozen=True, slots=True)
class Source:
	"""The line that a line was made from. `name` is empty where the row does not say: a return says it in its head."""

	doctype: str
	name: str
	row: str


def source_of(row) -> Source | None:
	"""The line that a row of a selling document was made from, the nearest one; None: it was entered here."""
	for link, doctype, names in reversed(_SOURCES):
		if row.get(link):
			return Source(
				doctype, next((row.get(name) for name in names if row.get(name)), ""), row.get(link)
			)
	return None


_SAY_SO = ("is_debit_note", "is_consolidated", "ignore_pricing_rule")
"""What the head of a document says of itself; the others ERPNext checks."""


def document_is_left_alone(doc, *, enforced: bool = False) -> bool:
	"""Whether no line of a document gets an automatic price.

	Returns carry the price sold at; between companies of one group ERPNext has its own transfer price. Debit notes
	correct a price; consolidated invoices repeat those of the counter; “Ignore Pricing Rule” says so itself: what
	anybody may say does not count where prices are enforced.
	"""
	return bool(
		(doc.get("is_return") and doc.get("return_against"))
		or doc.get("is_internal_customer")
		or (not enforced and any(doc.get(name) for name in _SAY_SO))
	)


def row_is_left_alone(row) -> bool:
	"""Whether a line keeps its price: agreed in the document before, given for free, by contract, or locked."""
	return bool(
		not row.get("item_code")
		or row.get("is_free_item")
		or row.get("crm_ext_price_locked")
		or row.get("blanket_order_rate")
		or row.get("against_blanket_order")
		or source_of(row)
		or any_gives(row, "Rate")
	)


def priced_by_components(items: Iterable[str]) -> set[str]:
	"""The product bundles of these items, where ERPNext takes their rates from those of the components, by setting."""
	if not frappe.get_cached_doc("Selling Settings").editable_bundle_item_rates:
		return set()
	return set(
		frappe.get_all(
			"Product Bundle", {"new_item_code": ("in", list(items)), "disabled": 0}, pluck="new_item_code"
		)
	)
