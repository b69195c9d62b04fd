# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Who looks after a customer: the coverage of account managers, their capacity and their load. Pure.

A manager covers a customer if one row of the coverage fits: the row's territory is the customer's or lies above it,
and the row's industry is the customer's; what a row leaves empty fits all. Without rows a manager covers everybody.
Of those who cover the customer and have room the closest comes first, then the one with the smallest load in relation
to the capacity, then the first by name. Who has no limit counts as having the largest capacity among them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction


class By(str, Enum):
	"""What makes a manager close to a customer: the nearest territory, the industry named, or nothing but the load."""

	TERRITORY = "Territory"
	INDUSTRY = "Industry"
	BOTH = "Territory and Industry"
	LOAD = "Load"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
	"""The customers of a territory, with all under it, and of an industry. Empty: any."""

	territory: str = ""
	industry: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
	"""`capacity` is how many customers at most; 0: no limit."""

	user: str
	capacity: int = 0
	coverage: tuple[Coverage, ...] = ()

	def has_room(self, load: int) -> bool:
		return not self.capacity or load < self.capacity


def covering(
	managers: Collection[Manager], *, territories: Sequence[str], industry: str, by: By
) -> dict[Manager, tuple[int, int]]:
	"""Those who cover a customer, each with its distance: (levels up to the territory, 1 if for any industry).

	`territories` are the customer's own and those above it, the nearest first. A distance that `by` does not look
	at is 0.
	"""
	found = {}
	for manager in managers:
		distances = [
			_distance(row, territories, by)
			for row in manager.coverage or (Coverage(),)
			if (not row.territory or row.territory in territories) and row.industry in ("", industry)
		]
		if distances:
			found[manager] = min(distances)
	return found


def choose(distances: Mapping[Manager, tuple[int, int]], loads: Mapping[str, int]) -> Manager | None:
	"""The manager for one more customer; None if nobody has room. `loads`: customers by user, 0 if missing."""
	free = [manager for manager in distances if manager.has_room(loads.get(manager.user, 0))]
	largest = max((manager.capacity for manager in free), default=0) or 1
	return min(
		free,
		key=lambda m: (distances[m], Fraction(loads.get(m.user, 0), m.capacity or largest), m.user),
		default=None,
	)


def _distance(row: Coverage, territories: Sequence[str], by: By) -> tuple[int, int]:
	up = territories.index(row.territory) if row.territory else len(territories)
	return (
		up if by in (By.TERRITORY, By.BOTH) else 0,
		int(not row.industry) if by in (By.INDUSTRY, By.BOTH) else 0,
	)
