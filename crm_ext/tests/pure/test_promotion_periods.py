# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The periods of cumulative goals, and what was bought in them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_ext.pricing.promotions.periods import EVER, Purchases, first_day

STEADY = settings(derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
DAYS = st.dates(date(2023, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
	"period, day, first",
	[
		("Month", date(2028, 2, 29), date(2028, 2, 1)),
		("Month", date(2026, 12, 1), date(2026, 12, 1)),
		("Quarter", date(2026, 3, 31), date(2026, 1, 1)),
		("Quarter", date(2026, 5, 31), date(2026, 4, 1)),
		("Quarter", date(2026, 12, 31), date(2026, 10, 1)),
		("Year", date(2028, 7, 1), date(2028, 1, 1)),
	],
)
def test_a_calendar_period_begins_on_its_first_day(period, day, first):
	assert first_day(period, day, valid_from=date(2020, 1, 1)) == first


def test_the_period_of_a_promotion_begins_when_it_is_valid():
	assert first_day("Promotion", date(2026, 5, 31), valid_from=date(2026, 5, 12)) == date(2026, 5, 12)
	assert first_day("Promotion", date(2026, 5, 31)) == EVER


def test_there_are_no_other_periods():
	with pytest.raises(ValueError):
		first_day("Week", date(2026, 5, 31))


@STEADY
@given(DAYS, st.sampled_from(["Month", "Quarter", "Year"]))
def test_a_day_lies_in_the_period_of_its_first_day(day, period):
	first = first_day(period, day)
	assert first <= day
	assert first_day(period, first) == first
	assert first_day(period, first - timedelta(days=1)) < first


@STEADY
@given(
	st.dictionaries(DAYS, st.integers(-500, 500).map(Decimal), max_size=30),
	DAYS,
	DAYS,
)
def test_purchases_between_two_days_are_those_of_the_days_from_the_one_and_before_the_other(
	amounts, start, before
):
	expected = sum((amount for day, amount in amounts.items() if start <= day < before), Decimal(0))
	assert Purchases.of(amounts.items()).between(start, before) == expected
