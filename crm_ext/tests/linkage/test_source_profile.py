# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Who comes to meet the conditions of a rule is told of once, as the figures are refreshed."""

from datetime import timedelta

import pytest

import frappe
from frappe.utils import getdate

from crm_ext.linkage.sources import existing, profile
from crm_ext.profile.slices import CustomerSlice
from crm_ext.rules.actions import PROFILE_CHANGED
from crm_ext.tests.linkage.told import told, who

LARGE = [{"fact": "revenue_365d", "operator": ">=", "value": "500000"}]
NAMES = ("Profile One", "Profile Two", "Profile Three")


@pytest.fixture
def customers(figures):
	"""Two are large, one is small."""
	return [
		figures(name, revenue_365d=revenue)
		for name, revenue in zip(NAMES, (600_000, 700_000, 1), strict=True)
	]


@pytest.fixture
def begun(rule):
	"""`begun("Large")` is a rule whose beginning is over."""

	def make(title: str, **values):
		doc = rule(title, **{"trigger": PROFILE_CHANGED, "conditions": LARGE, **values})
		existing.begin(doc.name, commit=False)
		return doc.reload()

	return make


def refresh(*customers: str, day=None) -> int:
	return profile.refresh_slice(CustomerSlice.of(customers), day or getdate())


def matches(rule: str) -> set[str]:
	return set(frappe.get_all("Linkage Match", {"rule": rule, "customer": ("in", NAMES)}, pluck="customer"))


def test_who_met_the_conditions_before_is_noted_in_silence(customers, begun):
	begun("Large")
	assert matches("Large") == set(NAMES[:2])
	assert refresh(*customers) == 0
	assert told(PROFILE_CHANGED, *customers) == []


def test_who_comes_to_meet_the_conditions_is_told_of_once(customers, begun, figures):
	begun("Large")
	figures(NAMES[2], revenue_365d=900_000)
	assert refresh(*customers) == 1
	assert refresh(*customers) == 0
	(event,) = told(PROFILE_CHANGED, *customers)
	assert (event.customer, event.rule) == (NAMES[2], "Large")


def test_who_meets_them_no_longer_loses_the_row_and_may_come_back(customers, begun, figures):
	begun("Large")
	figures(NAMES[0], revenue_365d=1)
	assert refresh(*customers) == 0
	assert matches("Large") == {NAMES[1]}
	figures(NAMES[0], revenue_365d=800_000)
	refresh(*customers, day=getdate() + timedelta(days=1))
	assert who(PROFILE_CHANGED, *customers) == [NAMES[0]]


def test_only_the_slice_is_looked_at(customers, begun, figures):
	begun("Large")
	figures(NAMES[2], revenue_365d=900_000)
	assert refresh(NAMES[0]) == 0
	assert matches("Large") == set(NAMES[:2])


def test_a_rule_that_has_not_begun_is_left_alone(customers, rule):
	rule("Large", trigger=PROFILE_CHANGED, conditions=LARGE)
	assert refresh(*customers) == 0
	assert matches("Large") == set()


def test_a_rule_whose_conditions_change_begins_anew_in_silence(customers, begun):
	doc = begun("Large")
	doc.conditions[0].value = "650000"
	doc.save()
	assert refresh(*customers) == 0
	existing.begin("Large", started=False, commit=False)
	assert matches("Large") == {NAMES[1]}
	assert told(PROFILE_CHANGED, *customers) == []


def test_a_rule_may_begin_with_those_who_qualify_already(customers, begun):
	begun("Large", include_existing=1)
	assert who(PROFILE_CHANGED, *customers) == list(NAMES[:1] + NAMES[1:2])
	existing.begin("Large", commit=False)
	assert len(told(PROFILE_CHANGED, *customers)) == 2


def test_a_change_of_such_a_rule_does_not_tell_of_them_again(customers, begun):
	doc = begun("Large", include_existing=1)
	frappe.db.delete("Linkage Event", {"trigger": PROFILE_CHANGED})
	doc.conditions[0].value = "400000"
	doc.save()
	existing.begin("Large", started=False, commit=False)
	assert told(PROFILE_CHANGED, *customers) == []


def test_those_who_were_observed_at_the_beginning_are_told_of_when_it_becomes_active(customers, begun):
	doc = begun("Large", include_existing=1, status="Observing")
	frappe.db.sql("UPDATE `tabLinkage Event` SET processed = 1")
	doc.status = "Active"
	doc.save()
	existing.begin("Large", commit=False)
	assert who(PROFILE_CHANGED, *customers) == list(NAMES[:2])


def test_a_rule_without_conditions_tells_of_new_customers(customers, begun, figures):
	begun("Everybody", conditions=[])
	figures("Profile Newcomer", revenue_365d=0)
	assert refresh(*customers, "Profile Newcomer") == 1
	assert who(PROFILE_CHANGED, *customers, "Profile Newcomer") == ["Profile Newcomer"]


def test_a_rule_that_cannot_be_evaluated_tells_of_nobody_and_says_so(customers, begun, figures):
	begun("Large")
	frappe.db.sql("UPDATE `tabRule Condition` SET fact = 'gone' WHERE parent = 'Large'")
	frappe.clear_document_cache("Linkage Rule", "Large")
	figures(NAMES[2], revenue_365d=900_000)
	assert refresh(*customers) == 0
	assert "gone" in frappe.db.get_value("Linkage Rule", "Large", "last_error")
	assert matches("Large") == set(NAMES[:2])


def test_a_rule_that_cannot_be_evaluated_begins_when_it_can(customers, rule):
	rule("Large", trigger=PROFILE_CHANGED, conditions=LARGE)
	frappe.db.sql("UPDATE `tabRule Condition` SET fact = 'gone' WHERE parent = 'Large'")
	frappe.clear_document_cache("Linkage Rule", "Large")
	existing.catch_up(commit=False)
	assert refresh(*customers) == 0
	frappe.db.sql("UPDATE `tabRule Condition` SET fact = 'revenue_365d' WHERE parent = 'Large'")
	frappe.clear_document_cache("Linkage Rule", "Large")
	existing.catch_up(commit=False)
	assert matches("Large") == set(NAMES[:2])
	assert refresh(*customers) == 0


def test_a_slice_costs_no_query_without_a_rule_and_few_with_one(customers, begun, figures, queries):
	refresh(*customers)
	assert queries(lambda: refresh(*customers)) == 0
	begun("Large")
	refresh(*customers)
	unchanged = queries(lambda: refresh(*customers))
	assert unchanged <= 2
	counts = set()
	for changing in (NAMES[:1], NAMES):
		for revenue in (1, 900_000):
			for name in changing:
				figures(name, revenue_365d=revenue)
			counts.add(queries(lambda: refresh(*customers)))
	assert max(counts) <= 4


def test_the_refresh_of_the_profile_calls_it(begun):
	from crm_ext.profile.service import refresh as refresh_profile
	from crm_ext.tests import builders

	begun("Buyer", conditions=[{"fact": "revenue_365d", "operator": ">=", "value": "100"}])
	customer = builders.customer()
	builders.sales_invoice(customer, getdate(), 250)
	refresh_profile([customer])
	assert who(PROFILE_CHANGED, customer) == [customer]


def test_a_rule_changed_during_its_beginning_is_left_to_the_next(customers, begun, monkeypatch):
	doc = begun("Large")
	doc.conditions[0].value = "1"
	doc.save()
	found = existing.live_rules(name="Large")
	frappe.db.set_value("Linkage Rule", "Large", "version_hash", "newer")
	assert existing._Beginning(found[0], True).everybody(commit=False) == 0
	assert frappe.db.get_value("Linkage Rule", "Large", "baseline_version") != "newer"
	assert matches("Large") == set(NAMES[:2])


def test_a_beginning_that_was_cut_short_is_made_up_for_at_night(customers, rule):
	rule("Large", trigger=PROFILE_CHANGED, conditions=LARGE)
	existing.catch_up(commit=False)
	assert matches("Large") == set(NAMES[:2])
	assert refresh(*customers) == 0
