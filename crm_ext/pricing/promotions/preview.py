# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What saving would make of a document that somebody is filling in: prices, promotions, free goods. Nothing is saved.

The document goes through the functions that saving calls, in their order; here it is only compared with what was sent.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import frappe
from frappe.utils import flt

from crm_ext.pricing import waterfall
from crm_ext.pricing.costs import may_see_costs
from crm_ext.pricing.documents import price_document, settle_with_native_rules
from crm_ext.pricing.promotions import gifts, stored
from crm_ext.pricing.promotions.shipping import MARK, free_shipping
from crm_ext.pricing.promotions.terms import set_terms
from crm_ext.pricing.promotions.told import sentences

ANSWERED = (
	*("price_list_rate", "rate", "discount_percentage", "discount_amount"),
	*("margin_type", "margin_rate_or_amount", "crm_ext_base_rate", "crm_ext_price_reason"),
	*("crm_ext_price_steps", "crm_ext_price_locked"),
)
HEAD = ("crm_ext_promotions", "crm_ext_promotion_terms")
PLACES = 6


def preview(doc) -> dict | None:
	"""What a draft would become: see `promotions.api.preview`. The document itself is changed.

	None where ERPNext cannot add it up yet.
	"""
	sent = {row.name: row.as_dict() for row in doc.items}
	had_waivers = _has_waivers(doc)
	try:
		with _silently():
			_as_when_saving(doc)
	except frappe.ValidationError:
		return None
	kept = {row.name for row in doc.items if row.name}
	return {
		"rows": list(_changed_rows(doc, sent)),
		"free_rows": {
			"add": [_values(row) for row in gifts.free_rows(doc) if row.name not in sent],
			"remove": [name for name in sent if name not in kept],
		},
		"taxes": _taxes(doc) if had_waivers or _has_waivers(doc) else None,
		"head": {name: doc.get(name) for name in HEAD},
		**told(doc),
	}


def told(doc) -> dict:
	"""What promotions did to a document, in sentences: see `promotions.api.told`."""
	return sentences(stored.read(doc.get("crm_ext_promotions")), doc.get("currency") or "")


def _as_when_saving(doc) -> None:
	price_document(doc)
	gifts.complete(doc)
	doc.calculate_taxes_and_totals()
	settle_with_native_rules(doc)
	free_shipping(doc)
	set_terms(doc)


@contextmanager
def _silently() -> Iterator[None]:
	"""Without the messages that saving has for the user: they come when the document is saved."""
	before, frappe.flags.mute_messages = frappe.flags.mute_messages, True
	try:
		yield
	finally:
		frappe.flags.mute_messages = before


def _changed_rows(doc, sent: Mapping[str, Mapping]) -> Iterator[dict]:
	for row in doc.items:
		if row.name in sent and (changed := _changed(row, sent[row.name])):
			yield {"name": row.name, "values": changed}


def _changed(row, sent: Mapping) -> dict:
	"""The fields of a row that are not as they were sent; of free goods also how many there are."""
	names = (*ANSWERED, "qty", "stock_qty") if row.get(MARK) else ANSWERED
	now = {name: row.get(name) for name in names if row.meta.has_field(name)}
	now["crm_ext_price_steps"] = _without_costs(now["crm_ext_price_steps"])
	return {name: value for name, value in now.items() if _differ(value, sent.get(name))}


def _without_costs(steps: str | None) -> str | None:
	if not steps or may_see_costs():
		return steps
	return waterfall.dump(waterfall.without_costs(waterfall.load(steps)))


def _differ(one: object, other: object) -> bool:
	if isinstance(one, int | float) or isinstance(other, int | float):
		return flt(one, PLACES) != flt(other, PLACES)
	return (one or "") != (other or "")


def _taxes(doc) -> list[dict]:
	"""All charges in their order; of those that are not ours, only the row they refer to may change."""
	return [
		{"name": row.name, "values": _values(row) if row.get(MARK) else {"row_id": row.row_id}}
		for row in doc.taxes
	]


def _has_waivers(doc) -> bool:
	return any(row.get(MARK) for row in doc.get("taxes") or ())


def _values(row) -> dict:
	return {
		field.fieldname: row.get(field.fieldname) for field in row.meta.fields if row.get(field.fieldname)
	}
