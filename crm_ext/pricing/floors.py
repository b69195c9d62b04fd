# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Floors on the documents of a site: lines below the floor are marked, and wait for an approval before they are sold.

A draft is never refused. The floor is that of the user who saves; the price is the final one, after the additional
discount and without tax. Nothing is asked of the database where no floor is enabled, and one statement for the costs
where no line is below.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import frappe
from frappe.utils import flt

from crm_ext.pricing import compiled, floor_words
from crm_ext.pricing.agreed import source_of
from crm_ext.pricing.agreed_rates import AgreedRate, agreed_rates
from crm_ext.pricing.costs import costs_of
from crm_ext.pricing.floor import Floor, Rates, Standing, limit, standing
from crm_ext.pricing.model import Base
from crm_ext.pricing.store import number
from crm_ext.settings import settings

APPROVAL = "Price Approval"
STATUS = "crm_ext_price_approval"
UNAPPROVED = (Standing.BELOW, Standing.REQUESTED, Standing.REJECTED)


@dataclass(frozen=True, slots=True)
class Below:
	"""A row under its floor: its net rate, the lowest one and the cost, in document currency for one unit of the row."""

	row: object
	rate: Decimal
	least: Decimal
	cost: Decimal
	floor: Floor


def check(doc) -> None:
	"""Mark the rows below the floor and say how the document stands; to be called once the totals are there."""
	below = below_floor(doc)
	marked = {id(one.row) for one in below}
	for row in doc.items:
		row.crm_ext_below_floor = int(id(row) in marked)
	doc.set(STATUS, _standing(doc, below).value)
	doc.flags.crm_ext_below_floor = below
	if below and doc.get(STATUS) in (Standing.BELOW, Standing.REJECTED) and doc.get("_action") != "submit":
		floor_words.warn(below, Standing(doc.get(STATUS)))


def before_submit(doc) -> None:
	"""Refuse, as ERPNext refuses, what is below the floor and not approved. `check` has judged it in the same save."""
	below = doc.flags.crm_ext_below_floor
	if below and doc.get(STATUS) in UNAPPROVED:
		floor_words.refuse(below, Standing(doc.get(STATUS)))
	if doc.get(STATUS) == Standing.REQUESTED:
		withdraw_open(doc.doctype, doc.name)
		doc.set(STATUS, Standing.ABOVE.value)


def refuse_row(row) -> None:
	"""Refuse a row below the floor that “Update Items” adds to a submitted document, or whose rate it lowers there."""
	before = row.get_doc_before_save()
	lowered = not before or flt(row.rate) / flt(row.conversion_factor or 1) < flt(before.rate) / flt(
		before.conversion_factor or 1
	)
	if not lowered or not _enabled():
		return
	doc = row.parent_doc = frappe.get_doc(row.parenttype, row.parent)
	floors = _floors_for(doc)
	costs = costs_of({row.item_code}, doc.company) if floors and not _is_spared(doc) else {}
	if row.item_code in costs and not row.get("is_free_item"):
		row.net_rate = row.rate  # ERPNext computes it right after
		group = frappe.get_cached_value("Item", row.item_code, "item_group")
		below = _judge(doc, row, floors, compiled.current().above("Item Group", group), costs[row.item_code])
		if below:
			floor_words.refuse_update(below)


def below_floor(doc) -> list[Below]:
	"""The rows of a document that are below the floor of the session's user."""
	floors = _floors_for(doc)
	if not floors or _is_spared(doc):
		return []
	rows = [row for row in doc.items if row.item_code and not row.get("is_free_item")]
	costs = costs_of({row.item_code for row in rows}, doc.company)
	tree = compiled.current()
	judged = (
		_judge(doc, row, floors, tree.above("Item Group", row.item_group), costs[row.item_code])
		for row in rows
		if row.item_code in costs
	)
	return _without_agreed(doc, [one for one in judged if one])


def _enabled() -> tuple[Floor, ...]:
	return compiled.current().floors if settings().pricing_enabled else ()


def _floors_for(doc) -> list[Floor]:
	return [floor for floor in _enabled() if floor.company in ("", doc.company)]


def _is_spared(doc) -> bool:
	"""Returns carry the price at which was sold; the others are no sales of their own."""
	names = ("is_return", "is_debit_note", "is_internal_customer", "is_consolidated")
	return any(doc.get(name) for name in names)


def _judge(
	doc, row, floors: Sequence[Floor], groups: Sequence[str], costs: dict[Base, Decimal]
) -> Below | None:
	found = limit(floors, roles=frappe.get_roles(), company=doc.company, groups=groups, costs=costs)
	if found is None:
		return None
	unit = number(row.conversion_factor or 1) / number(doc.conversion_rate or 1)
	# the floor as a rate: what rounds to it is not below it
	least = number(flt(float(found.price * unit), row.precision("net_rate")))
	rate = net_rate(row)
	return Below(row, rate, least, found.cost * unit, found.floor) if rate < least else None


def net_rate(row) -> Decimal:
	"""The final rate of a row; ERPNext gives one without a quantity no share in the additional discount."""
	return number(row.net_rate if row.qty else row.rate)


def _without_agreed(doc, below: Sequence[Below]) -> list[Below]:
	"""Leave out the rows whose price was agreed in a submitted document and has not fallen since: it was judged there."""
	agreed = agreed_rates(source for one in below if (source := source_of(one.row)))
	return [one for one in below if not _is_kept(doc, one, agreed.get(source_of(one.row)))]


def _is_kept(doc, one: Below, agreed: AgreedRate | None) -> bool:
	"""Whether a row has the agreed price of a stock unit; spreading a discount over the lines may cost it one cent."""
	if agreed is None:
		return False
	row = one.row
	rounding = Decimal(1).scaleb(-row.precision("net_rate"))
	least = agreed.net_rate / agreed.factor * number(row.conversion_factor or 1) - rounding
	same = (agreed.item_code, agreed.currency) == (row.item_code, doc.currency)
	return same and agreed.customer in ("", doc.get("customer")) and one.rate >= least


def _standing(doc, below: Sequence[Below]) -> Standing:
	"""How the document stands, whatever the form says: from what was saved and the approvals."""
	saved = doc.get_doc_before_save()
	if not below:
		return _mended(doc, Standing((saved and saved.get(STATUS)) or ""))
	if not saved:
		return Standing.BELOW
	return standing(rates_of(one.row for one in below), decisions(doc))


def _mended(doc, before: Standing) -> Standing:
	"""The request of whoever raised the prices is void; another's save says nothing about it."""
	if before is not Standing.REQUESTED:
		return Standing.ABOVE
	asked = {"reference_doctype": doc.doctype, "reference_name": doc.name, "status": Standing.REQUESTED.value}
	if frappe.db.get_value(APPROVAL, asked, "requested_by") != frappe.session.user:
		return before
	withdraw_open(doc.doctype, doc.name)
	return Standing.ABOVE


def rates_of(rows: Iterable) -> Rates:
	"""The lowest net rate of each item and UOM."""
	found: dict[tuple[str, str], Decimal] = {}
	for row in rows:
		key = (row.item_code, row.uom or "")
		found[key] = min(net_rate(row), found.get(key, net_rate(row)))
	return found


def decisions(doc) -> list[tuple[str, Rates]]:
	"""The requests on a document that were not withdrawn, the newest first: (status, rates)."""
	found: dict[str, tuple[str, list]] = {}
	for name, status, *line in frappe.db.sql(
		"""SELECT a.name, a.status, l.item_code, l.uom, l.rate
		FROM `tabPrice Approval` a JOIN `tabPrice Approval Line` l ON l.parent = a.name
		WHERE a.reference_doctype = %s AND a.reference_name = %s AND a.currency = %s AND a.status != 'Withdrawn'
		ORDER BY a.creation DESC, a.name""",
		(doc.doctype, doc.name, doc.currency),
	):
		found.setdefault(name, (status, []))[1].append(line)
	return [
		(status, {(item, uom or ""): number(rate) for item, uom, rate in lines})
		for status, lines in found.values()
	]


def withdraw_open(doctype: str, name: str) -> None:
	"""Take back the open request on a document, if there is one."""
	asked = {"reference_doctype": doctype, "reference_name": name, "status": Standing.REQUESTED.value}
	frappe.db.set_value(APPROVAL, asked, "status", "Withdrawn")
