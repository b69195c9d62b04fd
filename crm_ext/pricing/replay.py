# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Computing a price again from its waterfall alone: which step does not lead where it says. Pure.

What the price list says, what was agreed before, what ERPNext's own rules did and what a person typed are facts: of
these only the chain is checked. Kinds, rates, slices, promotions and rounding are computed again, exactly.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

from crm_ext.exceptions import UnreadableEvidence
from crm_ext.pricing.kinds import plus_percent
from crm_ext.pricing.model import Base, Did, Gives
from crm_ext.pricing.waterfall import AFTERWARDS, HIDDEN, Replay


class _Broken(Exception):
	"""A step says one amount, and computing it gives another."""

	def __init__(self, computed: Decimal):
		self.computed = computed


def replay(waterfall: Mapping) -> Replay:
	"""Compute a waterfall (`waterfall.load`) again.

	A step breaks where it does not begin at the amount before it, or leads elsewhere; the automatic price must be that of
	the last step of ours, and the rate that of the last step. Raises UnreadableEvidence for a waterfall that is none.
	"""
	try:
		return _replay(waterfall)
	except (KeyError, ValueError, TypeError, AttributeError, ArithmeticError):
		raise UnreadableEvidence(schema=waterfall.get("schema")) from None


def _replay(waterfall: Mapping) -> Replay:
	recorded, price = _amount(waterfall["rate"]), _amount(waterfall.get("promoted") or waterfall["price"])
	before: Decimal | None = None
	sold = price
	for number, step in enumerate(waterfall["steps"], 1):
		try:
			before = _step(step, before, waterfall)
		except _Broken as broken:
			return Replay(recorded, broken.computed, number)
		if Did(step["did"]) in AFTERWARDS:
			sold = before
		elif _is_last_of_ours(number, waterfall) and before != price:
			return Replay(price, before, number)
	return Replay(recorded, sold)


def _is_last_of_ours(number: int, waterfall: Mapping) -> bool:
	return all(Did(step["did"]) in AFTERWARDS for step in waterfall["steps"][number:])


def _step(step: Mapping, before: Decimal | None, waterfall: Mapping) -> Decimal:
	if before is not None and _amount(step["before"]) != before:
		raise _Broken(before)
	after = Decimal(step["after"])
	compute = _fact if HIDDEN in step["detail"] else _COMPUTED.get(Did(step["did"]), _fact)
	computed = compute(step, waterfall)
	if computed != after:
		raise _Broken(computed)
	return after


def _fact(step: Mapping, waterfall: Mapping) -> Decimal:
	return Decimal(step["after"])


def _list(step: Mapping, waterfall: Mapping) -> Decimal:
	return Decimal(waterfall["base"])


def _kind(step: Mapping, waterfall: Mapping) -> Decimal:
	return _of_kind(step["detail"])


def _matrix(step: Mapping, waterfall: Mapping) -> Decimal:
	detail, before = step["detail"], _amount(step["before"])
	slices = detail.get("slices")
	if not slices:
		return _given(detail, before)
	for part in slices:
		computed = _given(part, before) if "gives" in part else before
		if computed != Decimal(part["price"]):
			raise _Broken(computed)
	quantities = [Decimal(part["qty"]) for part in slices]
	total = sum(
		(qty * Decimal(part["price"]) for qty, part in zip(quantities, slices, strict=True)), Decimal(0)
	)
	return total / sum(quantities, Decimal(0))


def _rounding(step: Mapping, waterfall: Mapping) -> Decimal:
	"""The amount to so many places, whichever way a half is rounded; it would stay as it is if it had no more."""
	before, after, places = Decimal(step["before"]), Decimal(step["after"]), step["detail"]["places"]
	unit = Decimal(1).scaleb(-places)
	most = TOGETHER * unit if step["detail"].get("together") else unit / 2
	return after if after % unit == 0 and abs(before - after) <= most else before


TOGETHER = 24
"""So many units of the last place lines may be moved that come to one sum together: see `promotions.split`."""


def _promotion(step: Mapping, waterfall: Mapping) -> Decimal:
	detail = step["detail"]
	return Decimal(step["before"]) - Decimal(detail["discount"]) / Decimal(detail["qty"])


_COMPUTED: Mapping[Did, Callable[[Mapping, Mapping], Decimal]] = {
	Did.LIST: _list,
	Did.KIND: _kind,
	Did.MATRIX: _matrix,
	Did.ROUNDING: _rounding,
	Did.PROMOTION: _promotion,
}


def _given(detail: Mapping, before: Decimal | None) -> Decimal:
	"""What a rate gives, from the detail that `giving.Giver.volume` wrote."""
	match Gives(detail["gives"]):
		case Gives.KIND:
			return _of_kind(detail["of"])
		case Gives.MARKUP:
			return plus_percent(_cost(detail), Decimal(detail["value"]))
		case Gives.RATE:
			return _converted(detail)
		case Gives.DISCOUNT_PERCENTAGE:
			return plus_percent(before, -Decimal(detail["value"]))
		case Gives.DISCOUNT_AMOUNT:
			return max(before - _converted(detail), Decimal(0))


def _of_kind(detail: Mapping) -> Decimal:
	"""The price of a kind, from the detail that `kinds.kind_price` wrote."""
	base = Base(detail["base"])
	if base is Base.KIND:
		amount = _of_kind(detail["other"])
	elif base is Base.PRICE_LIST:
		amount = Decimal(detail["value"]) * Decimal(detail["exchange"])
	else:
		amount = _cost(detail)
	if amount != Decimal(detail["of"]):
		raise _Broken(amount)
	return plus_percent(amount, Decimal(detail["percent"]))


def _cost(detail: Mapping) -> Decimal:
	return Decimal(detail["cost"]) * Decimal(detail["exchange"]) * Decimal(detail["factor"])


def _converted(detail: Mapping) -> Decimal:
	return Decimal(detail["value"]) * Decimal(detail["exchange"]) * Decimal(detail["factor"])


def _amount(text: str | None) -> Decimal | None:
	return None if text is None else Decimal(text)
