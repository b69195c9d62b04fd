# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Baskets and promotions for the tests of the promotion engine: lamps, oil and wicks."""

from decimal import ROUND_HALF_UP, Decimal

from crm_ext.pricing.model import Item
from crm_ext.pricing.promotions.combine import combine
from crm_ext.pricing.promotions.model import (
	Combination,
	Gives,
	Kind,
	Offer,
	Outcome,
	Part,
	Product,
	PromoLine,
	Promotion,
	Tier,
)
from crm_ext.pricing.promotions.tally import Rounding


def cents(amount: Decimal) -> Decimal:
	return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


CENTS = Rounding(rate=cents, money=cents, places=2)


def item(code: str, *, brand: str = "", group: str = "Goods") -> Item:
	return Item(code=code, brand=brand, groups=(group, "All"), stock_uom="Nos")


def line(key: str, code: str, qty: object, price: object, **fields) -> PromoLine:
	factor = Decimal(fields.pop("factor", 1))
	return PromoLine(
		key=key,
		item=item(code, brand=fields.pop("brand", ""), group=fields.pop("group", "Goods")),
		qty=Decimal(str(qty)),
		uom=fields.pop("uom", "Nos"),
		price=Decimal(str(price)),
		factor=factor,
		**fields,
	)


def of(*codes: str, part: Part = Part.BUY, qty: object = 1, component: int = 0) -> tuple[Product, ...]:
	"""Products of a promotion, each an item."""
	return tuple(
		Product(key=f"Item:{code}", part=part, qty=Decimal(qty), component=component) for code in codes
	)


def tier(at_least: object, value: object, gives: Gives = Gives.PERCENT, **fields) -> Tier:
	return Tier(at_least=Decimal(at_least), gives=gives, value=Decimal(str(value)), **fields)


def offer(name: str, kind: Kind, *, observing: bool = False, **fields) -> Offer:
	for amount in ("buy_qty", "get_qty", "value", "minimum_amount"):
		if amount in fields:
			fields[amount] = Decimal(str(fields[amount]))
	return Offer(promotion=Promotion(name=name, kind=kind, **fields), observing=observing)


def percent(name: str, value: object, *codes: str, at_least: object = 1, **fields) -> Offer:
	"""A volume discount of one tier."""
	return offer(name, Kind.VOLUME, products=of(*codes), tiers=(tier(at_least, value),), **fields)


def bundle(name: str, price: object, *codes: str, **fields) -> Offer:
	return offer(name, Kind.BUNDLE, products=of(*codes), gives=Gives.RATE, value=price, **fields)


def sold(lines: list[PromoLine], *offers: Offer, worth: dict | None = None) -> Outcome:
	return combine(offers, lines, rounding=CENTS, worth=worth)


def total(lines: list[PromoLine], outcome: Outcome) -> Decimal:
	"""What a customer pays, as ERPNext multiplies it."""
	return sum((cents(outcome.rates.get(line.key, line.price) * line.qty) for line in lines), Decimal(0))


def lost(outcome: Outcome) -> dict[str, str]:
	return {one.promotion: one.refusal.value for one in outcome.lost}


BEST, EXCLUSIVE, COMPOUND = Combination.BEST, Combination.EXCLUSIVE, Combination.COMPOUND
