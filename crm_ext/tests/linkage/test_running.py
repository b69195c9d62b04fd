# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""From an event to what was done."""

from datetime import timedelta

import pytest

import frappe

from crm_ext.linkage import inbox, runner
from crm_ext.tests.linkage.conftest import BATCHES, BELL, MORNING, SENT
from crm_ext.tests.settings import change_settings

HARBOUR = "Harbour Foods"


def run_of(rule: str, customer: str = HARBOUR):
	name = frappe.db.get_value("Linkage Run", {"rule": rule, "customer": customer})
	return frappe.get_doc("Linkage Run", name)


@pytest.fixture
def harbour(figures):
	return figures(HARBOUR, revenue_365d=600_000)


def test_an_event_runs_the_actions_in_their_order_and_keeps_the_evidence(harbour, rule, ring, runs, written):
	rule(
		"Visit",
		actions=[("Write", {"text": "one"}), ("Write", {"text": "two"})],
		conditions=[{"fact": "revenue_365d", "operator": ">=", "value": "500000"}],
	)
	ring(harbour)
	assert runs() == {("Visit", harbour): "Done"}
	assert written(harbour) == ["one", "two"]
	run = run_of("Visit")
	assert [(row.status, row.result, row.reference_doctype) for row in run.actions] == [
		("Done", "Wrote one", "Comment"),
		("Done", "Wrote two", "Comment"),
	]
	proof = frappe.parse_json(run.evidence)
	assert proof["matched"] is True
	assert proof["steps"][0]["actual"] == "600000"


def test_conditions_that_do_not_hold_leave_no_run(harbour, rule, ring, runs):
	rule("Visit", conditions=[{"fact": "revenue_365d", "operator": "<", "value": "500000"}])
	ring(harbour)
	assert runs() == {}
	assert not inbox.waiting()


def test_conditions_may_ask_about_the_event_itself(harbour, rule, ring, runs):
	rule("Loud", conditions=[{"fact": "bell_volume", "operator": ">=", "value": "9"}])
	ring(harbour, bell_volume=9)
	ring(harbour, key="soft", bell_volume=2)
	assert runs() == {("Loud", harbour): "Done"}
	assert frappe.db.count("Linkage Run") == 1


def test_the_same_event_told_twice_changes_nothing(harbour, rule, ring, runs, written):
	rule("Visit")
	for _ in range(2):
		ring(harbour)
		ring(harbour)
		runs()
	assert frappe.db.count("Linkage Run") == 1
	assert written(harbour) == ["Visit"]


def test_it_changes_nothing_even_after_the_inbox_was_cleared(harbour, rule, ring, runs, written):
	rule("Visit")
	ring(harbour)
	runs()
	frappe.db.delete("Linkage Event")
	ring(harbour)
	runs()
	assert frappe.db.count("Linkage Run") == 1
	assert written(harbour) == ["Visit"]


def test_once_per_customer_and_quarter(harbour, rule, ring, runs, written):
	rule("Visit", once_per="Quarter")
	ring(harbour)
	ring(harbour, key="second")
	runs()
	ring(harbour, key="third", at=MORNING + timedelta(days=1))
	runs()
	assert len(written(harbour)) == 2


def test_the_cooldown_holds_between_batches(harbour, rule, ring, runs, written):
	rule("Visit", cooldown_days=30)
	ring(harbour)
	runs()
	ring(harbour, key="second", at=MORNING + timedelta(days=29))
	runs()
	assert len(written(harbour)) == 1
	ring(harbour, key="third", at=MORNING + timedelta(days=30))
	runs()
	assert len(written(harbour)) == 2


def test_the_loser_of_a_group_is_logged_with_the_reason(harbour, rule, ring, runs, written):
	rule("Visit", rule_group="Care", priority=2)
	rule("Call", rule_group="Care", priority=1)
	ring(harbour)
	assert runs() == {("Visit", harbour): "Done", ("Call", harbour): "Outranked"}
	assert written(harbour) == ["Visit"]
	assert "“Visit”" in run_of("Call").reason
	assert frappe.parse_json(run_of("Visit").evidence)["losers"][0]["rule"] == "Call"


def test_an_observing_rule_records_what_it_would_do_and_does_nothing(harbour, rule, ring, runs, written):
	rule("Visit", rule_group="Care")
	rule("New Visit", status="Observing", rule_group="Care", priority=9)
	ring(harbour)
	assert runs() == {("Visit", harbour): "Done", ("New Visit", harbour): "Observed"}
	assert written(harbour) == ["Visit"]
	run = run_of("New Visit")
	assert (run.shadow, run.actions[0].status, run.actions[0].result) == (1, "Would Run", "Write New Visit")


def test_held_out_customers_are_logged_and_left_alone(figures, rule, ring, runs, written):
	rule("Visit", hold_out_percent=50)
	names = [figures(f"Shop {n}") for n in range(20)]
	for name in names:
		ring(name)
	found = runs()
	out = [name for name in names if found["Visit", name] == "Held Out"]
	assert 2 <= len(out) <= 18
	assert all(bool(written(name)) != (name in out) for name in names)
	for name in names:
		ring(name, key="again")
	again = runs()
	assert [name for name in names if again["Visit", name] == "Held Out"] == out


def test_a_failing_action_does_not_undo_the_others(harbour, rule, ring, runs, written):
	rule(
		"Visit",
		actions=[
			("Write", {"text": "before"}),
			("Write", {"text": "bad", "refuse": harbour}),
			("Write", {"text": "after"}),
		],
	)
	ring(harbour)
	assert runs() == {("Visit", harbour): "Failed"}
	assert written(harbour) == ["before", "after"]
	run = run_of("Visit")
	assert [row.status for row in run.actions] == ["Done", "Failed", "Done"]
	assert run.reason == run.actions[1].error == f"{harbour} is refused."
	assert run.attempts == 1
	assert run.next_attempt > frappe.utils.now_datetime()


def test_all_or_nothing_undoes_the_others_and_keeps_what_leaves_the_site_back(
	harbour, rule, ring, runs, written
):
	rule(
		"Visit",
		actions=[
			("Write", {"text": "before"}),
			("Send", {"text": "sent"}),
			("Write", {"text": "bad", "refuse": harbour}),
			("Write", {"text": "after"}),
		],
		all_or_nothing=1,
	)
	ring(harbour)
	assert runs() == {("Visit", harbour): "Failed"}
	assert written(harbour) == []
	assert SENT == []
	assert [row.status for row in run_of("Visit").actions] == ["Undone", "Waiting", "Failed", "Waiting"]


def due_again(rule: str) -> None:
	frappe.db.set_value("Linkage Run", {"rule": rule}, "next_attempt", None)


def mend(rule: str, **parameters) -> None:
	doc = frappe.get_doc("Linkage Rule", rule)
	for row in doc.actions:
		row.parameters = frappe.as_json({**frappe.parse_json(row.parameters), **parameters})
	doc.save()


def test_a_retry_does_only_what_is_left_with_the_rule_as_mended(harbour, rule, ring, runs, written):
	rule("Visit", actions=[("Write", {"text": "good"}), ("Write", {"text": "bad", "refuse": harbour})])
	ring(harbour)
	runs()
	assert runs() == {("Visit", harbour): "Failed"}, "before its time nothing is tried"
	assert run_of("Visit").attempts == 1
	mend("Visit", refuse=None)
	due_again("Visit")
	assert runs() == {("Visit", harbour): "Done"}
	assert written(harbour) == ["good", "bad"]


def test_after_five_attempts_a_run_is_a_dead_letter_and_the_owner_is_told(harbour, rule, ring, runs):
	rule("Visit", actions=[("Write", {"text": "bad", "refuse": harbour})])
	ring(harbour)
	for attempt in range(1, 6):
		found = runs()
		assert run_of("Visit").attempts == attempt
		due_again("Visit")
	assert found == {("Visit", harbour): "Dead Letter"}
	assert runs() == {("Visit", harbour): "Dead Letter"}
	assert frappe.db.exists("Notification Log", {"document_type": "Linkage Rule", "document_name": "Visit"})


def test_a_dead_letter_can_be_retried_and_given_up(harbour, rule, ring, runs, written):
	from crm_ext.linkage import api

	change_settings(linkage_max_attempts=1)
	rule("Visit", actions=[("Write", {"text": "bad", "refuse": harbour})])
	ring(harbour)
	assert runs() == {("Visit", harbour): "Dead Letter"}
	name = run_of("Visit").name
	assert api.retry([name]) == {"retried": 1}
	assert runs() == {("Visit", harbour): "Dead Letter"}
	assert api.dismiss([name], reason="The customer is refused for good") == {"dismissed": 1}
	assert runs() == {("Visit", harbour): "Cancelled"}
	assert api.retry([name]) == {"retried": 0}


def test_what_leaves_the_site_is_sent_once_though_another_action_fails(harbour, rule, ring, runs, written):
	rule("Visit", actions=[("Send", {"text": "x"}), ("Write", {"text": "bad", "refuse": harbour})])
	ring(harbour)
	runs()
	due_again("Visit")
	assert runs() == {("Visit", harbour): "Failed"}
	assert [customer for customer, _run in SENT] == [harbour]
	assert run_of("Visit").attempts == 2


def test_a_fault_outside_is_tried_again(harbour, rule, ring, runs, written):
	rule("Visit", actions=[("Send", {"text": "x", "refuse": harbour}), ("Write", {"text": "ok"})])
	ring(harbour)
	assert runs() == {("Visit", harbour): "Failed"}
	mend("Visit", refuse=None)
	due_again("Visit")
	assert runs() == {("Visit", harbour): "Done"}
	assert written(harbour) == ["ok"]
	assert len(SENT) == 2


def test_actions_that_work_on_sets_get_many_customers_at_once(figures, rule, ring, runs, written):
	rule("Visit", actions=[("Write All", {"text": "all"})])
	names = [figures(f"Shop {n}") for n in range(30)]
	for name in names:
		ring(name)
	runs()
	assert BATCHES == [30]
	assert all(written(name) == ["all"] for name in names)


def test_one_bad_customer_does_not_spoil_the_set(figures, rule, ring, runs, written):
	names = [figures(f"Shop {n}") for n in range(5)]
	rule("Visit", actions=[("Write All", {"text": "all", "refuse": names[2]})])
	for name in names:
		ring(name)
	found = runs()
	assert [found["Visit", name] for name in names] == ["Done", "Done", "Failed", "Done", "Done"]
	assert [len(written(name)) for name in names] == [1, 1, 0, 1, 1]


def test_a_paused_rule_leaves_its_runs_waiting_and_a_stopped_one_cancels_them(harbour, rule, ring, runs):
	from crm_ext.rules.api import set_status

	rule("Visit", actions=[("Write", {"text": "bad", "refuse": harbour})])
	ring(harbour)
	runs()
	due_again("Visit")
	set_status("Linkage Rule", "Visit", "Paused", "Holidays")
	assert runs() == {("Visit", harbour): "Failed"}
	assert run_of("Visit").attempts == 1
	set_status("Linkage Rule", "Visit", "Stopped", "Over")
	assert runs() == {("Visit", harbour): "Cancelled"}


def test_a_rule_that_cannot_be_evaluated_says_so_and_loses_no_event(harbour, rule, ring, runs, written):
	rule("Visit")
	rule("Broken", conditions=[{"fact": "revenue_365d", "operator": ">=", "value": "1", "currency": "CNY"}])
	frappe.db.sql("UPDATE `tabRule Condition` SET fact = 'gone' WHERE parent = 'Broken'")
	frappe.clear_document_cache("Linkage Rule", "Broken")
	ring(harbour)
	assert runs() == {("Visit", harbour): "Done"}
	assert "gone" in frappe.db.get_value("Linkage Rule", "Broken", "last_error")
	assert runs() == {("Visit", harbour): "Done"}
	frappe.db.sql(
		"UPDATE `tabRule Condition` SET fact = 'revenue_365d', currency = '' WHERE parent = 'Broken'"
	)
	frappe.clear_document_cache("Linkage Rule", "Broken")
	frappe.db.sql("UPDATE `tabLinkage Event` SET wait_until = NULL")
	assert runs() == {("Visit", harbour): "Done", ("Broken", harbour): "Done"}
	assert not frappe.db.get_value("Linkage Rule", "Broken", "last_error")
	assert written(harbour) == ["Visit", "Broken"]


def test_a_chain_of_rules_is_stopped_at_the_stated_depth_and_says_so(harbour, rule, ring, runs):
	rule("Echo", actions=[("Ring Again", {"text": "ding"})])
	for n in range(8):
		ring(harbour, key=str(n), at=frappe.utils.now_datetime())
		runs()
	rows = frappe.get_all(
		"Linkage Run", fields=["status", "depth", "reason", "cause"], order_by="creation asc, depth asc"
	)
	assert [row.depth for row in rows] == [0, 1, 2, 3, 4, 5, 6, 6]
	assert [row.status for row in rows] == ["Done"] * 6 + ["Stopped"] * 2
	assert "a chain of 6 runs" in rows[6].reason
	assert rows[1].cause and not rows[0].cause


def test_a_run_whose_actions_are_all_gone_is_cancelled_and_not_done(harbour, rule, ring, runs):
	doc = rule("Visit", actions=[("Write", {"text": "bad", "refuse": harbour})])
	ring(harbour)
	runs()
	doc.reload()
	doc.set("actions", [{"action": "Send", "parameters": '{"text": "x"}'}])
	doc.save()
	due_again("Visit")
	assert runs() == {("Visit", harbour): "Cancelled"}


def test_rows_that_were_written_anew_are_known_by_their_place(harbour, rule, ring, runs, written):
	doc = rule("Visit", actions=[("Write", {"text": "bad", "refuse": harbour})])
	ring(harbour)
	runs()
	doc.reload()
	doc.set("actions", [{"action": "Write", "parameters": '{"text": "good"}'}])
	doc.save()
	due_again("Visit")
	assert runs() == {("Visit", harbour): "Done"}
	assert written(harbour) == ["good"]


def test_switched_off_nothing_runs_and_nothing_is_lost(harbour, rule, ring, runs):
	rule("Visit")
	ring(harbour)
	change_settings(linkage_enabled=0)
	assert runs() == {}
	change_settings(linkage_enabled=1)
	assert runs() == {("Visit", harbour): "Done"}


def test_planning_takes_as_many_queries_for_300_events_as_for_30(figures, rule, ring, queries):
	for n in range(5):
		rule(
			f"Rule {n}",
			once_per="Month",
			conditions=[{"fact": "revenue_365d", "operator": ">=", "value": str(n)}],
		)
	names = [figures(f"Shop {n}", revenue_365d=n) for n in range(300)]

	def judged(some) -> int:
		from crm_ext.linkage import planner

		for name in some:
			ring(name)
		return queries(lambda: planner.plan(commit=False))

	judged(names[:5])  # warms the caches
	few, many = judged(names[5:35]), judged(names[35:])
	# 1,325 runs are written in two statements, with two for their actions
	assert many <= few + 2
	assert runner.store.due()
	assert frappe.db.count("Linkage Run", {"trigger": BELL}) > 1_000
