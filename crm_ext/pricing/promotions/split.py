# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Rates of a unit whose lines add up to the cent. Pure.

ERPNext knows a line by its rate, and multiplies it. What a set of lines is to come to is therefore shared out over
rates of so many places; where the rates allow it to the cent, else a trifle to the customer's favour.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations

Rounded = Callable[[Decimal], Decimal]
FEW = 4
MOST_STEPS = 12


@dataclass(frozen=True, slots=True)
class Share:
	"""A line: its quantity, what it would come to exactly, and the highest rate that it may have.

	`place` orders lines where nothing else does.
	"""

	key: str
	qty: Decimal
	amount: Decimal
	most: Decimal
	place: str = ""

	def within(self, rate: Decimal) -> Decimal:
		return min(max(rate, Decimal(0)), self.most)


def rates(shares: Sequence[Share], *, rate: Rounded, money: Rounded, unit: Decimal) -> Mapping[str, Decimal]:
	"""The rate of each line, so that together they come to the sum of their amounts, rounded.

	`rate` and `money` round as ERPNext rounds a rate and an amount; `unit` is the smallest step of a rate.
	"""
	found = {share.key: rate(share.amount / share.qty) for share in shares}
	goal = money(sum((share.amount for share in shares), Decimal(0)))
	# a line of few pieces can be moved in the smallest steps
	movable = sorted(shares, key=lambda one: (one.qty, one.amount, one.most, one.place, one.key))
	for share in movable:
		off = goal - _sum(shares, found, money)
		if not off:
			return found
		step = share.qty * unit
		found[share.key] = share.within(found[share.key] + int(off / step) * unit)
	_move_two(movable[:FEW], found, goal, total=lambda: _sum(shares, found, money), unit=unit)
	if _sum(shares, found, money) > goal and found[movable[0].key] >= unit:
		found[movable[0].key] -= unit
	return found


def _move_two(shares: Sequence[Share], found: dict, goal: Decimal, *, total: Callable, unit: Decimal) -> None:
	"""Where no line alone can make up for what is missing, one goes up and another down: 3 a + 2 b meets any sum."""
	for one, other in permutations(shares, 2):
		for steps in range(-MOST_STEPS, MOST_STEPS + 1):
			off = goal - total()
			if not off:
				return
			rest = off / unit - steps * one.qty
			if rest % other.qty == 0 and abs(rest / other.qty) <= MOST_STEPS:
				moves = ((one, steps * unit), (other, rest / other.qty * unit))
				moved = {share.key: found[share.key] + by for share, by in moves}
				if all(share.within(moved[share.key]) == moved[share.key] for share, _by in moves):
					found.update(moved)


def _sum(shares: Sequence[Share], found: Mapping[str, Decimal], money: Rounded) -> Decimal:
	return sum((money(found[share.key] * share.qty) for share in shares), Decimal(0))
