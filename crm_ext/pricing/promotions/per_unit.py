# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Promotions that make each unit cheaper, whatever becomes of the others: volume, graduated, order threshold. Pure.

What they need is measured on the whole basket at its prices before promotions, so that no other promotion can take it
away; what they reduce are the units that are left to them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from crm_ext.pricing.promotions.model import (
	Gift,
	Gives,
	Kind,
	Lost,
	Offer,
	Part,
	PromoLine,
	Refusal,
	Tier,
)
from crm_ext.pricing.promotions.units import ZERO, Lines, Run, amount_of, cut, runs, total
from crm_ext.pricing.waterfall import text

Cut = Callable[[Decimal], Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduction:
	"""What a promotion makes of the price of a unit, by line, and the goods it adds. `spread`: an amount in all."""

	offer: Offer
	cuts: Mapping[str, Cut] = field(default_factory=dict)
	gifts: tuple[Gift, ...] = ()
	spread: Decimal | None = None

	def saving(self, line: PromoLine) -> Decimal:
		"""What a unit of the line becomes cheaper by."""
		change = self.cuts.get(line.key)
		return line.price - change(line.price) if change else ZERO


def reduction(offer: Offer, lines: Lines, worth: Mapping[str, Decimal]) -> Reduction | Lost:
	"""What a per-unit promotion does to these lines. `worth`: what a gift would cost here, by item."""
	promotion = offer.promotion
	meant = lines.meant(promotion, promotion.products_of(Part.BUY))
	found = runs(promotion, meant)
	amounts = promotion.kind is Kind.THRESHOLD or promotion.tiers_by_amount
	if promotion.kind is Kind.THRESHOLD:
		measure = amount_of(meant)
	else:
		measure = sum((run.qty * run.price for run in found), ZERO) if amounts else total(found)
	unit = offer.exchange if amounts else Decimal(1)
	tiers = sorted(promotion.tiers, key=lambda tier: tier.at_least)
	reached = [tier for tier in tiers if measure >= tier.at_least * unit]
	if not reached or not meant:
		needs = tiers[0].at_least * unit if tiers else ZERO
		refusal = Refusal.AMOUNT if amounts else Refusal.QUANTITY
		return _lost(offer, refusal, meant, needs=text(needs), has=text(measure))
	if promotion.kind is Kind.GRADUATED:
		made = Reduction(offer=offer, cuts=_graduated(offer, reached, found))
	else:
		made = _by_tier(offer, reached[-1], found, worth)
	if made.gifts or any(made.saving(run.line) > 0 for run in found):
		return made
	return _lost(offer, Refusal.NO_SAVING, meant)


def _by_tier(offer: Offer, tier: Tier, found: Sequence[Run], worth: Mapping[str, Decimal]) -> Reduction:
	if tier.gives is Gives.GIFT:
		gift = Gift(
			promotion=offer.promotion.name,
			item_code=tier.gift_item,
			qty=tier.gift_qty,
			price=worth.get(tier.gift_item, ZERO),
		)
		return Reduction(offer=offer, gifts=(gift,))
	if offer.promotion.kind is Kind.THRESHOLD and tier.gives is Gives.AMOUNT:
		off, whole = tier.value * offer.exchange, amount_of(run.line for run in found)
		share = cut(Gives.PERCENT, off * 100 / whole) if whole else cut(Gives.GIFT, ZERO)
		return Reduction(offer=offer, cuts={run.line.key: share for run in found}, spread=off)
	return Reduction(offer=offer, cuts={run.line.key: _cut(offer, tier, run) for run in found})


def _graduated(offer: Offer, tiers: Sequence[Tier], found: Sequence[Run]) -> dict[str, Cut]:
	"""Each part of the quantity has the tier of its own; the dearest units come first."""
	ends = (*(tier.at_least for tier in tiers[1:]), total(found))
	cuts, begin = {}, ZERO
	for run in found:
		parts = []
		for tier, end in zip(tiers, ends, strict=True):
			inside = min(begin + run.qty, end) - max(begin, tier.at_least)
			if inside > 0:
				parts.append((inside / run.qty, _cut(offer, tier, run)))
		if parts:
			cuts[run.line.key] = _mixed(parts)
		begin += run.qty
	return cuts


def _mixed(parts: Sequence[tuple[Decimal, Cut]]) -> Cut:
	"""The average price of a unit, where each share has a cut of its own and the others stay."""
	rest = 1 - sum((share for share, _change in parts), ZERO)
	return lambda price: rest * price + sum((share * change(price) for share, change in parts), ZERO)


def _cut(offer: Offer, tier: Tier, run: Run) -> Cut:
	value = tier.value if tier.gives is Gives.PERCENT else tier.value * offer.exchange * run.per
	return cut(tier.gives, value)


def _lost(offer: Offer, refusal: Refusal, lines: Sequence[PromoLine], **detail: str) -> Lost:
	return Lost(
		promotion=offer.promotion.name,
		refusal=refusal,
		detail=detail,
		lines=tuple(sorted(line.key for line in lines)),
	)
