# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Promotions that need several units together: bundle, mix and match, add-on, buy X get Y, cheapest free. Pure.

They take units that nobody else has taken. How often a set comes together is found by arithmetic and halving, never by
counting, so that a line of 100,000 pieces costs no more than one of ten.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from crm_ext.pricing.promotions.model import Gift, Gives, Kind, Lost, Offer, Part, PromoLine, Refusal
from crm_ext.pricing.promotions.units import ZERO, Free, Lines, Run, cut, first, runs, total
from crm_ext.pricing.waterfall import text


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
	"""Units of a line that a set takes: `qty` in the line's own unit, at the price `after` each."""

	line: PromoLine
	qty: Decimal
	after: Decimal

	@property
	def saving(self) -> Decimal:
		return self.qty * (self.line.price - self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
	"""What a set promotion does: the units it takes, dearer ones and cheaper ones, and the goods it adds."""

	offer: Offer
	times: int
	takes: tuple[Take, ...]
	gifts: tuple[Gift, ...] = ()

	@property
	def saving(self) -> Decimal:
		return sum((take.saving for take in self.takes), ZERO) + sum(
			(gift.qty * gift.price for gift in self.gifts), ZERO
		)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanting:
	"""A set promotion with the lines that it is for: (lines, quantity) of each part, those to be reduced last.

	`gift_price`: what a gift would cost here.
	"""

	offer: Offer
	parts: tuple[tuple[list[PromoLine], Decimal], ...]
	gift_price: Decimal = ZERO

	@property
	def lines(self) -> list[PromoLine]:
		return [line for lines, _qty in self.parts for line in lines]


def wanting(offer: Offer, lines: Lines, worth: Mapping[str, Decimal]) -> Wanting:
	"""What a set promotion looks at. `worth`: what gifts would cost here, by item."""
	promotion = offer.promotion
	if promotion.kind is Kind.BUNDLE:
		parts = [(lines.meant(promotion, alike), alike[0].qty) for alike in promotion.components()]
		return Wanting(offer=offer, parts=tuple(parts))
	parts = [(lines.meant(promotion, promotion.products_of(Part.BUY)), promotion.buy_qty)]
	if promotion.kind is not Kind.MIX_AND_MATCH and (got := promotion.products_of(Part.GET)):
		parts.append((lines.meant(promotion, got), promotion.get_qty))
	return Wanting(offer=offer, parts=tuple(parts), gift_price=worth.get(promotion.gift_item, ZERO))


def claim(want: Wanting, free: Free, most: int = 0) -> Claim | Lost:
	"""What a set promotion would take of what is free, `most` times if that is given."""
	offer, promotion = want.offer, want.offer.promotion
	if promotion.kind in (Kind.BUNDLE, Kind.MIX_AND_MATCH):
		return _together(offer, want.parts, free, most)
	bought = want.parts[0][0]
	if promotion.kind is Kind.CHEAPEST_FREE:
		return _cheapest(offer, bought, promotion.buy_qty, promotion.get_qty, free, most)
	if promotion.gift_item:
		return _gift(offer, bought, free, want.gift_price, most)
	if len(want.parts) > 1:
		return _others(offer, bought, want.parts[1][0], free, most)
	return _cheapest(offer, bought, promotion.buy_qty + promotion.get_qty, promotion.get_qty, free, most)


def _together(
	offer: Offer, components: Sequence[tuple[list[PromoLine], Decimal]], free: Free, most: int
) -> Claim | Lost:
	"""So much of each component for one price, or at a discount; the dearest units first."""
	meant = [line for lines, _qty in components for line in lines]
	axes = [(runs(offer.promotion, lines, free), qty) for lines, qty in components]
	for number, (axis, qty) in enumerate(axes, 1):
		if total(axis) < qty:
			needs = {"needs": text(qty), "has": text(total(axis))}
			if len(axes) == 1:
				return _lost(offer, Refusal.QUANTITY, meant, **needs)
			return _lost(offer, Refusal.COMPONENT, meant, component=str(number), **needs)
	# what has the fewest units to choose from chooses first
	axes.sort(key=lambda one: len(one[0]))

	def saving(times: int) -> Decimal | None:
		parts = _allocate(axes, times)
		return None if parts is None else _standard(parts) - _target(offer, _standard(parts), times)

	times = _most(_limit(offer, min(int(total(axis) / qty) for axis, qty in axes), most), saving)
	if not times:
		refusal = Refusal.NO_SAVING if _allocate(axes, 1) else Refusal.COMPONENT
		return _lost(offer, refusal, meant)
	parts = _allocate(axes, times) or []
	standard = _standard(parts)
	share = _target(offer, standard, times) / standard
	return Claim(
		offer=offer, times=times, takes=_takes((run, qty, run.line.price * share) for run, qty in parts)
	)


def _allocate(axes: Sequence[tuple[list[Run], Decimal]], times: int) -> list[tuple[Run, Decimal]] | None:
	"""The units that so many sets take: (run, quantity); None where they do not suffice."""
	used: dict[str, Decimal] = {}
	parts = []
	for axis, qty in axes:
		left = [Run(run.line, run.qty - used.get(run.line.key, ZERO), run.per) for run in axis]
		found = list(first([run for run in left if run.qty > 0], qty * times))
		if sum((part for _run, part in found), ZERO) < qty * times:
			return None
		for run, part in found:
			used[run.line.key] = used.get(run.line.key, ZERO) + part
		parts += found
	return parts


def _standard(parts: Sequence[tuple[Run, Decimal]]) -> Decimal:
	return sum((qty * run.price for run, qty in parts), ZERO)


def _target(offer: Offer, standard: Decimal, times: int) -> Decimal:
	"""What so many sets cost."""
	promotion = offer.promotion
	amount = promotion.value * offer.exchange * times
	match promotion.gives:
		case Gives.RATE:
			return amount
		case Gives.AMOUNT:
			return max(standard - amount, ZERO)
	return cut(promotion.gives, promotion.value)(standard)


def _cheapest(
	offer: Offer, lines: Sequence[PromoLine], of: Decimal, reduced: Decimal, free: Free, most: int
) -> Claim | Lost:
	"""Of every `of` units, the dearest together first, the cheapest `reduced` are cheaper."""
	axis = runs(offer.promotion, lines, free)
	times = _limit(offer, int(total(axis) / of), most) if of else 0
	if not times:
		return _lost(offer, Refusal.QUANTITY, lines, needs=text(of), has=text(total(axis)))

	def before(position: Decimal) -> Decimal:
		"""The reduced units among the first so many."""
		whole, rest = divmod(position, of)
		return whole * reduced + max(rest - (of - reduced), ZERO)

	takes, begin = [], ZERO
	for run, qty in first(axis, times * of):
		cheaper = before(begin + qty) - before(begin)
		begin += qty
		takes += [(run, cheaper, _cut(offer, run)), (run, qty - cheaper, run.line.price)]
	return _saving(offer, times, takes, lines)


def _others(
	offer: Offer, bought: Sequence[PromoLine], got: Sequence[PromoLine], free: Free, most: int
) -> Claim | Lost:
	"""For so many bought, so many of other units are cheaper: the dearest of them; the cheapest are those bought."""
	promotion = offer.promotion
	got_keys, bought_keys = {line.key for line in got}, {line.key for line in bought}
	# what can only be reduced is reduced first, what can only be bought is bought first
	cheaper = sorted(runs(promotion, got, free), key=lambda run: run.line.key in bought_keys)
	paid = sorted(reversed(runs(promotion, bought, free)), key=lambda run: run.line.key in got_keys)
	meant = [*bought, *got]
	if total(paid) < promotion.buy_qty:
		needs = {"needs": text(promotion.buy_qty), "has": text(total(paid))}
		return _lost(offer, Refusal.QUANTITY, meant, **needs)
	if not total(cheaper):
		return _lost(offer, Refusal.COMPONENT, meant, component=Part.GET.value)

	def parts(times: int) -> tuple[list, list] | None:
		reduced = list(first(cheaper, promotion.get_qty * times))
		used = {run.line.key: qty for run, qty in reduced}
		enough = sum(used.values(), ZERO) > promotion.get_qty * (times - 1)
		rest = [Run(run.line, run.qty - used.get(run.line.key, ZERO), run.per) for run in paid]
		buys = list(first([run for run in rest if run.qty > 0], promotion.buy_qty * times))
		reached = sum((qty for _run, qty in buys), ZERO) == promotion.buy_qty * times
		return (reduced, buys) if enough and reached else None

	def feasible(times: int) -> Decimal | None:
		return Decimal(times) if parts(times) else None

	times = _most(_limit(offer, int(total(paid) / promotion.buy_qty), most), feasible)
	if not times:
		return _lost(offer, Refusal.COMPONENT, meant, component=Part.GET.value)
	reduced, buys = parts(times)
	takes = [(run, qty, _cut(offer, run)) for run, qty in reduced]
	return _saving(offer, times, [*takes, *((run, qty, run.line.price) for run, qty in buys)], meant)


def _gift(offer: Offer, bought: Sequence[PromoLine], free: Free, price: Decimal, most: int) -> Claim | Lost:
	"""Free goods for so many bought; the cheapest count as bought."""
	promotion = offer.promotion
	axis = list(reversed(runs(promotion, bought, free)))
	times = _limit(offer, int(total(axis) / promotion.buy_qty), most) if promotion.buy_qty else 0
	if not times:
		return _lost(offer, Refusal.QUANTITY, bought, needs=text(promotion.buy_qty), has=text(total(axis)))
	gift = Gift(
		promotion=promotion.name,
		item_code=promotion.gift_item,
		qty=promotion.get_qty * times,
		price=price,
	)
	parts = first(axis, promotion.buy_qty * times)
	takes = _takes((run, qty, run.line.price) for run, qty in parts)
	return Claim(offer=offer, times=times, takes=takes, gifts=(gift,))


def _cut(offer: Offer, run: Run) -> Decimal:
	"""What a unit of the line costs where the promotion reduces it."""
	promotion = offer.promotion
	amount = promotion.value * offer.exchange * run.per
	value = promotion.value if promotion.gives is Gives.PERCENT else amount
	return cut(promotion.gives, value)(run.line.price)


def _saving(offer: Offer, times: int, parts, lines: Sequence[PromoLine]) -> Claim | Lost:
	made = Claim(offer=offer, times=times, takes=_takes(parts))
	return made if made.saving > 0 else _lost(offer, Refusal.NO_SAVING, lines)


def _takes(parts) -> tuple[Take, ...]:
	"""Takes of (run, quantity as the promotion counts, price of the line's own unit)."""
	return tuple(Take(line=run.line, qty=qty / run.per, after=after) for run, qty, after in parts if qty)


def _limit(offer: Offer, times: int, most: int) -> int:
	return min(times, offer.promotion.most_times or times, most or times)


def _most(limit: int, value: Callable[[int], Decimal | None]) -> int:
	"""How many times are worth it: the most from which one more would not raise `value`, whose rise never grows.

	None stands for what is not possible; what is not possible stays so for more times.
	"""
	low, high = 0, limit
	while low < high:
		middle = (low + high + 1) // 2
		now = value(middle)
		before = value(middle - 1) if middle > 1 else ZERO
		if now is not None and now > (before or ZERO):
			low = middle
		else:
			high = middle - 1
	return low


def _lost(offer: Offer, refusal: Refusal, lines: Sequence[PromoLine], **detail: str) -> Lost:
	keys = tuple(sorted({line.key for line in lines}))
	return Lost(promotion=offer.promotion.name, refusal=refusal, detail=detail, lines=keys)
