# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Floors: the lowest price at which a person may sell an item, and what an approval of a lower one covers. Pure.

A floor is a margin, in percent of the price: price = cost / (1 - margin / 100). Which floor counts for a line:

1. Of the floors of one role, those of the nearest item group; for the same group, the company's own. Should there be one
   on each cost, both hold: the higher price counts.
2. Of those of several roles (the floors for everybody are the role of all), the lowest price.

A floor whose cost is not known limits nothing.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from crm_ext.pricing.model import Base

EVERYBODY = ""
ALL_ITEMS = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
	"""A Price Floor. Empty: everybody, all items, all companies. `margin` in percent, below 100."""

	name: str
	margin: Decimal
	cost: Base = Base.VALUATION_RATE
	role: str = EVERYBODY
	item_group: str = ALL_ITEMS
	company: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
	"""The lowest price of one stock unit in company currency, with the cost and the floor that it follows from."""

	price: Decimal
	cost: Decimal
	floor: Floor


def floor_price(cost: Decimal, margin: Decimal) -> Decimal:
	"""The price at which `margin` percent of it remain above the cost."""
	return cost / (1 - margin / 100)


def margin_of(price: Decimal, cost: Decimal) -> Decimal | None:
	"""What remains of a price above the cost, in percent of the price; None where there is no price."""
	return (price - cost) / price * 100 if price else None


def limit(
	floors: Iterable[Floor],
	*,
	roles: Collection[str],
	company: str,
	groups: Sequence[str],
	costs: Mapping[Base, Decimal],
) -> Limit | None:
	"""The limit for a person and an item; `groups` are its item group and those above it, the nearest first."""
	of_roles: dict[str, list[Floor]] = {}
	for floor in floors:
		if _concerns(floor, roles, company, groups):
			of_roles.setdefault(floor.role, []).append(floor)
	found = []
	for of_role in of_roles.values():
		nearest = min(_distance(floor, groups) for floor in of_role)
		both = [floor for floor in of_role if _distance(floor, groups) == nearest and floor.cost in costs]
		if both:
			found.append(max((_limit(floor, costs[floor.cost]) for floor in both), key=_price))
	return min(found, key=_price, default=None)


def _concerns(floor: Floor, roles: Collection[str], company: str, groups: Sequence[str]) -> bool:
	return (
		(floor.role == EVERYBODY or floor.role in roles)
		and floor.company in ("", company)
		and floor.item_group in (ALL_ITEMS, *groups)
	)


def _distance(floor: Floor, groups: Sequence[str]) -> tuple[int, bool]:
	return (*groups, ALL_ITEMS).index(floor.item_group), not floor.company


def _limit(floor: Floor, cost: Decimal) -> Limit:
	return Limit(floor_price(cost, floor.margin), cost, floor)


def _price(limit: Limit) -> tuple[Decimal, str]:
	return limit.price, limit.floor.name


class Standing(str, Enum):
	"""How a document stands with its floors."""

	ABOVE = ""
	BELOW = "Below Floor"
	REQUESTED = "Requested"
	APPROVED = "Approved"
	REJECTED = "Rejected"


Rates = Mapping[tuple[str, str], Decimal]
"""(item, UOM) → its lowest net rate, in document currency."""


def standing(below: Rates, decisions: Sequence[tuple[str, Rates]]) -> Standing:
	"""How a document stands whose lines `below` are under the floor, after decisions (status, rates), the newest first.

	An approval holds for its items at the approved rate or a higher one, whatever the quantity. A rejection holds for
	what is no better than what was rejected.
	"""
	if not below:
		return Standing.ABOVE
	rest = _without(below, [rates for status, rates in decisions if status == Standing.APPROVED])
	if not rest:
		return Standing.APPROVED
	for status, rates in decisions:
		if status == Standing.REQUESTED and not _without(rest, [rates]):
			return Standing.REQUESTED
		if status == Standing.REJECTED and all(rate <= rates.get(key, -1) for key, rate in rest.items()):
			return Standing.REJECTED
	return Standing.BELOW


def _without(below: Rates, approved: Sequence[Rates]) -> Rates:
	"""The lines that none of the approvals covers."""
	return {
		key: rate
		for key, rate in below.items()
		if not any(key in rates and rate >= rates[key] for rates in approved)
	}
