# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Rules by the clock: everybody who meets the conditions, once per period, each on its own day."""

from collections import Counter
from datetime import date, timedelta

import pytest

import frappe
from frappe.utils import getdate

from crm_ext.linkage.calendar import own_offset, period
from crm_ext.linkage.registry import trigger
from crm_ext.linkage.rules import live_rule
from crm_ext.linkage.sources import existing, nightly, schedule
from crm_ext.profile.slices import CustomerSlice
from crm_ext.rows import insert_rows
from crm_ext.rules.actions import SCHEDULE
from crm_ext.settings import keep_setting
from crm_ext.tests.linkage.told import told, who

JUNE = [date(2026, 6, 1) + timedelta(days=n) for n in range(30)]
LARGE = [{"fact": "revenue_365d", "operator": ">=", "value": "500000"}]
NAMES = tuple(f"Schedule {name} 客户" for name in ("Azure", "Bamboo", "Cedar", "Dune", "Ember", "Frost"))


@pytest.fixture
def customers(figures) -> tuple[str, ...]:
	"""All are large but the last."""
	for name in NAMES:
		figures(name, revenue_365d=0 if name == NAMES[-1] else 600_000)
	return NAMES


@pytest.fixture
def visit(rule):
	"""`visit("Month")` is a rule for large customers by the clock."""
	return lambda frequency, **values: rule(
		"Visit", **{"trigger": SCHEDULE, "frequency": frequency, "conditions": LARGE, **values}
	)


def night(*days: date, customers: tuple[str, ...] = NAMES) -> int:
	return schedule.tell_slice(CustomerSlice.of(customers), days)


def test_everybody_who_meets_the_conditions_is_told_of_once_per_period(customers, visit):
	visit("Month")
	for day in JUNE:
		night(day)
	assert who(SCHEDULE, *customers) == list(NAMES[:-1])
	assert {event.occurred_at.date() for event in told(SCHEDULE, *customers)} == {JUNE[0]}
	night(date(2026, 7, 1))
	assert Counter(who(SCHEDULE, *customers)) == dict.fromkeys(NAMES[:-1], 2)


@pytest.mark.parametrize(
	"frequency, nights, times", [("Day", 30, 30), ("Week", 28, 4), ("Quarter", 30, 1), ("Year", 30, 1)]
)
def test_each_frequency_has_its_periods(customers, visit, frequency, nights, times):
	visit(frequency)
	for day in JUNE[:nights]:
		night(day)
	assert Counter(who(SCHEDULE, *customers)) == dict.fromkeys(NAMES[:-1], times)


def test_spread_over_the_period_each_customer_is_told_of_exactly_once_on_its_own_day(customers, visit):
	doc = visit("Month", spread=1)
	seed = live_rule(doc, getdate()).limits.seed
	for _month in range(2):
		for day in JUNE:
			night(day)
	own = {name: JUNE[own_offset(seed, name, 30)] for name in NAMES[:-1]}
	assert {e.customer: e.occurred_at.date() for e in told(SCHEDULE, *customers)} == own
	assert len(told(SCHEDULE, *customers)) == len(own)
	assert len(set(own.values())) > 1


def test_who_comes_to_meet_the_conditions_after_its_day_is_not_left_out(customers, visit, figures):
	visit("Month", spread=1)
	for day in JUNE[:-1]:
		night(day)
	figures(NAMES[-1], revenue_365d=900_000)
	night(JUNE[-1])
	assert who(SCHEDULE, *customers) == sorted(NAMES)


def test_the_own_day_is_the_same_in_sql_and_in_python(company):
	names = ["Äpfel & Söhne", "客户 一", "O'Neill", "100 %", *(f"Many {n}" for n in range(300))]
	insert_rows("Customer", ("customer_name",), [(name,) for name in names], names=names)
	where, values = schedule.OWN_OFFSET_SQL, ("2026-01-01 09:00:00.000000", 366)
	rows = frappe.db.sql(
		f"SELECT c.name, {where} FROM `tabCustomer` c WHERE c.name IN %s", (*values, tuple(names))
	)
	assert {name: int(day) for name, day in rows} == {
		name: own_offset(*_swapped(values, name)) for name in names
	}


def _swapped(values: tuple, name: str) -> tuple:
	seed, days = values
	return seed, name, days


def test_missed_nights_are_made_up_for_in_the_period_that_ended(customers, visit):
	visit("Month", spread=1)
	for day in JUNE[:20]:
		night(day)
	keep_setting(nightly.SEEN, JUNE[-5])
	nightly.tell(today=date(2026, 7, 2), commit=False)
	june = period("Month", JUNE[0]).name
	told_in_june = [e.customer for e in told(SCHEDULE, *customers) if f"{e.occurred_at:%Y-%m}" == june]
	assert sorted(told_in_june) == list(NAMES[:-1])


def test_a_night_that_comes_twice_tells_nothing_twice(customers, visit):
	visit("Week")
	for _ in range(2):
		nightly.tell(today=JUNE[3], commit=False)
	assert who(SCHEDULE, *customers) == list(NAMES[:-1])


def test_a_rule_that_begins_within_a_period_waits_for_whose_day_is_over_till_the_next(customers, visit):
	doc = visit("Year", spread=1)
	existing.begin(doc.name, commit=False)
	today = getdate()
	year = period("Year", today)
	seed = live_rule(doc, today).limits.seed
	over = {name for name in NAMES[:-1] if own_offset(seed, name, year.days) < year.offset(today)}
	night(year.first + timedelta(days=year.days - 1))
	assert set(who(SCHEDULE, *customers)) == set(NAMES[:-1]) - over


def test_unless_it_is_to_begin_with_those_who_qualify_already(customers, visit):
	doc = visit("Year", spread=1, include_existing=1)
	existing.begin(doc.name, commit=False)
	year = period("Year", getdate())
	night(year.first + timedelta(days=year.days - 1))
	assert who(SCHEDULE, *customers) == list(NAMES[:-1])


def test_a_slice_costs_as_many_queries_for_many_as_for_one(customers, visit, queries):
	visit("Day")
	night(JUNE[0])
	counts = {
		queries(lambda some=some, day=day: night(day, customers=some))
		for some, day in ((NAMES[:1], JUNE[1]), (NAMES, JUNE[2]))
	}
	assert len(counts) == 1
	assert counts.pop() <= 5


def test_a_rule_that_cannot_be_evaluated_holds_up_no_other(customers, visit, rule):
	visit("Month")
	rule("Broken", trigger=SCHEDULE, frequency="Month", conditions=LARGE)
	frappe.db.sql("UPDATE `tabRule Condition` SET fact = 'gone' WHERE parent = 'Broken'")
	frappe.clear_document_cache("Linkage Rule", "Broken")
	night(JUNE[0])
	assert {event.rule for event in told(SCHEDULE, *customers)} == {"Visit"}


def test_what_is_told_runs_once_in_the_period(customers, visit, runs):
	visit("Month")
	for day in JUNE[:3]:
		night(day)
		outcome = runs()
	assert outcome == {("Visit", name): "Done" for name in NAMES[:-1]}
	assert frappe.db.count("Linkage Run", {"rule": "Visit"}) == len(NAMES) - 1


def test_a_dry_run_knows_the_periods_of_the_past(customers, visit):
	from frappe.utils import add_days, now_datetime

	doc = visit("Week", spread=1, status="Draft")
	events = [e for e in trigger(SCHEDULE).past(doc, add_days(now_datetime(), -20)) if e.customer == NAMES[0]]
	weeks = [period("Week", event.occurred_at.date()).name for event in events]
	assert len(set(weeks)) == len(weeks) in (2, 3)
