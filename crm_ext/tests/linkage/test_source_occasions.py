# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Birthdays and anniversaries call a rule so many days before, every year, once."""

from datetime import date

import pytest

import frappe
from frappe.utils import getdate

from crm_ext.linkage.registry import trigger
from crm_ext.linkage.sources import nightly, occasions
from crm_ext.rules.actions import OCCASION
from crm_ext.tests import builders
from crm_ext.tests.linkage.told import told, who

TODAY = date(2026, 6, 30)


@pytest.fixture
def customer() -> str:
	return builders.customer()


@pytest.fixture
def birthday(rule):
	"""`birthday(days_before=3)` is a rule that waits for birthdays."""
	return lambda **values: rule("Birthday", **{"trigger": OCCASION, "occasion": "Birthday", **values})


def occasion(customer: str, day: date, kind: str = "Birthday", every_year: int = 1) -> str:
	return (
		frappe.get_doc(
			doctype="Customer Occasion", customer=customer, occasion=kind, date=day, every_year=every_year
		)
		.insert()
		.name
	)


@pytest.mark.parametrize(
	"born, days_before, called",
	[
		(date(1980, 6, 30), 0, True),
		(date(1980, 7, 3), 3, True),
		(date(1980, 7, 3), 0, False),
		(date(2026, 6, 30), 0, True),
		(date(2027, 6, 30), 0, False),
		(date(1981, 1, 2), 186, True),
	],
)
def test_it_calls_the_rule_so_many_days_before(customer, birthday, born, days_before, called):
	made = occasion(customer, born)
	birthday(days_before=days_before)
	occasions.tell([TODAY])
	assert [event.reference_name for event in told(OCCASION, customer)] == ([made] if called else [])


@pytest.mark.parametrize(
	"day, called",
	[
		(date(2027, 2, 28), True),
		(date(2027, 3, 1), False),
		(date(2028, 2, 28), False),
		(date(2028, 2, 29), True),
	],
)
def test_who_was_born_on_a_29_february_has_its_day_every_year(customer, birthday, day, called):
	occasion(customer, date(1980, 2, 29))
	birthday()
	occasions.tell([day])
	assert bool(told(OCCASION, customer)) is called


def test_it_says_which_day_and_how_many_years(customer, birthday):
	occasion(customer, date(1980, 7, 3))
	birthday(days_before=3)
	occasions.tell([TODAY])
	(event,) = told(OCCASION, customer)
	assert event.facts == {"occasion_date": "2026-07-03", "occasion_years": 46}
	assert (event.rule, event.occurred_at.date()) == ("Birthday", TODAY)


def test_it_returns_every_year_and_is_told_of_once_in_each(customer, birthday):
	occasion(customer, date(1980, 6, 30))
	birthday()
	for day in (TODAY, TODAY, TODAY.replace(year=2027)):
		occasions.tell([day])
	assert [event.occurred_at.year for event in told(OCCASION, customer)] == [2026, 2027]


def test_what_happens_once_is_told_of_on_its_date_only(customer, rule):
	occasion(customer, TODAY, kind="Other", every_year=0)
	rule("Jubilee", trigger=OCCASION, occasion="Other")
	for year in (2025, 2026, 2027):
		occasions.tell([TODAY.replace(year=year)])
	assert [event.occurred_at.year for event in told(OCCASION, customer)] == [2026]


def test_an_anniversary_is_none_yet_on_the_day_itself(customer, rule):
	occasion(customer, date(2025, 6, 30), kind="Contract Anniversary")
	rule("Contract", trigger=OCCASION, occasion="Contract Anniversary")
	for year in (2025, 2026):
		occasions.tell([TODAY.replace(year=year)])
	assert [event.facts["occasion_years"] for event in told(OCCASION, customer)] == [1]


def test_the_first_cooperation_has_its_anniversary_without_being_entered(figures, rule):
	old = figures("Occasion Old", first_cooperation=date(2020, 6, 30))
	new = figures("Occasion New", first_cooperation=TODAY)
	rule("Thanks", trigger=OCCASION, occasion="First Cooperation Anniversary")
	occasions.tell([TODAY])
	assert who(OCCASION, old, new) == [old]


def test_each_rule_hears_its_own_occasion_only(customer, birthday, rule):
	occasion(customer, date(1980, 6, 30))
	birthday()
	rule("Founding", trigger=OCCASION, occasion="Founding Day")
	occasions.tell([TODAY])
	assert [event.rule for event in told(OCCASION, customer)] == ["Birthday"]


def test_a_rule_is_not_called_on_days_on_which_it_is_not_in_force(customer, birthday):
	occasion(customer, date(1980, 6, 30))
	birthday(valid_from=date(2026, 7, 1), valid_to=date(2030, 1, 1))
	doc = frappe.get_doc("Linkage Rule", "Birthday")
	assert list(occasions._events(doc, TODAY)) == []
	assert list(occasions._events(doc, date(2027, 6, 30)))


def test_two_birthdays_of_a_customer_are_two_events(customer, birthday):
	made = {occasion(customer, date(1980, 6, 30)), occasion(customer, date(1990, 6, 30))}
	birthday()
	occasions.tell([TODAY])
	assert {event.reference_name for event in told(OCCASION, customer)} == made


def test_a_missed_night_is_made_up_for_and_no_event_is_told_twice(customer, birthday):
	from crm_ext.settings import keep_setting, read_kept

	born = occasion(customer, getdate("1980-06-28"))
	birthday()
	keep_setting(nightly.SEEN, date(2026, 6, 26))
	nightly.tell(today=TODAY, commit=False)
	(event,) = told(OCCASION, customer)
	assert (event.reference_name, event.occurred_at.date()) == (born, date(2026, 6, 28))
	assert read_kept(nightly.SEEN) == TODAY
	nightly.tell(today=TODAY, commit=False)
	assert len(told(OCCASION, customer)) == 1


def test_a_day_costs_one_query_for_each_rule(birthday, queries):
	birthday()
	occasions.tell([TODAY])
	for _ in range(3):
		occasion(builders.customer(), date(1980, 6, 29))
	assert (
		queries(lambda: occasions.tell([TODAY])) == queries(lambda: occasions.tell([date(2026, 6, 29)])) - 1
	)


def test_a_dry_run_knows_the_days_of_the_past(customer, birthday):
	from frappe.utils import add_days, now_datetime, nowdate

	occasion(customer, getdate(add_days(nowdate(), -5)).replace(year=1985))
	doc = birthday(status="Draft")
	events = [e for e in trigger(OCCASION).past(doc, add_days(now_datetime(), -30)) if e.customer == customer]
	assert [str(e.occurred_at.date()) for e in events] == [str(getdate(add_days(nowdate(), -5)))]
