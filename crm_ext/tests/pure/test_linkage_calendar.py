# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Anniversaries, periods and a customer's own day."""

from datetime import date, timedelta

import pytest

from crm_ext.linkage.calendar import (
	anniversaries,
	days_to_make_up,
	last_of_each_period,
	own_offset,
	period,
)

MONDAY = date(2026, 6, 1)


def test_a_29_february_returns_on_the_28_in_other_years():
	assert (2, 29) in anniversaries(date(2027, 2, 28))
	assert (2, 29) not in anniversaries(date(2028, 2, 28))
	assert anniversaries(date(2028, 2, 29)) == ((2, 29),)


@pytest.mark.parametrize("year", range(2023, 2033))
@pytest.mark.parametrize("month, day", [(1, 1), (2, 28), (2, 29), (3, 1), (12, 31)])
def test_every_date_returns_once_a_year(year, month, day):
	days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
	assert sum((month, day) in anniversaries(one) for one in days if one.year == year) == 1


@pytest.mark.parametrize(
	"frequency, day, name, first, days",
	[
		("Day", date(2026, 6, 30), "2026-06-30", date(2026, 6, 30), 1),
		("Week", date(2026, 6, 30), "2026-W27", date(2026, 6, 29), 7),
		("Week", date(2027, 1, 3), "2026-W53", date(2026, 12, 28), 7),
		("Month", date(2028, 2, 29), "2028-02", date(2028, 2, 1), 29),
		("Month", date(2026, 12, 31), "2026-12", date(2026, 12, 1), 31),
		("Quarter", date(2026, 5, 31), "2026-Q2", date(2026, 4, 1), 91),
		("Quarter", date(2026, 12, 31), "2026-Q4", date(2026, 10, 1), 92),
		("Year", date(2028, 7, 1), "2028", date(2028, 1, 1), 366),
	],
)
def test_a_day_lies_in_its_period(frequency, day, name, first, days):
	found = period(frequency, day)
	assert (found.name, found.first, found.days) == (name, first, days)
	assert 0 <= found.offset(day) < found.days


@pytest.mark.parametrize("frequency", ["Day", "Week", "Month", "Quarter", "Year"])
def test_periods_follow_each_other_without_a_gap(frequency):
	one = period(frequency, date(2026, 1, 1))
	for _ in range(30):
		after = period(frequency, one.first + timedelta(days=one.days))
		assert after.first == one.first + timedelta(days=one.days)
		assert after.name > one.name
		one = after


@pytest.mark.parametrize("days", [7, 31, 92, 366])
def test_the_own_days_are_stable_and_spread_evenly(days):
	offsets = [own_offset("seed", f"Customer {n}", days) for n in range(days * 100)]
	assert offsets == [own_offset("seed", f"Customer {n}", days) for n in range(days * 100)]
	assert set(offsets) == set(range(days))
	assert max(offsets.count(offset) for offset in range(days)) < 160


def test_rules_spread_the_same_customers_differently():
	names = [f"Customer {n}" for n in range(200)]
	assert [own_offset("one", name, 31) for name in names] != [own_offset("two", name, 31) for name in names]


def test_missed_nights_are_made_up_for_a_week_at_most():
	assert days_to_make_up(None, MONDAY) == [MONDAY]
	assert days_to_make_up(MONDAY - timedelta(days=1), MONDAY) == [MONDAY]
	assert days_to_make_up(MONDAY - timedelta(days=3), MONDAY) == [
		MONDAY - timedelta(days=2),
		MONDAY - timedelta(days=1),
		MONDAY,
	]
	assert len(days_to_make_up(MONDAY - timedelta(days=300), MONDAY)) == 7


def test_a_night_that_comes_twice_is_today_again():
	assert days_to_make_up(MONDAY, MONDAY) == [MONDAY]
	assert days_to_make_up(MONDAY + timedelta(days=1), MONDAY) == [MONDAY]


def test_a_period_that_ended_in_missed_nights_is_closed_on_its_last():
	days = [date(2026, 5, 30), date(2026, 5, 31), date(2026, 6, 1)]
	assert last_of_each_period("Month", days) == [date(2026, 5, 31), date(2026, 6, 1)]
	assert last_of_each_period("Year", days) == [date(2026, 6, 1)]
	assert last_of_each_period("Day", days) == [date(2026, 6, 1)]
