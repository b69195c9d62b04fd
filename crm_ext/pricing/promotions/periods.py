# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The periods of cumulative goals, “spend 50,000 this quarter”, and what was bought in them. Pure."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from itertools import accumulate

EVER = date(1900, 1, 1)
"""When the period of a promotion without a first day begins."""


class GoalPeriod(str, Enum):
	MONTH = "Month"
	QUARTER = "Quarter"
	YEAR = "Year"
	PROMOTION = "Promotion"


def first_day(period: str, day: date, valid_from: date | None = None) -> date:
	"""The first day of the period that `day` lies in: of the calendar, or since the promotion is valid.

	What counts towards a goal is what was bought from this day on and before `day`: an invoice counts from the day
	after its own. So a document never counts towards its own goal, whenever one asks, and the order of a day's documents
	does not matter. Raises ValueError for another period.
	"""
	match GoalPeriod(period):
		case GoalPeriod.MONTH:
			return day.replace(day=1)
		case GoalPeriod.QUARTER:
			return day.replace(month=day.month - (day.month - 1) % 3, day=1)
		case GoalPeriod.YEAR:
			return day.replace(month=1, day=1)
		case GoalPeriod.PROMOTION:
			return valid_from or EVER


@dataclass(frozen=True, slots=True)
class Purchases:
	"""What a customer bought, net of returns, by days in ascending order; `totals`: up to and with each day."""

	days: tuple[date, ...] = ()
	totals: tuple[Decimal, ...] = ()

	@classmethod
	def of(cls, amounts: Iterable[tuple[date, Decimal]]) -> "Purchases":
		"""`amounts`: one a day, in any order."""
		ordered = sorted(amounts)
		return cls(tuple(day for day, _ in ordered), tuple(accumulate(amount for _, amount in ordered)))

	def between(self, start: date, before: date) -> Decimal:
		"""What was bought from `start` on and before `before`."""
		return self._until(before) - self._until(start) if start < before else Decimal(0)

	def _until(self, day: date) -> Decimal:
		place = bisect_left(self.days, day)
		return self.totals[place - 1] if place else Decimal(0)
