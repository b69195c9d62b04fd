# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Which sets save the customer most, where several want the same units. Pure.

The gain of a set is what it saves more than the units would save without it. Sets that share no line are looked at by
themselves; among those that do, the best order of taking is searched, branch by branch, leaving out every branch that
cannot beat the best one found. So a further promotion never makes a basket dearer. Where more than six want the same
units, the one that saves most is taken, then the next.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from crm_ext.pricing.promotions.model import Gift, Lost
from crm_ext.pricing.promotions.sets import Claim, Wanting, claim
from crm_ext.pricing.promotions.units import ZERO, Free

MOST_RIVALS = 6
"""Of more promotions that want the same units, not every way is looked at: each time the one that saves most is taken."""
MOST_CLAIMS = 1_500
"""So many claims are looked at; the first are those that a shopkeeper would take: always what saves most."""
MOST_TIMES = 12
"""Of a set that comes together more often, not every smaller number is tried."""
TRIFLE = Decimal("0.01")

Gain = Callable[[Claim], Decimal]


def best_sets(
	wants: Sequence[Wanting], free: Free, gain: Gain, gross: Gain
) -> tuple[list[Claim], dict[str, Claim | Lost]]:
	"""The sets that are taken, in their order, and what each promotion would have taken alone, by its name.

	`gain`: what a claim saves more than its units would save without it; `gross`: what it saves.
	"""
	alone = {want.offer.promotion.name: claim(want, free) for want in wants}
	rivals = _rivals([want for want in wants if isinstance(alone[want.offer.promotion.name], Claim)])
	chosen = []
	for wants_of_the_same in rivals:
		search = _Search(gain, gross, thorough=len(wants_of_the_same) <= MOST_RIVALS)
		if search.thorough:
			search.follow(free, wants_of_the_same, ZERO, ())
			chosen += search.plan
		else:
			chosen += search.one_by_one(free, wants_of_the_same)
	return chosen, alone


def without(free: Free, claim: Claim) -> dict[str, Decimal]:
	"""What is free after a set has taken its units."""
	left = dict(free)
	for take in claim.takes:
		left[take.line.key] -= take.qty
	return left


def _rivals(wants: Sequence[Wanting]) -> Iterator[list[Wanting]]:
	"""Those that could want the same lines, together."""
	groups: list[tuple[set[str], list[Wanting]]] = []
	for want in sorted(wants, key=lambda one: one.offer.promotion.name):
		lines, members = {line.key for line in want.lines}, [want]
		for group in [group for group in groups if not group[0].isdisjoint(lines)]:
			groups.remove(group)
			lines |= group[0]
			members = group[1] + members
		groups.append((lines, members))
	yield from (members for _lines, members in groups)


@dataclass(slots=True)
class _Search:
	gain: Gain
	gross: Gain
	thorough: bool
	best: Decimal = ZERO
	plan: tuple[Claim, ...] = ()
	claims: int = 0
	_known: dict[tuple, list[tuple[Decimal, Claim]]] = field(default_factory=dict)

	def follow(self, free: Free, wants: Sequence[Wanting], value: Decimal, plan: tuple[Claim, ...]) -> None:
		"""Look at all ways to go on from here; after so many claims, only at the most promising."""
		if value > self.best:
			self.best, self.plan = value, plan
		ahead: list[tuple[Decimal, Claim, Wanting]] = []
		most = value
		for want in wants:
			if found := self._claims(want, free):
				most += self.gross(found[0][1])
				ahead += [(gain, one, want) for gain, one in found]
		if most <= self.best:
			return
		# also what gains nothing by itself: the units it leaves may be worth more to another
		ahead = [one for one in ahead if self.thorough or one[0] > 0]
		ahead.sort(key=lambda one: (-one[0], -one[2].offer.promotion.priority, one[2].offer.promotion.name))
		for place, (gain, one, want) in enumerate(ahead):
			if place and (not self.thorough or self.claims > MOST_CLAIMS):
				return
			rest = [other for other in wants if other is not want]
			self.follow(without(free, one), rest, value + gain, (*plan, one))

	def one_by_one(self, free: Free, wants: Sequence[Wanting]) -> Iterator[Claim]:
		"""Each time the set that gains most by itself."""
		while True:
			ahead = [
				(gain, one, want) for want in wants for gain, one in self._claims(want, free) if gain > 0
			]
			if not ahead:
				return
			_gain, best, taken = min(ahead, key=_promising)
			yield best
			free = without(free, best)
			wants = [want for want in wants if want is not taken]

	def _claims(self, want: Wanting, free: Free) -> list[tuple[Decimal, Claim]]:
		"""What a set could take, with its gain: as often as it goes, then fewer times, for its units may be worth more elsewhere."""
		key = (want.offer.promotion.name, *(free.get(line.key) for line in want.lines))
		if key not in self._known:
			found = [claim(want, free)]
			if isinstance(found[0], Claim) and self.thorough:
				whole = found[0].times
				fewer = {whole * part // MOST_TIMES for part in range(1, MOST_TIMES)} - {0, whole}
				found += [claim(want, free, times) for times in sorted(fewer)]
			self.claims += len(found)
			self._known[key] = [(self.gain(one), one) for one in found if isinstance(one, Claim)]
		return self._known[key]


def _promising(one: tuple[Decimal, Claim, Wanting]) -> tuple:
	"""What gains most comes first, then the higher priority, then the name."""
	gain, _claim, want = one
	return -gain, -want.offer.promotion.priority, want.offer.promotion.name


def weighted(lines: Mapping[str, Decimal], claim: Claim) -> Decimal:
	"""What a claim saves where each line's price is later multiplied by its weight."""
	savings = (take.saving * lines.get(take.line.key, Decimal(1)) for take in claim.takes)
	return sum(savings, worth_of(claim.gifts))


def worth_of(gifts: Sequence[Gift]) -> Decimal:
	"""What free goods save; something even where nobody knows their price."""
	return max(sum((gift.qty * gift.price for gift in gifts), ZERO), TRIFLE) if gifts else ZERO
