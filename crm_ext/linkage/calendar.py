# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The calendar of the linkage rules: anniversaries, periods, and a customer's own day within a period. Pure."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from crm_ext.linkage.model import DAY, MONTH, QUARTER, WEEK, YEAR, period_of

CATCH_UP_DAYS = 7
"""So far back, at most, missed nights are made up for."""


@dataclass(frozen=True, slots=True)
class Period:
	"""A stretch of days that repeats: its name, its first day and its number of days."""

	name: str
	first: date
	days: int

	def offset(self, day: date) -> int:
		"""How many days of the period lie before `day`."""
		return (day - self.first).days


def period(frequency: str, day: date) -> Period:
	"""The Day, Week (from Monday), Month, Quarter or Year in which a day lies."""
	if frequency == DAY:
		first, after = day, day + timedelta(days=1)
	elif frequency == WEEK:
		first = day - timedelta(days=day.weekday())
		after = first + timedelta(days=7)
	else:
		months = {MONTH: 1, QUARTER: 3, YEAR: 12}[frequency]
		first = date(day.year, (day.month - 1) // months * months + 1, 1)
		number = first.month - 1 + months
		after = date(first.year + number // 12, number % 12 + 1, 1)
	return Period(period_of(frequency, day), first, (after - first).days)


def own_offset(seed: str, customer: str, days: int) -> int:
	"""How many days of a period of `days` lie before a customer's own: the same every time, and evenly spread.

	`OWN_OFFSET_SQL` is the same in SQL.
	"""
	return zlib.crc32(f"{seed}|{customer}".encode()) % days


OWN_OFFSET_SQL = "CRC32(CONCAT(%s, '|', c.name)) %% %s"
"""Over the customer `c`; the places are the seed and the number of days."""


def anniversaries(day: date) -> tuple[tuple[int, int], ...]:
	"""The (month, day) of all dates that return on a day: in other years the 29 February returns on the 28."""
	own = (day.month, day.day)
	return (own, (2, 29)) if own == (2, 28) and not _leap(day.year) else (own,)


def days_to_make_up(seen_until: date | None, today: date) -> list[date]:
	"""The days from the one after `seen_until` to today, at most a week; always today."""
	first = min(seen_until + timedelta(days=1), today) if seen_until else today
	first = max(first, today - timedelta(days=CATCH_UP_DAYS - 1))
	return [first + timedelta(days=n) for n in range((today - first).days + 1)]


def last_of_each_period(frequency: str, days: Sequence[date]) -> list[date]:
	"""Of days in their order the last in each period; of single days only today, for a missed one is over."""
	return days[-1:] if frequency == DAY else list({period_of(frequency, day): day for day in days}.values())


def _leap(year: int) -> bool:
	return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
