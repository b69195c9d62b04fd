# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What is missing for a promotion that nearly counts: “2 more of Lamps: the cheapest is free.”"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import frappe

from crm_ext.pricing.amounts import money, number, percent
from crm_ext.pricing.phrases import _
from crm_ext.pricing.promotions.model import Gives, Kind, Part, Product, Promotion, Refusal, Tier

MOST = 3
NEAR = {
	Refusal.QUANTITY: Decimal(1) / 3,
	Refusal.AMOUNT: Decimal(1) / 2,
	Refusal.COMPONENT: Decimal(0),
}
"""How much of what is needed has to be in the document, for each way to be short of it."""
MOST_NAMES = 2


def hints(lost: Iterable[Mapping], promotions: Mapping[str, Promotion], currency: str) -> list[dict]:
	"""Of the promotions that did not count, those that nearly did, the nearest first: [{promotion, text}].

	`lost` as documents store it, with amounts in `currency`.
	"""
	near = sorted(
		(-share, entry["promotion"], entry)
		for entry in lost
		if entry["promotion"] in promotions and (share := _share(entry)) is not None
	)
	return [
		{"promotion": name, "text": _hint(promotions[name], entry, currency)}
		for _share_, name, entry in near[:MOST]
	]


def _share(entry: Mapping) -> Decimal | None:
	"""How much of what it needs is there, from 0 to 1; None where it is not close, or short of something else."""
	refusal, detail = Refusal(entry["reason"]), entry.get("detail") or {}
	needs, has = Decimal(detail.get("needs") or 0), Decimal(detail.get("has") or 0)
	if refusal not in NEAR or not (has or entry.get("lines")):
		return None
	share = has / needs if needs else Decimal(0)
	return share if share >= NEAR[refusal] else None


def _hint(promotion: Promotion, entry: Mapping, currency: str) -> str:
	return _("{0}: {1}.").format(_missing(promotion, entry, currency), _benefit(promotion))


def _missing(promotion: Promotion, entry: Mapping, currency: str) -> str:
	refusal, detail = Refusal(entry["reason"]), entry.get("detail") or {}
	short = Decimal(detail.get("needs") or 1) - Decimal(detail.get("has") or 0)
	if refusal is Refusal.COMPONENT:
		return _("{0} of {1} as well").format(number(short), _names(_component(promotion, detail)))
	products = promotion.products_of(Part.BUY)
	more = money(short, currency) if refusal is Refusal.AMOUNT else number(short)
	if not products:
		return _("{0} more").format(more)
	return _("{0} more of {1}").format(more, _names(products))


def _component(promotion: Promotion, detail: Mapping) -> Sequence[Product]:
	"""What is missing: a component of a bundle, by its place from 1, or what would be reduced."""
	component = detail.get("component", "")
	if component == Part.GET.value or promotion.kind is not Kind.BUNDLE:
		return promotion.products_of(Part.GET)
	found = promotion.components()
	return found[int(component) - 1] if component.isdigit() and int(component) <= len(found) else ()


def _names(products: Sequence[Product]) -> str:
	names = list(dict.fromkeys(_name(product.key) for product in products))
	if not names:
		return _("another product")
	shown = _(" or ").join(names[:MOST_NAMES])
	return _("{0} or others").format(shown) if len(names) > MOST_NAMES else shown


def _name(key: str) -> str:
	family, _colon, name = key.partition(":")
	if family == "Item":
		return _item(name)
	return _(name) if family == "Item Group" else name


def _item(code: str) -> str:
	return frappe.get_cached_value("Item", code, "item_name") or code


def _benefit(promotion: Promotion) -> str:
	match promotion.kind:
		case Kind.VOLUME | Kind.GRADUATED | Kind.THRESHOLD:
			return _tier(promotion, min(promotion.tiers, key=lambda tier: tier.at_least))
		case Kind.SHIPPING:
			return _("free shipping")
		case Kind.BUNDLE:
			return _for_a_set(promotion, _("the bundle for {0}"), _("{0} off the bundle"))
		case Kind.MIX_AND_MATCH:
			any_ = _("any {0} of them").format(number(promotion.buy_qty))
			return _for_a_set(promotion, f"{any_}: {{0}}", _("{0} off") + f", {any_}")
		case Kind.CHEAPEST_FREE:
			return _reduced(promotion, _("the cheapest"))
	if promotion.gift_item:
		return _gift(promotion.gift_item, promotion.get_qty)
	got = promotion.products_of(Part.GET)
	if not got:
		return _reduced(promotion, _("one of them"))
	return _reduced(promotion, _names(got))


def _tier(promotion: Promotion, tier: Tier) -> str:
	if tier.gives is Gives.GIFT:
		return _gift(tier.gift_item, tier.gift_qty)
	value = _value(promotion, tier.gives, tier.value)
	if tier.gives is Gives.RATE:
		return _("{0} each").format(value)
	if tier.gives is Gives.AMOUNT and promotion.kind is not Kind.THRESHOLD:
		return _("{0} off each").format(value)
	return _("{0} off").format(value)


def _gift(item: str, qty: Decimal) -> str:
	return _("{0} {1} free").format(number(qty), _item(item))


def _for_a_set(promotion: Promotion, for_: str, off: str) -> str:
	value = _value(promotion, promotion.gives, promotion.value)
	return (for_ if promotion.gives is Gives.RATE else off).format(value)


def _reduced(promotion: Promotion, what: str) -> str:
	"""What becomes of the units at the reduced price, `what`: “the cheapest is free”."""
	qty = promotion.get_qty
	many = what if qty == 1 else f"{number(qty)} × {what}"
	match promotion.gives:
		case Gives.FREE:
			return _("{0} free").format(many)
		case Gives.RATE:
			return _("{0} for {1}").format(many, _value(promotion, promotion.gives, promotion.value))
	return _("{0} for {1} less").format(many, _value(promotion, promotion.gives, promotion.value))


def _value(promotion: Promotion, gives: Gives, value: Decimal) -> str:
	return percent(value) if gives is Gives.PERCENT else money(value, promotion.currency)
