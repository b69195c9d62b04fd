# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What other systems tell is checked against what the event may say, and counts once."""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

import frappe
from frappe.utils import get_system_timezone, now_datetime

from crm_ext.exceptions import InvalidValue, NoSuchRecord, NotFromOutside, UnknownFact, UnknownTrigger
from crm_ext.linkage.registry import trigger
from crm_ext.linkage.sources.outside import SURVEY_ANSWERED, record
from crm_ext.tests import builders
from crm_ext.tests.linkage.told import told

AT = datetime(2026, 6, 30, 9)


@pytest.fixture
def customer() -> str:
	return builders.customer()


@pytest.fixture
def awaited(rule):
	return rule("Thank", trigger=SURVEY_ANSWERED)


def answer(customer: str, key: str = "answer 1", **more) -> bool:
	values = {"occurred_at": AT, "facts": {"survey_score": 9, "survey_name": "Spring"}}
	return record(customer, SURVEY_ANSWERED, key=key, **{**values, **more})


def test_an_answer_is_recorded_with_its_facts(awaited, customer):
	assert answer(customer, reference_doctype="Customer", reference_name=customer)
	(event,) = told(SURVEY_ANSWERED, customer)
	assert event.facts == {"survey_score": "9", "survey_name": "Spring"}
	assert (event.occurred_at, event.reference_name) == (AT, customer)


def test_the_same_answer_told_twice_is_recorded_once(awaited, customer):
	assert answer(customer)
	assert not answer(customer, facts={"survey_score": 1})
	assert len(told(SURVEY_ANSWERED, customer)) == 1
	assert answer(customer, key="answer 2")


def test_without_a_rule_nothing_is_recorded(customer):
	assert not answer(customer)
	assert told(SURVEY_ANSWERED, customer) == []


def test_what_lies_ahead_happened_now(awaited, customer):
	answer(customer, occurred_at=now_datetime() + timedelta(days=3))
	(event,) = told(SURVEY_ANSWERED, customer)
	assert event.occurred_at <= now_datetime()


def test_a_moment_with_its_time_zone_becomes_site_time(awaited, customer):
	here = ZoneInfo(get_system_timezone())
	answer(customer, occurred_at=AT.replace(tzinfo=here).astimezone(timezone.utc))
	(event,) = told(SURVEY_ANSWERED, customer)
	assert event.occurred_at == AT


@pytest.mark.parametrize(
	"facts, error, named",
	[
		({"survey_score": "nine"}, InvalidValue, "Survey: Score"),
		({"survey_score": [9]}, InvalidValue, "Survey: Score"),
		({"survey_name": {"a": 1}}, InvalidValue, "Survey: Name"),
		({"revenue_365d": 9}, UnknownFact, "revenue_365d"),
		({"mood": "good"}, UnknownFact, "mood"),
	],
)
def test_a_wrong_fact_is_refused_by_name(awaited, customer, facts, error, named):
	with pytest.raises(error) as raised:
		answer(customer, facts=facts)
	assert named in str(raised.value)
	assert told(SURVEY_ANSWERED, customer) == []


@pytest.mark.parametrize("name", ["Schedule", "Occasion", "Profile Changed", "Tag Gained"])
def test_what_crm_ext_finds_itself_cannot_be_told(awaited, customer, name):
	with pytest.raises(NotFromOutside):
		record(customer, name, key="forged")


def test_an_unknown_event_and_an_unknown_customer_are_refused(awaited, customer):
	with pytest.raises(UnknownTrigger):
		record(customer, "Moon Rose", key="one")
	with pytest.raises(NoSuchRecord):
		answer("Nobody of this name")
	for doctype in ("Customer", "Moon"):
		with pytest.raises(NoSuchRecord):
			answer(customer, reference_doctype=doctype, reference_name="Nobody of this name")


def test_a_rule_runs_by_the_facts_of_the_answer(customer, rule, runs):
	from crm_ext.profile.service import refresh

	refresh([customer])
	rule(
		"Promoters",
		trigger=SURVEY_ANSWERED,
		conditions=[{"fact": "survey_score", "operator": ">=", "value": "9"}],
	)
	answer(customer)
	answer(customer, key="answer 2", facts={"survey_score": 3})
	assert runs() == {("Promoters", customer): "Done"}
	assert frappe.db.count("Linkage Run") == 1


def test_answers_of_the_past_are_known_to_a_dry_run_as_long_as_they_are_kept(awaited, customer):
	answer(customer)
	events = [e for e in trigger(SURVEY_ANSWERED).past(awaited, AT) if e.customer == customer]
	assert [e.facts["survey_score"] for e in events] == ["9"]
	assert not [e for e in trigger(SURVEY_ANSWERED).past(awaited, now_datetime()) if e.customer == customer]
