# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Automatic prices while somebody fills in a form: what ERPNext's own endpoints are asked, and what they answer.

The automatic price goes in as the price list rate, so that ERPNext's rules act on it, and comes out as such.
"""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field

import frappe
from frappe.model.document import Document
from frappe.permissions import has_user_permission
from frappe.utils import flt

from crm_ext.constants import SELLING_DOCTYPES
from crm_ext.exceptions import CrmExtError
from crm_ext.pricing import compiled, service, waterfall
from crm_ext.pricing.agreed import document_is_left_alone, priced_by_components, row_is_left_alone, source_of
from crm_ext.pricing.basket import Result
from crm_ext.pricing.claims import enforced
from crm_ext.pricing.costs import may_see_costs
from crm_ext.pricing.model import Priced
from crm_ext.pricing.native_rules import any_gives
from crm_ext.pricing.rows import HEAD, basket_of, party_of, stamps
from crm_ext.profile.permissions import may_read

_OVERLAID = (
	*("item_code", "qty", "uom", "conversion_factor", "batch_no", "stock_uom"),
	*("pricing_rules", "is_free_item"),
)
_OF_A_LOCKED_ROW = (
	*("price_list_rate", "rate", "discount_percentage", "discount_amount"),
	*("margin_type", "margin_rate_or_amount", "pricing_rules"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
	"""What a row gets. `price`: the automatic price; `given_back`: there is none any more, ERPNext's own counts again.

	`locked`: nothing is to change.
	"""

	price: float | None = None
	stamps: Mapping[str, object] = field(default_factory=dict)
	given_back: bool = False
	locked: bool = False


def answers(
	args: Mapping, items: Sequence[Mapping], doc: Mapping | str | None, *, picking: bool = False
) -> list[Answer | None]:
	"""An Answer for each row that a form asks about; None: ERPNext's own price, also for users who may not know ours.

	`args` is what the form sends of the head, `items` are the rows asked about, `doc` the document if it sends that too.
	`picking`: another item is chosen for a row, so that a lock on it ends.
	"""
	nothing: list[Answer | None] = [None] * len(items)
	if compiled.idle():
		return nothing
	head = _head(args, doc)
	if head.doctype not in SELLING_DOCTYPES or not head.company:
		return nothing
	rows, places = _rows(head, items)
	if head.get("is_return") and head.get("return_against"):
		return [_sold(rows[place]) for place in places]
	if not concerns_us(head):
		return nothing
	if picking:
		for place in places:
			rows[place].crm_ext_price_locked = 0
	try:
		result = service.price(basket_of(head, rows, promotions=False))
	except CrmExtError:
		return nothing  # ERPNext says itself what is wrong with an item
	bundles = priced_by_components(row.get("item_code") for row in rows)
	agreed = set() if picking else _agreed(head, [rows[place] for place in places])

	def answer(place: int) -> Answer | None:
		row = rows[place]
		if row.get("name") in agreed:
			return Answer(locked=True)
		return None if row.get("item_code") in bundles else _answer(row, place, result)

	return [answer(place) for place in places]


def put_in(items: Sequence[MutableMapping], given: Sequence[Answer | None]) -> None:
	"""Have ERPNext's rules start from the automatic prices."""
	for item, answer in zip(items, given, strict=True):
		if answer and answer.price is not None:
			item["price_list_rate"] = answer.price


def merge(out: MutableMapping, answer: Answer | None, *, unless: object = None) -> None:
	"""Put an answer into what ERPNext answers for a row; a price that is `unless` already need not be told again."""
	if answer is None:
		return
	if answer.locked:
		for name in _OF_A_LOCKED_ROW:
			out.pop(name, None)
		return
	out.update(answer.stamps)
	if answer.given_back:
		out.setdefault("price_list_rate", 0)
	elif (
		answer.price is not None
		and out.get("pricing_rule_for") != "Rate"
		and (unless is None or flt(unless) != answer.price)
	):
		out["price_list_rate"] = answer.price


def price_selected_row(doc, item_idx: int) -> None:
	"""Give the row that the form has just picked an item for its automatic price. For documents, from version 16 on."""
	if compiled.idle() or not concerns_us(doc):
		return
	row = doc.get("items", {"idx": item_idx})[0]
	row.crm_ext_price_locked = 0
	if row_is_left_alone(row) or priced_by_components([row.item_code]):
		return
	try:
		result = service.price(basket_of(doc, doc.items, promotions=False))
	except CrmExtError:
		return  # ERPNext says itself what is wrong with an item
	answer = _answer(row, doc.items.index(row), result)
	if answer is None or answer.price is None:
		row.update(answer.stamps if answer else {})
		return
	row.update(answer.stamps)
	row.price_list_rate = answer.price
	if row.pricing_rules and not any_gives(row, "Discount Amount"):
		row.discount_amount = 0  # of the old price; the percentage gives the new one
	doc.set_item_rate_and_discounts(row, frappe._dict(price_list_rate=answer.price, rate=answer.price))
	doc.calculate_taxes_and_totals()


def concerns_us(head: Mapping | Document) -> bool:
	"""Whether lines get automatic prices, and the user may know them: who may write such a document for the party."""
	customer, lead = party_of(head)
	return (
		not document_is_left_alone(head, enforced=enforced())
		and may_sell([head.doctype], head.company)
		and (not customer or may_read(customer))
		and (not lead or may_read(lead, doctype="Lead"))
	)


def may_sell(doctypes: Sequence[str], company: str) -> bool:
	"""Whether the user may write one of these documents, and is not restricted to other companies."""
	return any(
		frappe.has_permission(doctype, ptype) for doctype in doctypes for ptype in ("create", "write")
	) and bool(
		frappe.get_cached_value("Company", company, "name")
		and has_user_permission(frappe.get_cached_doc("Company", company))
	)


def _agreed(head: Mapping, asked: Sequence[Mapping]) -> set[str]:
	"""The names of the rows of a saved draft that keep their agreed price: same item and unit, in the same currency.

	ERPNext would fetch that of the price list, which without automatic prices mostly is what was agreed.
	"""
	made = {row.get("name"): row for row in asked if row.get("crm_ext_price_steps") and source_of(row)}
	saved = made and frappe.db.get_value(head.doctype, {"name": str(head.get("name"))}, "currency")
	if not saved or saved != head.get("currency"):
		return set()
	stored = frappe.get_all(
		f"{head.doctype} Item", {"name": ("in", list(made))}, ["name", "item_code", "uom"], as_list=True
	)
	return {
		name
		for name, item, uom in stored
		if (item, uom) == (made[name].get("item_code"), made[name].get("uom"))
	}


def _sold(row: Mapping) -> Answer | None:
	"""What comes back has the price it was sold at; ERPNext would fetch that of the list for the returns of a counter."""
	return Answer(locked=True) if row.get("crm_ext_price_steps") and source_of(row) else None


def _answer(row: Mapping, place: int, result: Result) -> Answer | None:
	if row.get("crm_ext_price_locked"):
		return Answer(locked=True)
	if row_is_left_alone(row):
		return None
	priced = result.priced[str(place)]
	if priced.ours:
		return Answer(price=float(priced.price), stamps=_stamps(result, priced, row))
	before = row.get("crm_ext_price_steps")
	if not (priced.telling or before):
		return None
	return Answer(stamps=_stamps(result, priced, row), given_back=waterfall.is_ours(before))


def _stamps(result: Result, priced: Priced, row: Mapping) -> Mapping[str, object]:
	"""What the form shows until it is saved: without our costs for those who may not see them."""
	put = stamps(result, priced, row)
	if not put["crm_ext_price_steps"] or may_see_costs():
		return put
	told = waterfall.without_costs(waterfall.load(put["crm_ext_price_steps"]))
	return {**put, "crm_ext_price_steps": waterfall.dump(told)}


def _head(args: Mapping, doc: Mapping | str | None) -> frappe._dict:
	"""The head of the document, with what the form sends beside it: that is the newer."""
	doc = frappe.parse_json(doc) if isinstance(doc, str) else doc
	head = frappe._dict(doc.as_dict() if isinstance(doc, Document) else doc or {})
	head.update({name: args.get(name) for name in (*HEAD, "doctype") if args.get(name)})
	if price_list := args.get("price_list") or args.get("selling_price_list"):
		head.selling_price_list = price_list
	if head.doctype == "Quotation" and args.get("customer"):
		head.party_name = args.get("customer")
	return head


def _rows(head: Mapping, items: Sequence[Mapping]) -> tuple[list[frappe._dict], list[int]]:
	"""The rows of the document with what is asked laid over them, and the place of each row asked about."""
	rows = [frappe._dict(row) for row in head.get("items") or () if row.get("item_code")]
	by_name = {row.name: place for place, row in enumerate(rows) if row.name}
	places = []
	for item in items:
		place = by_name.get(item.get("child_docname") or item.get("name"))
		if place is None:
			place = len(rows)
			rows.append(frappe._dict())
		rows[place].update({name: item.get(name) for name in _OVERLAID if item.get(name) is not None})
		places.append(place)
	return rows, places
