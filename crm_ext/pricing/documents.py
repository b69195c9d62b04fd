# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Automatic prices in selling documents, when the server saves them.

The automatic price becomes the `price_list_rate` of a row, so that all that ERPNext does on top of a price list goes on
working: Pricing Rules, margins, discounts by hand. `rate` follows, unless a person or a program gave one.
"""

from collections.abc import Collection, Iterator

import frappe
from frappe import _
from frappe.utils import flt

from crm_ext import errors
from crm_ext.exceptions import CrmExtError
from crm_ext.pricing import compiled, service
from crm_ext.pricing.agreed import (
	LINKS,
	document_is_left_alone,
	priced_by_components,
	row_is_left_alone,
	source_of,
)
from crm_ext.pricing.claims import enforced, kept_by_right
from crm_ext.pricing.price_list_guard import guard
from crm_ext.pricing.promotions import gifts, stored
from crm_ext.pricing.promotions.evidence import believe_ourselves
from crm_ext.pricing.promotions.gifts import FREE
from crm_ext.pricing.promotions.traces import promoted_rate, promotions_of_row
from crm_ext.pricing.row_prices import (
	TYPED,
	forget_what_was_typed,
	given_by_hand,
	is_automatic,
	write,
)
from crm_ext.pricing.rows import HEAD, ROW, basket_of, differ, party_of, stamps
from crm_ext.pricing.service import AS_THEY_ARE, Trial
from crm_ext.settings import settings

CLAIMED = ("pricing_rules", "is_free_item", "blanket_order", *LINKS)
"""What a person or program may write to have another price: amounts, and reasons."""


def price_document(doc) -> None:
	"""Give the lines of a draft their automatic price, where what it depends on is new.

	To be called before ERPNext computes the totals. A line whose circumstances are the same keeps the price it has.
	Promotions look at the whole document: where any act, all lines follow the change of one.
	"""
	before = None if doc.is_new() else doc.get_doc_before_save()
	original = _original(doc)
	believe_ourselves(doc, original or before, left_alone=document_is_left_alone(doc, enforced=enforced()))
	if not _concerns_us(doc):
		_forget_promotions_that_are_off(doc)
		return
	enforce = enforced()
	if not (original or (before and doc.docstatus)):
		_set_day(doc)
	_settle_locks(doc, before, enforced=enforce)
	due = set(_changed_copies(doc, original) if original else _due(doc, before, enforced=enforce))
	if (due or _has_lost_rows(doc, original or before)) and _has_promotions(doc):
		due = set(range(len(doc.items)))
	changed = _price(doc, due, before, enforced=enforce) if due else []
	if before and changed and party_of(before) != party_of(doc):
		_tell(changed)
	_leave_margins_to_erpnext(doc)
	guard(doc)
	doc.flags.crm_ext_free_rows = gifts.free_rows(doc)


def price_without(doc, promotions: Collection[str] = (), *, ruled: Collection[int] = ()) -> None:
	"""Price a document anew without these promotions, also the lines for which a quotation agreed on them.

	`ruled`: the places of lines whose rate ERPNext's own rules have just made; they keep it.
	"""
	if _concerns_us(doc):
		trial = Trial(without_promotions=frozenset(promotions))
		every = set(range(len(doc.items)))
		_price(doc, every, None, enforced=enforced(), trial=trial, anew=promotions, ruled=ruled)
		doc.flags.crm_ext_free_rows = gifts.free_rows(doc)


def settle_with_native_rules(doc) -> bool:
	"""Give way to what ERPNext did to the lines of a document; returns whether its totals are to be computed again.

	To be called after ERPNext's totals. Lines to which it applied Pricing Rules are left to them, and the promotions are
	looked at anew without these lines; free lines that it took out come back.
	"""
	back = gifts.restore(doc, doc.flags.pop("crm_ext_free_rows", None) or ())
	ruled = {
		place
		for place, row in enumerate(doc.items)
		if row.get("pricing_rules") and not source_of(row) and promoted_rate(row.get("crm_ext_price_steps"))
	}
	if ruled:
		every = set(range(len(doc.items)))
		_price(doc, every, doc.get_doc_before_save(), enforced=enforced(), ruled=ruled)
	return bool(back or ruled)


def _concerns_us(doc) -> bool:
	"""Whether the lines of a document have automatic prices, or had some."""
	if doc.flags.ignore_validate or not settings().pricing_enabled:
		return False
	had = doc.get("crm_ext_promotions") or any(
		row.get("crm_ext_price_steps") or row.get(FREE) for row in doc.items
	)
	if compiled.idle() and not had:
		return False
	return not document_is_left_alone(doc, enforced=enforced())


def _forget_promotions_that_are_off(doc) -> None:
	"""Who has a document ignore all rules has taken off what promotions did, unless a program left it in the lines."""
	if doc.get("ignore_pricing_rule") and doc.get("crm_ext_promotions") and not _is_promoted(doc):
		doc.crm_ext_promotions = None


def _is_promoted(doc) -> bool:
	return any(row.get(FREE) or promotions_of_row(row) for row in doc.items)


def _has_lost_rows(doc, before) -> bool:
	"""Whether a line is gone that the document, or the one that it amends, had."""
	if before is None:
		return False
	return len(doc.items) < len(before.items) or (
		doc.name == before.name and bool({row.name for row in before.items} - {row.name for row in doc.items})
	)


def _has_promotions(doc) -> bool:
	return bool(doc.get("crm_ext_promotions")) or compiled.promoting(compiled.current())


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


def _price(
	doc,
	due: set[int],
	before,
	*,
	enforced: bool,
	trial: Trial = AS_THEY_ARE,
	anew: Collection[str] = (),
	ruled: Collection[int] = (),
) -> list:
	"""Price the rows at these places; returns those whose price changed.

	`anew`: promotions whose quoted prices do not bind. `ruled`: the rows whose rate ERPNext's own rules have just made;
	they keep it.
	"""
	kept = kept_by_right(doc) if enforced else [row_is_left_alone(row) for row in doc.items]
	if anew:
		kept = [
			keep and (row.is_free_item or not (_is_quoted(row) and promotions_of_row(row).keys() & set(anew)))
			for keep, row in zip(kept, doc.items, strict=True)
		]
	bundles = priced_by_components(row.item_code for row in doc.items)
	due = {
		place for place in due if not kept[place] and doc.items[place].item_code not in ("", None, *bundles)
	}
	if not (due or _got_here(doc)):
		return []
	if enforced and doc.get("is_consolidated"):
		doc.is_consolidated = 0  # of what was not sold before, ERPNext has to compute the amounts
	_complete(doc)
	fixed = {place for place, row in enumerate(doc.items) if kept[place] or row.item_code in bundles}
	if not enforced or ruled:
		fixed |= {place for place in due if given_by_hand(doc.items[place])}
	try:
		result = service.price(basket_of(doc, doc.items, fixed=fixed), trial)
	except CrmExtError as error:
		errors.throw(error)
	changed = []
	for place in sorted(due):
		row, priced = doc.items[place], result.priced[str(place)]
		if place in ruled:
			row.update(stamps(result, priced, row))
		elif write(row, priced, result, enforced=enforced):
			changed.append(row)
			row.flags.crm_ext_anew = bool(anew)
	_leave_margins_to_erpnext(doc)
	declined = gifts.sync(doc, result.outcome.gifts, before, quoted=anew)
	doc.crm_ext_promotions = stored.told(result, declined)
	return changed


def _got_here(doc) -> bool:
	"""Whether a document got something of promotions that no line has to tell of any more, other than by mapping."""
	if any(row.get(FREE) for row in doc.items):
		return True
	return bool(doc.get("crm_ext_promotions")) and not any(source_of(row) for row in doc.items)


def _is_quoted(row) -> bool:
	source = source_of(row)
	return bool(source and source.doctype == "Quotation")


def _tell(changed: list) -> None:
	rows = ", ".join(str(row.idx) for row in changed)
	frappe.msgprint(
		_("The prices of {0} lines follow the new customer: rows {1}.").format(len(changed), rows), alert=True
	)


def _due(doc, before, *, enforced: bool) -> Iterator[int]:
	"""The places of the rows whose circumstances are new: all of a new document, or of one with a new head.

	Else those that changed, and those of the same items, for their quantities may count together.
	"""
	# what somebody takes out of the free goods, or puts back, is noted with the promotions
	if before is None or any(
		differ(doc.get(name), before.get(name)) for name in (*HEAD, "crm_ext_promotions")
	):
		yield from range(len(doc.items))
		return
	watched = {*ROW, FREE}
	if enforced or _has_promotions(doc):
		watched |= {*TYPED}  # a line that gets a rate or discount by hand leaves the promotions
	if enforced:
		watched |= {*CLAIMED}
	old = {row.name: row for row in before.items}
	moved = {old[name].item_code for name in old.keys() - {row.name for row in doc.items}}
	for row in doc.items:
		was = old.get(row.name)
		if was is None or any(differ(row.get(name), was.get(name)) for name in watched):
			moved |= {row.item_code, was.item_code if was else row.item_code}
	yield from (place for place, row in enumerate(doc.items) if row.item_code in moved)


def _changed_copies(doc, original) -> Iterator[int]:
	"""The places of the rows of an amended copy that are not as they were in the original."""
	names = (*ROW, *TYPED, *CLAIMED)
	for place, row in enumerate(doc.items):
		if all(any(differ(row.get(name), was.get(name)) for name in names) for was in original.items):
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
		if any(differ(row.get(name), was.get(name)) for name in goods):
			row.crm_ext_price_locked = 0
		if row.crm_ext_price_locked and enforced:
			row.update({name: was.get(name) for name in TYPED})
		elif not row.crm_ext_price_locked and not differ(row.rate, was.rate):
			forget_what_was_typed(row)


def _complete(doc) -> None:
	"""What a program left out, as ERPNext itself will fill it in right after."""
	if doc.get("is_pos"):
		doc.set_pos_fields(for_validate=True)  # the price list of the counter replaces that of the document
	if not (doc.get("selling_price_list") and doc.get("currency")):
		doc.set_missing_lead_customer_details(for_validate=True)
	if not (doc.get("conversion_rate") and doc.get("plc_conversion_rate")):
		doc.set_price_list_currency("Selling")


def _leave_margins_to_erpnext(doc) -> None:
	"""ERPNext makes an amount of a margin in percent where the rate is above that of the price list already.

	It adds nothing up in consolidated invoices, and computes no rate without that of the price list.
	"""
	if doc.get("is_consolidated"):
		return
	for row in doc.items:
		if row.get("margin_type") and flt(row.rate) > flt(row.price_list_rate) > 0 and is_automatic(row):
			row.rate = 0
