# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Issues that are opened or closed are found by a sweep, once each, whoever closes them and how."""

from datetime import timedelta

import pytest

import frappe
from frappe.utils import add_to_date, getdate, now_datetime

from crm_ext.linkage import inbox
from crm_ext.linkage.registry import trigger
from crm_ext.linkage.sources import issues
from crm_ext.linkage.sources.issues import ISSUE_CLOSED, ISSUE_OPENED, SEEN, sweep
from crm_ext.settings import keep_setting, read_kept
from crm_ext.tests import builders
from crm_ext.tests.linkage.told import told


@pytest.fixture(autouse=True)
def unseen(company):
	keep_setting(SEEN, None)


@pytest.fixture
def customer() -> str:
	return builders.customer()


@pytest.fixture
def awaited(rule):
	"""Rules wait, and the sweep has begun."""
	for name in (ISSUE_OPENED, ISSUE_CLOSED):
		rule(f"At {name}", trigger=name)


def issue(customer: str | None, **values) -> str:
	return builders.issue(customer, getdate(), **values).name


def aged(name: str, days: int = 30) -> str:
	"""An Issue as if it had been opened, and last changed, so many days ago."""
	then = add_to_date(now_datetime(), days=-days)
	frappe.db.set_value("Issue", name, {"creation": then, "modified": then}, update_modified=False)
	return name


def close_many(*names: str, status: str = "Closed") -> None:
	"""What the list's “Set as Closed” calls."""
	from erpnext.support.doctype.issue.issue import set_multiple_status

	set_multiple_status(frappe.as_json(names), status)


def names(kind: str, *customers: str) -> list[str]:
	return [event.reference_name for event in told(kind, *customers)]


def test_without_a_rule_the_sweep_costs_no_query(queries):
	sweep()
	assert queries(sweep) == 0


def test_a_new_issue_is_told_once_with_its_facts(awaited, customer):
	sweep()
	made = issue(customer, priority="High", issue_type=None)
	for _ in range(3):
		sweep()
	(event,) = told(ISSUE_OPENED, customer)
	assert event.reference_name == made
	assert (event.facts["issue_priority"], event.facts["issue_status"]) == ("High", "Open")
	assert event.occurred_at == frappe.db.get_value("Issue", made, "creation")


def test_an_issue_of_nobody_is_not_told(awaited):
	sweep()
	made = issue(None, raised_by="stranger@example.com")
	sweep()
	assert made not in names(ISSUE_OPENED)


def test_issues_from_before_a_rule_waited_are_not_told(awaited, customer):
	issue(customer)
	close_many(aged(issue(customer)))
	for _ in range(2):
		sweep()
	assert told(ISSUE_OPENED, customer) == told(ISSUE_CLOSED, customer) == []


@pytest.mark.parametrize("status", ["Closed", "Resolved"])
def test_a_bulk_close_which_calls_no_hook_is_seen(awaited, customer, status):
	closed = [aged(issue(customer)) for _ in range(3)]
	left = aged(issue(customer))
	sweep()
	close_many(*closed, status=status)
	assert sweep() == 3
	assert sorted(names(ISSUE_CLOSED, customer)) == sorted(closed)
	assert left not in names(ISSUE_CLOSED)
	assert {event.facts["issue_status"] for event in told(ISSUE_CLOSED, customer)} == {status}


def test_a_close_by_hand_is_seen(awaited, customer):
	made = aged(issue(customer))
	sweep()
	doc = frappe.get_doc("Issue", made)
	doc.status = "Closed"
	doc.save()
	sweep()
	assert names(ISSUE_CLOSED, customer) == [made]


def test_an_issue_opened_and_closed_between_two_sweeps_is_told_of_both(awaited, customer):
	sweep()
	made = issue(customer)
	close_many(made)
	sweep()
	assert names(ISSUE_OPENED, customer) == names(ISSUE_CLOSED, customer) == [made]


@pytest.mark.parametrize("by_hand", [True, False])
def test_an_old_closed_issue_that_is_merely_touched_is_not_told(awaited, customer, by_hand):
	old = issue(customer)
	close_many(old)
	aged(old)
	sweep()
	if by_hand:
		doc = frappe.get_doc("Issue", old)
		doc.resolution_details = "Oiled."
		doc.save()
	else:
		frappe.db.set_value("Issue", old, "resolution_details", "Oiled.")
	sweep()
	assert told(ISSUE_CLOSED, customer) == []


def test_a_closed_issue_is_told_once_even_when_its_event_is_long_forgotten(awaited, customer):
	made = aged(issue(customer))
	sweep()
	close_many(made)
	sweep()
	assert names(ISSUE_CLOSED, customer) == [made]
	frappe.db.delete("Linkage Event", {"reference_name": made})  # as the log retention does
	frappe.db.set_value("Issue", made, "resolution_details", "Oiled.")
	sweep()
	assert told(ISSUE_CLOSED, customer) == []


def test_an_issue_reopened_and_closed_again_is_told_once(awaited, customer):
	made = aged(issue(customer))
	sweep()
	for status in ("Closed", "Open", "Closed"):
		close_many(made, status=status)
		sweep()
	assert names(ISSUE_CLOSED, customer) == [made]


def test_open_issues_wait_in_the_inbox_without_being_judged(awaited, customer):
	made = aged(issue(customer))
	sweep()
	assert frappe.db.count("Linkage Event", {"reference_name": made, "wait_until": issues.NEVER}) == 1
	assert inbox.waiting_customers(1_000) == []


def test_when_nobody_waits_any_more_all_is_forgotten(awaited, customer):
	aged(issue(customer))
	sweep()
	for name in (ISSUE_OPENED, ISSUE_CLOSED):
		doc = frappe.get_doc("Linkage Rule", f"At {name}")
		doc.status = "Paused"
		doc.status_reason = "Enough."
		doc.save()
	sweep()
	assert read_kept(SEEN) is None
	assert not frappe.db.exists("Linkage Event", {"wait_until": issues.NEVER})


def test_a_sweep_takes_as_many_queries_for_many_issues_as_for_one(awaited, customer, queries):
	def cost(count: int) -> int:
		made = [aged(issue(customer)) for _ in range(count)]
		keep_setting(SEEN, None)
		sweep()
		close_many(*made)
		return queries(sweep)

	assert cost(1) == cost(6)


def test_a_sweep_that_is_rolled_back_finds_the_issue_again(awaited, customer):
	made = aged(issue(customer))
	sweep()
	close_many(made)
	frappe.db.savepoint("before_sweep")
	sweep()
	frappe.db.rollback(save_point="before_sweep")
	assert told(ISSUE_CLOSED, customer) == []
	sweep()
	assert names(ISSUE_CLOSED, customer) == [made]


def test_issues_of_the_past_are_known_to_a_dry_run(customer, rule):
	doc = rule("After", trigger=ISSUE_CLOSED, status="Draft")
	open_, closed, old = issue(customer), issue(customer), aged(issue(customer))
	close_many(closed)
	since = now_datetime() - timedelta(days=7)
	past = {
		name: {e.reference_name for e in trigger(name).past(doc, since) if e.customer == customer}
		for name in (ISSUE_OPENED, ISSUE_CLOSED)
	}
	assert past == {ISSUE_OPENED: {open_, closed}, ISSUE_CLOSED: {closed}}
	assert old not in past[ISSUE_OPENED]
