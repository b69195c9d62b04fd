# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""“Enforce Automatic Prices”: which lines of a document have a price of their own by right, whatever a program claims.

A line that says that it is free, from a contract, agreed before or locked has no automatic price. Where prices are
enforced each of these is looked up, and what does not hold is ignored.
"""

from collections.abc import Mapping

import frappe
from frappe.utils import flt

from crm_ext.constants import PRICE_OVERRIDE
from crm_ext.pricing.agreed import Source, source_of
from crm_ext.pricing.agreed_rates import AgreedRate, agreed_rates
from crm_ext.pricing.native_rules import applied
from crm_ext.pricing.promotions.gifts import FREE
from crm_ext.pricing.rows import party_of
from crm_ext.pricing.store import number
from crm_ext.settings import settings


def enforced() -> bool:
	"""Whether the session's user has to take the automatic prices."""
	return bool(settings().pricing_enforced) and PRICE_OVERRIDE not in frappe.get_roles()


def kept_by_right(doc) -> list[bool]:
	"""For each row of a document, whether its price stands by right. Free lines that are not given by a rule become sold."""
	agreed = agreed_rates(source for row in doc.items if (source := source_of(row)))
	kept = []
	for row in doc.items:
		if row.is_free_item and not (_is_given(row) or _is_promised(doc, row, agreed)):
			row.update({"is_free_item": 0, FREE: None})
		kept.append(
			bool(
				row.is_free_item
				or row.crm_ext_price_locked
				or _is_agreed(doc, row, agreed)
				or _is_contract(doc, row)
			)
		)
	return kept


def _is_given(row) -> bool:
	"""Whether a rule of ERPNext that gives goods is named; how many it gives, ERPNext sees to."""
	return any(
		frappe.db.get_value("Pricing Rule", name, ("price_or_product_discount", "disable")) == ("Product", 0)
		for name in applied(row)
	)


def _is_promised(doc, row, agreed: Mapping[Source, AgreedRate]) -> bool:
	"""Whether a promotion gives the goods. Whether it does so here, and how many, is settled when the lines are priced."""
	return bool(row.get(FREE)) and (source_of(row) is None or _is_agreed(doc, row, agreed))


def _is_agreed(doc, row, agreed: Mapping[Source, AgreedRate]) -> bool:
	"""Whether a line has the price of the line it was made from, of the same item, customer and currency."""
	found = agreed.get(source_of(row))
	if not found or (found.item_code, found.currency) != (row.item_code, doc.currency):
		return False
	factor = number(flt(row.conversion_factor) or 1) / found.factor
	rates = {flt(float(rate * factor), row.precision("rate")) for rate in (found.rate, found.net_rate)}
	return found.customer in ("", party_of(doc)[0]) and flt(row.rate, row.precision("rate")) in rates


def _is_contract(doc, row) -> bool:
	"""Whether a line has the rate of a blanket order of the customer."""
	if not row.get("blanket_order"):
		return False
	customer = frappe.db.get_value("Blanket Order", {"name": row.blanket_order, "docstatus": 1}, "customer")
	rate = frappe.db.get_value(
		"Blanket Order Item", {"parent": row.blanket_order, "item_code": row.item_code}, "rate"
	)
	return customer == party_of(doc)[0] and flt(rate) == flt(row.rate)
