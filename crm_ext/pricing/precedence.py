# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Which of several rates that fit a line counts. Pure.

A rate fits a line when it is for the line's item, for its customer and for its point of sale, is in force on the day,
is in the line's unit or in the stock unit, and the quantity reaches it. Of those that fit, one counts. The order:

1. Matrix: the rate of the matrix with the higher priority.
2. Item: a rate for the item itself, before its variant template, before its brand, before its item group, before the
   groups above it from the nearest on, before all items.
3. Customer: a rate for the customer itself, before its tags in the order of their groups and ranks, before its
   customer group, before the groups above it from the nearest on, before all customers.
4. Point of sale: a rate for the POS profile, before the branch, before the territory and those above it from the
   nearest on, before the sales channel, before everywhere.
5. Unit: a rate in the unit of the line, before one that names the stock unit, before one that names none.
6. Currency: a rate in the currency of the document, before one in the currency of its matrix, before any other.
7. Quantity: the highest quantity that is reached.
8. Start: the rate that came into force last; one without a beginning comes after all others.
9. Name: the matrix that comes first in the alphabet.

Within one matrix no two rates can be equal in 2 to 8: a unique index sees to it. Of two matrices of equal priority
the last line decides, always in the same way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crm_ext.pricing.model import Line, Matrix, Rate

CRITERIA = ("matrix", "item", "customer", "place", "uom", "currency", "quantity", "start", "name")

Place = tuple
"""Where a rate stands: what comes first is smaller. One member for each of the CRITERIA."""


def index_of(keys: Sequence[str]) -> dict[str, int]:
	"""How particular each key is: 0 is the most particular."""
	return {key: number for number, key in enumerate(keys)}


@dataclass(frozen=True, slots=True)
class Fit:
	"""What a line offers, indexed: for `standing`."""

	line: Line
	currency: str
	items: Mapping[str, int]
	customers: Mapping[str, int]
	places: Mapping[str, int]

	def fits(self, rate: Rate) -> bool:
		"""Whether a rate for this item and customer is for this point of sale and unit too."""
		return rate.place_key in self.places and rate.uom in ("", self.line.uom, self.line.item.stock_uom)


def standing(rate: Rate, matrix: Matrix, fit: Fit) -> Place:
	"""Where a rate that fits stands among others: the smallest counts."""
	return (
		-matrix.priority,
		fit.items[rate.item_key],
		fit.customers[rate.customer_key],
		fit.places[rate.place_key],
		0 if rate.uom == fit.line.uom else 1 if rate.uom else 2,
		_currency(rate, matrix, fit.currency),
		-rate.min_qty,
		-rate.valid_from.toordinal() if rate.valid_from else 0,
		(matrix.name, rate.name),
	)


def decided_by(winner: Place, loser: Place) -> str:
	"""The first of the CRITERIA in which two rates differ."""
	return next(name for name, a, b in zip(CRITERIA, winner, loser, strict=True) if a != b)


def _currency(rate: Rate, matrix: Matrix, currency: str) -> tuple[int, str]:
	"""Several other currencies come in the order of their codes, so that none ties with another."""
	if rate.currency == currency:
		return 0, ""
	if not rate.currency:
		return 1, ""
	return (2, "") if rate.currency == matrix.currency else (3, rate.currency)
