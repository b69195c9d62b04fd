# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""A fault does not spread, and rules, names and runs may change while others wait."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

import frappe
from frappe.utils import getdate

from crm_ext.linkage import api, executor, inbox, planner, registry, runner, store
from crm_ext.linkage.sources import existing, schedule
from crm_ext.profile.slices import CustomerSlice
from crm_ext.rules.api import set_status
from crm_ext.rules.lifecycle import Status
from crm_ext.tests.linkage.conftest import BELL, MORNING, SENT, bell_at, register
from crm_ext.tests.parallel import Worker, commit_without_jobs, patiently

NEXT_DAY = MORNING + timedelta(days=1)


@pytest.fixture
def harbour(figures) -> str:
	return figures("Review Harbour", revenue_365d=10)


@pytest.fixture
def shops(figures):
	return lambda count: [figures(f"Review Shop {n:02}") for n in range(count)]


@pytest.fixture
def tag() -> str:
	"""A tag of a group of its own."""
	frappe.get_doc(
		doctype="Customer Tag Group",
		group_name="Review",
		selection="Multiple",
		scope="All companies together",
	).insert()
	return (
		frappe.get_doc(doctype="Customer Tag", tag_name="Review High", tag_group="Review", status="Active")
		.insert()
		.name
	)


def teach(name: str, **changes) -> None:
	"""Make an action known that is Write but for some parts."""
	registry.actions()[name] = replace(registry.actions()["Write"], name=name, **changes)


def test_a_cancelled_run_leaves_its_period_to_the_next_event(harbour, rule, ring, runs, written):
	rule("Visit", once_per="Year")
	ring(harbour)
	planner.plan(commit=False)
	set_status("Linkage Rule", "Visit", "Stopped", "Over")
	assert runs() == {("Visit", harbour): "Cancelled"}
	set_status("Linkage Rule", "Visit", "Draft", "")
	set_status("Linkage Rule", "Visit", "Active", "")
	ring(harbour, key="again", at=NEXT_DAY)
	runs()
	assert written(harbour) == ["Visit"]


def test_a_dismissed_run_leaves_its_period_to_the_next_event(harbour, rule, ring, runs, written):
	doc = rule("Visit", once_per="Year", actions=[("Write", {"text": "x", "refuse": harbour})])
	ring(harbour)
	assert runs() == {("Visit", harbour): "Failed"}
	api.dismiss(frappe.get_all("Linkage Run", {"rule": "Visit"}, pluck="name"), "Not this one")
	doc.reload()
	doc.actions[0].parameters = '{"text": "Visit"}'
	doc.save()
	ring(harbour, key="again", at=NEXT_DAY)
	runs()
	assert written(harbour) == ["Visit"]


def test_an_event_that_cannot_be_judged_waits_and_holds_up_nobody_else(harbour, shops, rule, ring, runs):
	rule("Visit", cooldown_days=30)
	names = shops(3)
	ring(harbour, at=MORNING.replace(year=1, month=1, day=2))  # thirty days before it there was no day
	for name in names:
		ring(name)
	assert runs() == {("Visit", name): "Done" for name in names}
	assert frappe.db.get_value("Linkage Event", {"customer": harbour}, "wait_until")
	assert frappe.db.exists("Error Log", {"method": "Linkage events cannot be judged"})


def test_a_rule_that_breaks_its_job_holds_up_no_other(shops, rule, ring, runs):
	names = shops(2)
	teach("Miscount", run_many=lambda works: [])
	rule("A Miscount", actions=[("Miscount", {"text": "x"})])
	rule("B Visit")
	for name in names:
		ring(name)
	assert set(runs().values()) == {"Done"}


def test_a_very_long_fault_is_kept_as_far_as_it_fits(harbour, rule, ring, runs):
	def shout(work):
		raise ValueError("no " * 50_000)

	teach("Shout", run=shout)
	rule("Visit", actions=[("Shout", {"text": "x"})])
	ring(harbour)
	assert runs() == {("Visit", harbour): "Failed"}


@pytest.mark.parametrize("all_or_nothing", [0, 1])
def test_an_undone_action_leaves_no_job_and_no_webhook_behind(harbour, rule, ring, runs, all_or_nothing):
	asked, kept = [], []

	def ask(work):
		frappe.db.after_commit.add(lambda: asked.append(work.customer))
		frappe.enqueue("frappe.ping", enqueue_after_commit=True)
		frappe.publish_realtime("review", {"run": work.run}, after_commit=True)
		raise ValueError("no")

	def keep(work):
		frappe.db.after_commit.add(lambda: kept.append(work.customer))
		return registry.actions()["Write"].run(work)

	teach("Ask", run=ask)
	teach("Keep", run=keep)
	rule(
		"Visit",
		actions=[("Keep", {"text": "x"}), ("Ask", {"text": "x"})],
		all_or_nothing=all_or_nothing,
	)
	ring(harbour)
	frappe.db.after_commit.reset()
	runs()
	assert not [
		f for f in frappe.db.after_commit._functions if f.__module__ == "frappe.utils.background_jobs"
	]
	assert "review" not in [event for event, *_ in getattr(frappe.local, "_realtime_log", [])]
	frappe.db.after_commit.run()
	assert asked == []
	assert kept == ([] if all_or_nothing else [harbour])


def test_pausing_a_rule_stops_a_job_that_is_at_it(shops, rule, ring, runs):
	def pause(work):
		frappe.db.set_value("Linkage Rule", "Visit", "status", Status.PAUSED.value)
		return registry.actions()["Write"].run(work)

	teach("Pause", run=pause)
	rule("Visit", actions=[("Pause", {"text": "x"})])
	for name in shops(executor.BATCH + 5):
		ring(name)
	assert sorted(runs().values()) == ["Done"] * executor.BATCH + ["Waiting"] * 5


def test_a_rule_that_only_observes_now_does_nothing_that_was_planned_before(
	harbour, rule, ring, runs, written
):
	rule("Visit")
	ring(harbour)
	planner.plan(commit=False)
	set_status("Linkage Rule", "Visit", "Observing", "")
	ring(harbour, key="observed")
	runs()
	assert written(harbour) == []
	statuses = dict(frappe.get_all("Linkage Run", fields=["shadow", "status"], as_list=True))
	assert statuses == {0: "Waiting", 1: "Observed"}


def test_an_unsaved_rule_that_cannot_be_evaluated_says_why(company):
	with pytest.raises(frappe.ValidationError, match="gone"):
		api.dry_run(
			{
				"title": "Unsaved",
				"trigger": BELL,
				"conditions": [{"fact": "gone", "operator": ">=", "value": "1"}],
				"actions": [{"action": "Write", "parameters": '{"text": "x"}'}],
			}
		)


def test_what_if_writes_nothing_even_about_a_broken_rule(harbour, rule):
	rule("Broken", conditions=[{"fact": "revenue_365d", "operator": ">=", "value": "1"}])
	frappe.db.sql("UPDATE `tabRule Condition` SET fact = 'gone' WHERE parent = 'Broken'")
	frappe.clear_document_cache("Linkage Rule", "Broken")
	(found,) = api.explain(harbour, {"trigger": BELL})["rules"]
	assert found["outcome"] == "Cannot Be Evaluated"
	assert not frappe.db.get_value("Linkage Rule", "Broken", "last_error")


def test_what_if_an_action_would_break_says_so(harbour, rule):
	def broken(work):
		raise KeyError("customer_nmae")

	teach("Break", preview=broken)
	rule("Visit", actions=[("Break", {"text": "x"})])
	(action,) = api.explain(harbour, {"trigger": BELL})["rules"][0]["actions"]
	assert action["failed"] and "customer_nmae" in action["text"]


@pytest.mark.parametrize("value", [{"disabled": 0}, ["like", "%"], True])
def test_a_parameter_is_text_or_a_number_and_no_filter(company, value):
	with pytest.raises(frappe.ValidationError):
		api.summary("Write", {"text": "x", "refuse": value})


def test_a_renamed_tag_is_followed_by_the_rules_that_wait_for_it_and_the_actions_that_take_it(tag, rule):
	rule("Visit", trigger="Tag Gained", tag=tag, actions=[("Remove Tag", {"tag": tag})])
	assert tag in inbox.awaited_tags("Tag Gained")
	frappe.rename_doc("Customer Tag", tag, "Review Top")
	assert inbox.awaited_tags("Tag Gained") >= {"Review Top"}
	row = frappe.get_cached_doc("Linkage Rule", "Visit").actions[0]
	assert (frappe.parse_json(row.parameters), row.summary) == ({"tag": "Review Top"}, "Review Top")


def test_what_actions_did_is_listed_for_readers_of_the_customer_only(company, harbour, rule, ring, runs):
	rule("Visit")
	ring(harbour)
	runs()
	listed = {"doctype": "Linkage Run Action", "parent_doctype": "Linkage Run", "fields": ["result"]}
	assert frappe.get_list(**listed)
	frappe.set_user(company.seller)
	assert frappe.has_permission("Linkage Run", "read")
	assert not frappe.get_list(**listed)


def test_a_form_that_was_open_meanwhile_does_not_make_a_rule_begin_again(rule):
	doc = rule("Visit", trigger="Profile Changed")
	frappe.db.set_value("Linkage Rule", "Visit", "baseline_version", "done", update_modified=False)
	doc.baseline_version = "of a form"
	doc.save()
	assert frappe.db.get_value("Linkage Rule", "Visit", "baseline_version") == "done"


def test_a_rule_by_the_clock_acts_in_the_period_in_which_it_observed(harbour, rule, runs, written):
	rule("Visit", trigger="Schedule", frequency="Month", include_existing=1, status="Observing")

	def night() -> int:
		existing.begin("Visit", commit=False)
		return schedule.tell_slice(CustomerSlice.of([harbour]), [getdate()])

	assert (night(), runs()) == (1, {("Visit", harbour): "Observed"})
	set_status("Linkage Rule", "Visit", "Active", "")
	assert night() == 1
	runs()
	assert (night(), runs()) == (1, {("Visit", harbour): "Done"})
	assert written(harbour) == ["Visit"]


def test_events_are_taken_by_portions(harbour, rule, ring, runs, monkeypatch):
	monkeypatch.setattr(inbox, "BATCH", 2)
	rule("Visit")
	for n in range(5):
		ring(harbour, key=str(n), at=MORNING + timedelta(minutes=n))
	assert len(inbox.take([harbour])) == 2
	assert planner.plan(commit=False) == (5, 5)


CUSTOMERS = tuple(f"Review Racer {n:02}" for n in range(25))
RULE, LATER = "Review Race", "Review Race, Later"


def _delete() -> None:
	for name in CUSTOMERS:
		frappe.delete_doc("Customer", name, force=True, ignore_missing=True)
	frappe.db.delete("Linkage Run", {"rule": ("in", (RULE, LATER))})
	for name in (RULE, LATER):
		frappe.delete_doc("Linkage Rule", name, force=True, ignore_missing=True)
	frappe.db.delete("Profile Refresh Request", {"customer": ("in", CUSTOMERS)})


@pytest.fixture
def committed(company):
	patiently(_delete)
	yield
	patiently(_delete)
	inbox.forget_awaited()


def test_a_transaction_from_before_a_rule_began_does_not_make_all_deaf_to_it(site, committed, rule):
	"""What it sees must not become what everybody is told."""
	began, go = threading.Event(), threading.Event()

	def old_transaction():
		frappe.db.count("Linkage Rule")  # from now on it sees the site as it is now
		began.set()
		assert go.wait(60)
		register()
		inbox.awaited(BELL)

	worker = Worker(site, old_transaction)
	assert began.wait(60)
	rule(RULE)
	commit_without_jobs()
	go.set()
	worker.done()
	frappe.local.cache.clear()
	assert inbox.awaited(BELL)


def test_a_batch_locks_no_run_but_its_own(site, committed, figures, rule):
	for name in CUSTOMERS:
		figures(name)
	rule(RULE)
	inbox.tell([bell_at(name) for name in CUSTOMERS])
	planner.plan(commit=False)
	frappe.db.after_commit.reset()
	commit_without_jobs()
	taken = {row.name for row in store.take_due(RULE, 10)}
	others: set[str] = set()
	Worker(site, lambda: others.update(row.name for row in store.take_due(RULE, 10))).done()
	assert (len(taken), len(others), taken & others) == (10, 10, set())


def test_runs_whose_result_cannot_be_stored_hold_up_no_other_rule(committed, figures, rule):
	figures(CUSTOMERS[0])
	teach(
		"Ramble", run=lambda work: replace(registry.actions()["Write"].run(work), reference=("x" * 200, "y"))
	)
	rule(RULE, actions=[("Ramble", {"text": "x"})])
	rule(LATER)
	inbox.tell([bell_at(CUSTOMERS[0])])
	commit_without_jobs()
	runner.run()
	assert dict(
		frappe.get_all("Linkage Run", {"rule": ("in", (RULE, LATER))}, ["rule", "status"], as_list=True)
	) == {
		RULE: "Waiting",
		LATER: "Done",
	}


def test_a_run_that_another_job_has_taken_up_meanwhile_is_not_sent_twice(committed, figures, rule):
	figures(CUSTOMERS[0])
	rule(RULE, actions=[("Send", {"text": "x"})])
	inbox.tell([bell_at(CUSTOMERS[0])])
	planner.plan(commit=False)
	job = executor._Execution(RULE, commit=False)
	slow = job._next()
	frappe.db.sql("UPDATE `tabLinkage Run` SET next_attempt = NULL WHERE rule = %s", (RULE,))
	runner.run(commit=False)
	job._external(slow[0])
	assert len(SENT) == 1
