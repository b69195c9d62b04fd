# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What one stock unit of an item costs a company, in its currency: one statement for any number of items.

*Valuation*: of stock items the average over the company's stock; without stock the last valuation of a warehouse, else
the item's own. Of services, which have no stock, the average of the company's Purchase Invoices, as ERPNext has it.
ERPNext's further fallback, the standard selling rate, is no cost. *Last purchase*: the item's field, which ERPNext keeps
in company currency for one stock unit. A product bundle costs what its components cost.
"""

from collections.abc import Collection, Mapping
from decimal import Decimal

import frappe

from crm_ext.pricing.model import COSTS, Base

_BINS = """FROM `tabBin` b JOIN `tabWarehouse` w ON w.name = b.warehouse
	WHERE b.item_code = i.name AND w.company = %(company)s"""
_VALUATION = f"""CASE i.is_stock_item WHEN 1 THEN COALESCE(
	(SELECT SUM(b.stock_value) / SUM(b.actual_qty) {_BINS} AND b.actual_qty > 0 HAVING SUM(b.stock_value) > 0),
	(SELECT b.valuation_rate {_BINS} AND b.valuation_rate > 0 ORDER BY b.modified DESC LIMIT 1),
	i.valuation_rate
) ELSE (
	SELECT SUM(p.base_net_amount) / SUM(p.qty * p.conversion_factor)
	FROM `tabPurchase Invoice Item` p JOIN `tabPurchase Invoice` v ON v.name = p.parent
	WHERE p.item_code = i.name AND p.docstatus = 1 AND v.company = %(company)s
) END"""
_COSTS = f"{_VALUATION}, i.last_purchase_rate"

Costs = dict[Base, Decimal]
_FIELD = {Base.VALUATION_RATE: "valuation_rate", Base.LAST_PURCHASE_RATE: "last_purchase_rate"}


def may_see_cost(base: Base) -> bool:
	"""Whether the session's user may read this cost: the field of Item that has it."""
	meta = frappe.get_meta("Item")
	readable = frappe.has_permission("Item", "read") and meta.get_permlevel_access("read")
	return bool(readable) and meta.get_field(_FIELD[base]).permlevel in readable


def may_see_costs() -> bool:
	"""Whether the user may read what items cost us: both fields of Item that tell it."""
	return all(may_see_cost(base) for base in COSTS)


def costs_of(item_codes: Collection[str], company: str) -> dict[str, Costs]:
	"""The costs of items; a cost that is not known, or zero, has no key. One more statement where there are bundles."""
	if not item_codes:
		return {}
	rows = frappe.db.sql(
		f"""SELECT i.name, {_COSTS}, EXISTS (
			SELECT 1 FROM `tabProduct Bundle` pb WHERE pb.new_item_code = i.name AND pb.disabled = 0
		) FROM `tabItem` i WHERE i.name IN %(items)s""",
		{"items": tuple(item_codes), "company": company},
	)
	found = {item: _costs(valuation, purchase) for item, valuation, purchase, bundle in rows if not bundle}
	if bundles := [item for item, *_, bundle in rows if bundle]:
		found |= _costs_of_bundles(bundles, company)
	return {item: costs for item, costs in found.items() if costs}


def _costs_of_bundles(bundles: list[str], company: str) -> dict[str, Costs]:
	"""The sum of the components; one component without a cost leaves the bundle without it."""
	parts: dict[str, list[tuple[Decimal, Mapping[Base, Decimal]]]] = {}
	for bundle, qty, *costs in frappe.db.sql(
		f"""SELECT pb.new_item_code, c.qty, {_COSTS}
		FROM `tabProduct Bundle` pb
		JOIN `tabProduct Bundle Item` c ON c.parent = pb.name
		JOIN `tabItem` i ON i.name = c.item_code
		WHERE pb.new_item_code IN %(items)s AND pb.disabled = 0""",
		{"items": tuple(bundles), "company": company},
	):
		parts.setdefault(bundle, []).append((Decimal(str(qty)), _costs(*costs)))
	return {
		bundle: {
			base: sum((qty * costs[base] for qty, costs in of), Decimal(0))
			for base in COSTS
			if all(base in costs for _qty, costs in of)
		}
		for bundle, of in parts.items()
	}


def _costs(valuation: float | None, purchase: float | None) -> Costs:
	known = ((Base.VALUATION_RATE, valuation), (Base.LAST_PURCHASE_RATE, purchase))
	return {base: Decimal(str(cost)) for base, cost in known if cost and cost > 0}
