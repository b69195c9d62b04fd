# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""A rule may begin with the customers who hold its tag already."""

import pytest

import frappe

from crm_ext.linkage import inbox
from crm_ext.linkage.sources import existing
from crm_ext.rules.actions import TAG_GAINED
from crm_ext.tags import announce, service
from crm_ext.tests import builders
from crm_ext.tests.linkage.told import told, who
from crm_ext.tests.settings import change_settings

TAG = "Product-oriented"


@pytest.fixture(autouse=True)
def nothing_pending(company):
	frappe.db.sql("UPDATE `tabCustomer Tag Assignment` SET pending_events = ''")


@pytest.fixture
def holder() -> str:
	"""Holds the tag, which was announced."""
	from crm_ext.profile.service import refresh

	customer = builders.customer()
	service.assign(customer, TAG, reason="By hand.")
	announce.announce(commit=False)
	refresh([customer])
	return customer


def begin(title: str = "Welcome", **values) -> int:
	return existing.begin(title, commit=False, **values)


def test_holders_are_told_of_for_the_new_rule_alone(holder, rule):
	rule("Another", trigger=TAG_GAINED, tag=TAG)
	rule("Welcome", trigger=TAG_GAINED, tag=TAG, include_existing=1)
	assert begin() >= 1
	(event,) = told(TAG_GAINED, holder)
	assert (event.rule, event.tag) == ("Welcome", TAG)


def test_without_the_wish_nobody_is_told_of(holder, rule):
	rule("Welcome", trigger=TAG_GAINED, tag=TAG)
	assert begin() == 0
	assert told(TAG_GAINED, holder) == []


def test_beginning_twice_tells_once(holder, rule):
	rule("Welcome", trigger=TAG_GAINED, tag=TAG, include_existing=1)
	for _ in range(2):
		begin()
	assert who(TAG_GAINED, holder) == [holder]


def test_that_another_rule_heard_of_the_tag_long_ago_keeps_nobody_out(rule):
	rule("Another", trigger=TAG_GAINED, tag=TAG)
	customer = builders.customer()
	service.assign(customer, TAG, reason="By hand.")
	announce.announce(commit=False)
	inbox.judged(inbox.take([customer]))
	rule("Welcome", trigger=TAG_GAINED, tag=TAG, include_existing=1)
	begin()
	assert [event.rule for event in told(TAG_GAINED, customer)] == ["Welcome"]


def test_a_gain_that_is_still_to_be_announced_is_left_to_its_announcement(rule):
	customer = builders.customer()
	service.assign(customer, TAG, reason="By hand.")
	rule("Welcome", trigger=TAG_GAINED, tag=TAG, include_existing=1)
	begin()
	assert told(TAG_GAINED, customer) == []
	announce.announce(commit=False)
	assert [event.rule for event in told(TAG_GAINED, customer)] == [None]


def test_a_gain_that_waits_to_be_judged_is_not_told_of_again(rule):
	rule("Welcome", trigger=TAG_GAINED, tag=TAG, include_existing=1)
	customer = builders.customer()
	service.assign(customer, TAG, reason="By hand.")
	announce.announce(commit=False)
	begin()
	assert len(told(TAG_GAINED, customer)) == 1


def test_who_was_judged_by_the_rule_already_is_not_told_of_again(rule, runs):
	from crm_ext.profile.service import refresh

	rule("Welcome", trigger=TAG_GAINED, tag=TAG, include_existing=1)
	customer = builders.customer()
	refresh([customer])
	service.assign(customer, TAG, reason="By hand.")
	announce.announce(commit=False)
	assert runs()["Welcome", customer] == "Done"
	begin()
	assert told(TAG_GAINED, customer) == []


def test_former_holders_are_not_told_of(holder, rule):
	service.remove(holder, TAG, reason="By hand.")
	announce.announce(commit=False)
	rule("Welcome", trigger=TAG_GAINED, tag=TAG, include_existing=1)
	begin()
	assert told(TAG_GAINED, holder) == []


def test_a_capability_that_is_switched_off_tells_of_nobody_and_holds_nothing_up(holder, rule):
	rule("Welcome", trigger=TAG_GAINED, tag=TAG, include_existing=1)
	change_settings(tags_enabled=0)
	existing.catch_up(commit=False)
	assert told(TAG_GAINED, holder) == []


def test_a_rule_that_is_only_changed_begins_with_nobody(holder, rule):
	rule("Welcome", trigger=TAG_GAINED, tag=TAG, include_existing=1)
	assert begin(started=False) == 0


def test_the_rule_asks_for_its_beginning_when_it_comes_into_force(rule):
	doc = rule("Welcome", trigger=TAG_GAINED, tag=TAG, status="Draft")
	queued = len(frappe.db.after_commit._functions)
	doc.status = "Active"
	doc.save()
	assert len(frappe.db.after_commit._functions) > queued


def test_a_rule_not_yet_in_force_begins_in_the_night_in_which_it_is(holder, rule):
	from frappe.utils import add_days, nowdate

	doc = rule("Welcome", trigger=TAG_GAINED, tag=TAG, include_existing=1, valid_from=add_days(nowdate(), 1))
	assert begin() == 0
	doc.valid_from = nowdate()
	doc.save()
	existing.catch_up(commit=False)
	assert who(TAG_GAINED, holder) == [holder]
