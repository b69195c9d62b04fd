# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The jobs, and a kill between telling and commit: neither the change nor its event is lost, or told twice."""

import subprocess
import sys
import textwrap

import pytest

import frappe
from frappe.utils import getdate, now_datetime

from crm_ext import tasks
from crm_ext.linkage import inbox, runner
from crm_ext.linkage.sources import issues, nightly
from crm_ext.profile import queue
from crm_ext.rules.actions import TAG_GAINED
from crm_ext.settings import keep_setting, read_kept
from crm_ext.tags import announce, service
from crm_ext.tests import builders
from crm_ext.tests.linkage.conftest import MORNING
from crm_ext.tests.linkage.told import who
from crm_ext.tests.parallel import commit_without_jobs

TAG = "Product-oriented"
CUSTOMERS = ("Killed Trading 1", "Killed Trading 2")


@pytest.fixture
def pending(site, rule):
	"""Committed: a rule that waits, and changes that are still to be announced."""
	frappe.db.sql("UPDATE `tabCustomer Tag Assignment` SET pending_events = ''")
	rule("Welcome", trigger=TAG_GAINED, tag=TAG)
	for name in CUSTOMERS:
		frappe.get_doc(doctype="Customer", customer_name=name).insert()
		service.assign(name, TAG, reason="To be announced.")
	commit_without_jobs()
	yield
	frappe.db.rollback()
	for name in CUSTOMERS:
		frappe.delete_doc("Customer", name, force=True)
	frappe.delete_doc("Linkage Rule", "Welcome", force=True)
	frappe.db.delete("Profile Refresh Request", {"customer": ("in", CUSTOMERS)})
	commit_without_jobs()


def waiting() -> list[str]:
	frappe.db.rollback()
	return sorted(
		frappe.get_all(
			"Customer Tag Assignment",
			{"customer": ("in", CUSTOMERS), "pending_events": (">", "")},
			pluck="customer",
		)
	)


def test_a_killed_announcer_leaves_neither_an_event_nor_a_lost_change(site, pending):
	script = f"""
		import os, frappe
		frappe.init({site!r}, sites_path="."); frappe.connect()
		from crm_ext.linkage.sources import tags
		from crm_ext.tags import announce
		tags.runner.run_later = lambda: os._exit(9)
		announce.announce()
	"""
	killed = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], timeout=120)
	assert killed.returncode == 9
	assert waiting() == list(CUSTOMERS)
	assert who(TAG_GAINED, *CUSTOMERS) == []
	announce.announce(commit=False)
	assert who(TAG_GAINED, *CUSTOMERS) == list(CUSTOMERS)


def test_a_rolled_back_submission_leaves_no_event(rule):
	rule("First Order", trigger="Order Submitted")
	customer = builders.customer()
	draft = builders.sales_order(customer, getdate(), submit=False)
	frappe.db.savepoint("before_submission")
	draft.submit()
	assert who("Order Submitted", customer) == [customer]
	frappe.db.rollback(save_point="before_submission")
	assert who("Order Submitted", customer) == []


@pytest.fixture
def asked(monkeypatch) -> list[str]:
	"""What the job of five minutes asks for; nothing is committed."""
	calls: list[str] = []
	drain = queue.drain
	monkeypatch.setattr(queue, "drain", lambda: drain(commit=False))
	monkeypatch.setattr(runner, "run_later", lambda: calls.append("run"))
	monkeypatch.setattr(announce, "announce_later", lambda: calls.append("announce"))
	frappe.db.sql("UPDATE `tabCustomer Tag Assignment` SET pending_events = ''")
	frappe.db.sql("UPDATE `tabLinkage Event` SET processed = 1")
	frappe.db.delete("Profile Refresh Request")
	return calls


def test_the_job_of_five_minutes_asks_for_nothing_when_nothing_waits(asked):
	tasks.crm_ext_drain_refresh_queue()
	assert "run" not in asked


def test_the_job_of_five_minutes_finds_events_that_wait(asked, figures):
	inbox.tell(
		[inbox.Event(key="one", trigger="Bell Rung", customer=figures("Job Trading"), occurred_at=MORNING)]
	)
	tasks.crm_ext_drain_refresh_queue()
	assert "run" in asked


def test_the_job_of_five_minutes_finds_closed_issues_and_has_them_judged(asked, rule):
	rule("Thanks", trigger=issues.ISSUE_CLOSED)
	keep_setting(issues.SEEN, None)
	customer = builders.customer()
	made = builders.issue(customer, getdate()).name
	tasks.crm_ext_drain_refresh_queue()
	assert "run" not in asked
	frappe.db.set_value("Issue", made, "status", "Closed")
	tasks.crm_ext_drain_refresh_queue()
	assert "run" in asked
	assert who(issues.ISSUE_CLOSED, customer) == [customer]


def test_the_nightly_job_is_asked_for_in_the_background(company):
	queued = len(frappe.db.after_commit._functions)
	tasks.crm_ext_nightly_linkage()
	assert len(frappe.db.after_commit._functions) == queued + 1


def test_the_nightly_job_commits_by_itself_and_may_run_twice(site):
	before = read_kept(nightly.SEEN)
	for _ in range(2):
		nightly.tell()
	assert read_kept(nightly.SEEN) == now_datetime().date()
	keep_setting(nightly.SEEN, before)
	frappe.db.commit()
