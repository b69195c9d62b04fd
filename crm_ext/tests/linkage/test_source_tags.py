# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Tags that come and go reach the inbox with their announcement, and cost nothing where no rule waits."""

import pytest

import frappe
from frappe.utils import now_datetime

from crm_ext.linkage.sources.tags import on_tag_changes
from crm_ext.rows import insert_rows
from crm_ext.rules.actions import TAG_GAINED, TAG_LOST
from crm_ext.rules.changes import TagChange
from crm_ext.tags import announce, service
from crm_ext.tests import builders
from crm_ext.tests.linkage.told import told, who
from crm_ext.tests.settings import change_settings

TAG = "Product-oriented"
"""Shipped, without a rule of its own."""


@pytest.fixture(autouse=True)
def nothing_pending(company):
	frappe.db.sql("UPDATE `tabCustomer Tag Assignment` SET pending_events = ''")


@pytest.fixture
def customer() -> str:
	return builders.customer()


def changes(count: int, tag: str = TAG) -> list[TagChange]:
	return [
		TagChange(
			event=TAG_GAINED,
			assignment=f"assignment {n}",
			customer=f"Customer {n}",
			tag=tag,
			group="Behaviour",
			company="",
			source="Rule",
			at=now_datetime(),
			reason=None,
		)
		for n in range(count)
	]


def test_a_tag_gained_is_told_with_its_announcement(customer, rule):
	rule("Welcome", trigger=TAG_GAINED, tag=TAG)
	assignment = service.assign(customer, TAG, reason="By hand.")
	assert told(TAG_GAINED, customer) == []
	announce.announce(commit=False)
	(event,) = told(TAG_GAINED, customer)
	assert (event.tag, event.reference_name, event.rule) == (TAG, assignment, None)


def test_a_tag_lost_is_told_at_the_moment_of_its_end(customer, rule):
	rule("Farewell", trigger=TAG_LOST, tag=TAG)
	service.assign(customer, TAG, reason="By hand.")
	assignment = service.remove(customer, TAG, reason="By hand.")
	announce.announce(commit=False)
	(event,) = told(TAG_LOST, customer)
	assert event.occurred_at == frappe.db.get_value("Customer Tag Assignment", assignment, "until")
	assert told(TAG_GAINED, customer) == []


def test_a_tag_for_which_no_rule_waits_is_not_told(customer, rule):
	rule("Welcome", trigger=TAG_GAINED, tag="High Value")
	service.assign(customer, TAG, reason="By hand.")
	announce.announce(commit=False)
	assert told(TAG_GAINED, customer) == []


def test_a_rule_in_draft_waits_for_nothing(customer, rule):
	rule("Welcome", trigger=TAG_GAINED, tag=TAG, status="Draft")
	service.assign(customer, TAG, reason="By hand.")
	announce.announce(commit=False)
	assert told(TAG_GAINED, customer) == []


def test_while_linkage_is_switched_off_nothing_is_told(customer, rule):
	rule("Welcome", trigger=TAG_GAINED, tag=TAG)
	change_settings(linkage_enabled=0)
	service.assign(customer, TAG, reason="By hand.")
	announce.announce(commit=False)
	assert told(TAG_GAINED, customer) == []


def test_the_same_change_told_twice_is_one_event(rule):
	rule("Welcome", trigger=TAG_GAINED, tag=TAG)
	for _ in range(2):
		on_tag_changes(changes(3))
	assert len(told(TAG_GAINED)) == 3


def test_without_a_rule_a_batch_costs_no_query_and_with_one_a_single_insert(rule, queries):
	on_tag_changes(changes(1))  # warms the cache
	assert queries(lambda: on_tag_changes(changes(1_000))) == 0
	rule("Welcome", trigger=TAG_GAINED, tag=TAG)
	on_tag_changes(changes(1))
	assert queries(lambda: on_tag_changes(changes(1_000))) == 1
	assert queries(lambda: on_tag_changes(changes(1_000, tag="Another"))) == 0


def test_announcing_takes_few_queries_and_as_many_for_each_thousand_changes(rule, queries):
	rule("Welcome", trigger=TAG_GAINED, tag=TAG)
	announce.announce(commit=False)

	def cost(thousands: int) -> int:
		names = [f"{frappe.generate_hash(length=8)} {n}" for n in range(thousands * 1_000)]
		insert_rows("Customer", ("customer_name",), [(name,) for name in names], names=names)
		insert_rows(
			"Customer Tag Assignment",
			("customer", "tag", "tag_group", "company", "source", "since", "closed_key", "pending_events"),
			[(name, TAG, "Behaviour", "", "Rule", now_datetime(), "", "gained") for name in names],
		)
		return queries(lambda: announce.announce(commit=False))

	cost(1)
	one, two = cost(1), cost(2)
	assert one <= 70
	assert two <= 2 * one
	assert len(told(TAG_GAINED)) == 4_000


def test_an_announcement_that_is_rolled_back_leaves_the_change_to_be_told(customer, rule):
	rule("Welcome", trigger=TAG_GAINED, tag=TAG)
	service.assign(customer, TAG, reason="By hand.")
	frappe.db.savepoint("before_telling")
	announce.announce(commit=False)
	frappe.db.rollback(save_point="before_telling")
	assert told(TAG_GAINED, customer) == []
	announce.announce(commit=False)
	assert who(TAG_GAINED, customer) == [customer]


def test_what_was_gained_and_lost_before_is_known_to_a_dry_run(customer, rule):
	from crm_ext.linkage.registry import trigger

	doc = rule("Welcome", trigger=TAG_GAINED, tag=TAG, status="Draft")
	before = now_datetime()
	service.assign(customer, TAG, reason="By hand.")
	service.remove(customer, TAG, reason="By hand.")
	for name in (TAG_GAINED, TAG_LOST):
		events = [e for e in trigger(name).past(doc, before) if e.customer == customer]
		assert [(e.trigger, e.tag) for e in events] == [(name, TAG)]
	assert not [e for e in trigger(TAG_GAINED).past(doc, now_datetime()) if e.customer == customer]


def test_many_changes_ask_for_one_job_a_batch_and_not_one_each(rule):
	rule("Welcome", trigger=TAG_GAINED, tag=TAG)
	asked = len(frappe.db.after_commit._functions)
	on_tag_changes(changes(500))
	assert frappe.db.count("Linkage Event", {"trigger": TAG_GAINED, "tag": TAG}) >= 500
	assert len(frappe.db.after_commit._functions) == asked + 1
