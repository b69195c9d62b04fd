# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Automatic prices in selling documents, when the server saves them.

The automatic price becomes the `price_list_rate` of a row, so that all that ERPNext does on top of a price list goes on
working: Pricing Rules, margins, discounts by hand. `rate` follows, unless a person or a program gave one.
"""

from collections.abc import Iterator

import frappe
from frappe import _
from frappe.utils import flt

from crm_ext import errors
from crm_ext.exceptions import CrmExtError, OtherPrice
from crm_ext.pricing import compiled, service, waterfall
from crm_ext.pricing.agreed import (
	LINKS,
	document_is_left_alone,
	priced_by_components,
	row_is_left_alone,
)
from crm_ext.pricing.basket import Result
from crm_ext.pricing.claims import enforced, kept_by_right
from crm_ext.pricing.model import Priced
from crm_ext.pricing.rows import HEAD, ROW, basket_of, party_of, stamps

BY_HAND = ("discount_percentage", "discount_amount", "margin_rate_or_amount")
TYPED = ("rate", *BY_HAND, "margin_type")
CLAIMED = ("pricing_rules", "is_free_item", "blanket_order", *LINKS)
"""What a person or program may write to have another price: amounts, and reasons."""


def price_document(doc) -> None:
	"""Give the lines of a draft their automatic price, where what it depends on is new.

	To be called before ERPNext computes the totals. A line whose circumstances are the same keeps the price it has.
	"""
	if compiled.idle() or doc.flags.ignore_validate:
		return
	enforce = enforced()
	if document_is_left_alone(doc, enforced=enforce):
		return
	before = None if doc.is_new() else doc.get_doc_before_save()
	original = _original(doc)
	if not (original or (before and doc.docstatus)):
		_set_day(doc)
	changed = _price(doc, before, original, enforced=enforce)
	if before and changed and party_of(before) != party_of(doc):
		_tell(changed)
	_keep_out_of_price_lists(doc)


def _original(doc):
	"""The cancelled document that a new one amends, for the same party."""
	if not (doc.is_new() and doc.get("amended_from")):
		return None
	original = frappe.get_doc(doc.doctype, doc.amended_from)
	return original if original.docstatus == 2 and party_of(original) == party_of(doc) else None


def _set_day(doc) -> None:
	"""The day that ERPNext will give an invoice or a delivery, unless somebody chose it."""
	if doc.meta.has_field("set_posting_time"):
		doc.validate_posting_time()


def _price(doc, before, original, *, enforced: bool) -> list:
	"""Price the rows that are due; returns those whose price list rate changed."""
	_settle_locks(doc, before, enforced=enforced)
	due = list(_changed_copies(doc, original) if original else _due(doc, before, enforced=enforced))
	if not due:
		return []
	kept = kept_by_right(doc) if enforced else [row_is_left_alone(row) for row in doc.items]
	bundles = priced_by_components(row.item_code for row in doc.items)
	due = [
		place for place in due if not kept[place] and doc.items[place].item_code not in ("", None, *bundles)
	]
	if not due:
		return []
	if enforced and doc.get("is_consolidated"):
		doc.is_consolidated = 0  # of what was not sold before, ERPNext has to compute the amounts
	_complete(doc)
	try:
		result = service.price(basket_of(doc, doc.items))
	except CrmExtError as error:
		errors.throw(error)
	return [
		doc.items[place]
		for place in due
		if _apply(doc.items[place], result.priced[str(place)], result, enforced=enforced)
	]


def refuse_other_price(row) -> None:
	"""Refuse a price other than the automatic one in a row that “Update Items” changes in a submitted document."""
	if compiled.idle() or not enforced():
		return
	before = row.get_doc_before_save()
	if before and not any(_differ(row.get(name), before.get(name)) for name in _UPDATED):
		return
	doc = frappe.get_doc(row.parenttype, row.parent)
	if document_is_left_alone(doc, enforced=True):
		return
	rows = [*(other for other in doc.items if other.name != row.name), row]
	try:
		priced = service.price(basket_of(doc, rows)).priced.get(str(len(rows) - 1))
		if priced and priced.ours and flt(row.rate, _places(row)) != float(priced.price):
			raise OtherPrice(item=row.item_code, price=priced.price)
	except CrmExtError as error:
		errors.throw(error)


_UPDATED = ("item_code", "uom", "conversion_factor", "rate")


def _tell(changed: list) -> None:
	rows = ", ".join(str(row.idx) for row in changed)
	frappe.msgprint(
		_("The prices of {0} lines follow the new customer: rows {1}.").format(len(changed), rows), alert=True
	)


def _due(doc, before, *, enforced: bool) -> Iterator[int]:
	"""The places of the rows whose circumstances are new: all of a new document, or of one with a new head.

	Else those that changed, and those of the same items, for their quantities may count together.
	"""
	if before is None or any(_differ(doc.get(name), before.get(name)) for name in HEAD):
		yield from range(len(doc.items))
		return
	watched = (*ROW, *TYPED, *CLAIMED) if enforced else ROW
	old = {row.name: row for row in before.items}
	moved = {old[name].item_code for name in old.keys() - {row.name for row in doc.items}}
	for row in doc.items:
		was = old.get(row.name)
		if was is None or any(_differ(row.get(name), was.get(name)) for name in watched):
			moved |= {row.item_code, was.item_code if was else row.item_code}
	yield from (place for place, row in enumerate(doc.items) if row.item_code in moved)


def _differ(one: object, other: object) -> bool:
	"""Whether two values of a field differ, however a program wrote them: "2" is 2, None is empty."""
	if isinstance(one, int | float) or isinstance(other, int | float):
		return flt(one) != flt(other)
	return str(one or "") != str(other or "")


def _changed_copies(doc, original) -> Iterator[int]:
	"""The places of the rows of an amended copy that are not as they were in the original."""
	names = (*ROW, *TYPED, *CLAIMED)
	for place, row in enumerate(doc.items):
		if all(any(_differ(row.get(name), was.get(name)) for name in names) for was in original.items):
			yield place


def _settle_locks(doc, before, *, enforced: bool) -> None:
	"""A lock is for the item that was locked; who may not set one may not change the price under it either.

	A row that is not locked any more forgets the rate typed, unless another came with another item.
	"""
	locked = {row.name: row for row in before.items if row.crm_ext_price_locked} if before else {}
	for row in doc.items:
		was = locked.get(row.name)
		if was is None:
			row.crm_ext_price_locked = 0 if enforced else row.crm_ext_price_locked
			continue
		goods = ("item_code", "uom", "conversion_factor") if enforced else ("item_code",)
		if any(_differ(row.get(name), was.get(name)) for name in goods):
			row.crm_ext_price_locked = 0
		if row.crm_ext_price_locked and enforced:
			row.update({name: was.get(name) for name in TYPED})
		elif not row.crm_ext_price_locked and not _differ(row.rate, was.rate):
			_forget_what_was_typed(row)


def _complete(doc) -> None:
	"""What a program left out, as ERPNext itself will fill it in right after."""
	if doc.get("is_pos"):
		doc.set_pos_fields(for_validate=True)  # the price list of the counter replaces that of the document
	if not (doc.get("selling_price_list") and doc.get("currency")):
		doc.set_missing_lead_customer_details(for_validate=True)
	if not (doc.get("conversion_rate") and doc.get("plc_conversion_rate")):
		doc.set_price_list_currency("Selling")


def _apply(row, priced: Priced, result: Result, *, enforced: bool) -> bool:
	"""Write a price into a row; returns whether the price list rate changed. A price of ERPNext's own is left alone."""
	was_ours = waterfall.is_ours(row.get("crm_ext_price_steps"))
	row.update(stamps(result, priced, row))
	if not (priced.ours or was_ours):
		return False
	typed = _typed(row)
	old, new = flt(row.price_list_rate), float(priced.price or 0)
	row.price_list_rate = new
	if typed and not enforced:
		rate = row.rate
		_forget_what_was_typed(row)
		row.rate, row.crm_ext_price_locked = rate, 1
		return old != new
	if row.get("pricing_rules") or enforced:
		# ERPNext applies its rules anew; it would only repeat the ones that are written down
		row.pricing_rules = None
		_forget_what_was_typed(row)
	row.rate = _computed(row)
	return old != new


def _typed(row) -> bool:
	"""Whether somebody gave the rate: neither the price so far nor a discount, margin or rule explains it."""
	return (
		bool(flt(row.rate)) and not row.get("pricing_rules") and flt(row.rate, _places(row)) != _computed(row)
	)


def _computed(row) -> float:
	"""The rate that ERPNext makes of the price list rate of a row, its margin and its discount."""
	price = flt(row.price_list_rate)
	if row.get("margin_type") == "Percentage":
		price += price * flt(row.margin_rate_or_amount) / 100
	elif row.get("margin_type"):
		price += flt(row.margin_rate_or_amount)
	if flt(row.discount_percentage):
		return flt(price * (1 - flt(row.discount_percentage) / 100), _places(row))
	if not flt(row.rate):
		price -= flt(row.get("discount_amount"))
	return flt(price, _places(row))


def _places(row) -> int:
	return row.precision("rate")


def _forget_what_was_typed(row) -> None:
	row.rate = 0
	for name in BY_HAND:
		row.set(name, 0)
	row.margin_type = None


def _keep_out_of_price_lists(doc) -> None:
	"""ERPNext may copy the rate of a line into the price list (Stock Settings); an automatic price does not belong there.

	It does so only for a row that has a rate, and computes the rate of a row that has none.
	"""
	stock = frappe.get_cached_doc("Stock Settings")
	if not (stock.auto_insert_price_list_rate_if_missing or stock.update_existing_price_list_rate):
		return
	for row in doc.items:
		if row.get("crm_ext_price_steps") and not (
			row.crm_ext_price_locked or row.pricing_rules or _typed(row)
		):
			row.rate = 0
