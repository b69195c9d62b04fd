# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What observing rules would have done: the figures, and the message to the owner."""

import pytest

import frappe
from frappe.desk.doctype.notification_settings.notification_settings import (
	is_email_notifications_enabled_for_type,
)
from frappe.utils import getdate, nowdate

from crm_ext.linkage import weekly
from crm_ext.linkage.weekly import Line, observed
from crm_ext.tasks import crm_ext_weekly_linkage_report
from crm_ext.tests.linkage.past import ago, customers, linkage_rule, runs
from crm_ext.tests.settings import change_settings

RULE = "Visit the Large"
TASK = "Create a Task: Visit"


@pytest.fixture(autouse=True)
def the_rule(company):
	frappe.db.delete("Linkage Run")
	frappe.db.delete("Linkage Run Action")
	frappe.db.delete("Linkage Rule", {"status": "Observing"})
	return linkage_rule(RULE, "Observing", company.manager)


@pytest.fixture
def last_week() -> int:
	"""So many days ago was the Wednesday of last week."""
	return getdate(nowdate()).weekday() + 5


def observe(names, days_ago, status="Observed", **values):
	return runs(RULE, names, status, days_ago, shadow=1, **values)


def lines(days: int = 60, **values) -> list[Line]:
	return [line for week in observed(ago(days), ago(0), **values) for line in week.lines]


def notes(rule: str = RULE) -> list[dict]:
	return frappe.get_all(
		"Notification Log",
		{"document_type": "Linkage Rule", "document_name": rule},
		["for_user", "type", "subject", "email_content", "link"],
	)


def test_a_week_says_what_would_run_and_what_it_would_change(last_week):
	first, second, third = customers(3)
	observe([first, second], last_week, actions=[(TASK, "Would Run"), ("Add the Tag", "Unchanged")])
	observe([first, third], last_week + 1, actions=[(TASK, "Unchanged"), ("Add the Tag", "Failed")])
	(week,) = observed(ago(30), ago(0))
	assert week.lines == [
		Line("Would run", 4, 3),
		Line(TASK, 4, 3, changes=2, unchanged=2, failures=0),
		Line("Add the Tag", 4, 3, changes=0, unchanged=2, failures=2),
	]
	assert (week.rule, week.runs, week.monday.weekday()) == (RULE, 4, 0)
	assert week.examples == [(name, name) for name in (first, second, third)]


def test_a_run_that_waits_for_its_preview_would_run(last_week):
	observe(customers(1), last_week, "Waiting", actions=[(TASK, "Waiting")])
	assert lines() == [Line("Would run", 1, 1), Line(TASK, 1, 1, 0, 0, 0)]


def test_whose_place_it_would_take_who_outranks_it_and_who_is_held_out(last_week):
	names = customers(9)
	observe(names[:3], last_week, losers=["Call the Large"])
	observe(names[2:4], last_week + 1, losers=["Call the Large", "Write to the Large"])
	observe(names[4:6], last_week, "Outranked", reason="“Key Account” has the higher priority.")
	observe(names[6:8], last_week, "Held Out")
	observe(names[8:], last_week, "Stopped", reason="Stopped: a chain of 6 runs.")
	assert lines() == [
		Line("Would run", 5, 4),
		Line("In the place of “Call the Large”", 5, 4),
		Line("In the place of “Write to the Large”", 2, 2),
		Line("Held out to measure the effect", 2, 2),
		Line("“Key Account” has the higher priority.", 2, 2),
		Line("Stopped, for rules trigger each other", 1, 1),
	]


def test_weeks_begin_on_monday_and_the_latest_comes_first(last_week):
	monday = last_week + 2
	for days_ago in (monday + 1, monday, monday - 6, monday - 7):
		observe(customers(1, f"On {days_ago}"), days_ago)
	assert [(week.monday, week.runs) for week in observed(ago(60), ago(0))] == [
		(ago(monday - 7), 1),
		(ago(monday), 2),
		(ago(monday + 7), 1),
	]


def test_runs_that_did_something_and_other_days_do_not_count(last_week):
	(name,) = customers(1)
	runs(RULE, [name], "Done", last_week)
	observe([name], 61)
	assert lines() == []


def test_one_rule_can_be_looked_at_alone(last_week):
	observe(customers(2), last_week)
	runs(linkage_rule("Another Rule", "Observing"), customers(3, "Other"), "Observed", last_week, shadow=1)
	assert {week.rule: week.runs for week in observed(ago(60), ago(0))} == {RULE: 2, "Another Rule": 3}
	assert lines(rule=RULE) == [Line("Would run", 2, 2)]


def test_only_customers_that_the_reader_may_read_count(company, last_week):
	mine = frappe.get_all("User Permission", {"user": company.seller, "allow": "Customer"}, pluck="for_value")
	others = [name for name in company.customers.values() if name not in mine]
	observe([mine[0], *others[:3]], last_week, losers=["Call"], actions=[(TASK, "Would Run")])
	observe(others[3:4], last_week, "Outranked", reason="Another one runs.")
	(week,) = observed(ago(60), ago(0), user=company.seller)
	assert [(line.times, line.customers) for line in week.lines] == [(1, 1)] * 3
	assert [customer for customer, _name in week.examples] == [mine[0]]
	assert observed(ago(60), ago(0), user=company.agent) == []


def test_the_number_of_queries_does_not_depend_on_the_number_of_runs(last_week, queries):
	observe(customers(1), last_week, losers=["Call"], actions=[(TASK, "Would Run")])
	few = queries(lambda: lines())
	observe(customers(300, "Many"), last_week + 7, losers=["Call"], actions=[(TASK, "Would Run")])
	assert queries(lambda: lines()) == few


def test_the_owner_is_told_on_monday_what_the_rule_would_have_done(company, last_week):
	(name,) = customers(1)
	observe([name], last_week, actions=[(TASK, "Would Run")])
	crm_ext_weekly_linkage_report()
	(note,) = notes()
	assert note.for_user == company.manager
	assert RULE in note.subject and "1 runs" in note.subject
	assert TASK in note.email_content
	assert f">{name}</a>" in note.email_content
	assert "/Linkage%20Rules%20Observed?" in note.link
	assert f"from_date={ago(last_week + 2)}&to_date={ago(last_week - 4)}" in note.link


def test_the_job_tells_once_a_week_however_often_it_runs(last_week):
	observe(customers(1), last_week)
	assert weekly.send() == 1
	observe(customers(1, "More"), last_week)
	assert weekly.send() == 0
	assert len(notes()) == 1


def test_nothing_observed_last_week_is_no_news(last_week):
	observe(customers(1), last_week + 7)
	observe(customers(1, "Today"), 0)
	assert weekly.send() == 0
	assert notes() == []


@pytest.mark.parametrize("values", [{"status": "Active"}, {"rule_owner": None}, {"rule_owner": "Guest"}])
def test_only_the_owner_of_an_observing_rule_is_told(last_week, values):
	observe(customers(1), last_week)
	frappe.db.set_value("Linkage Rule", RULE, values)
	if values.get("rule_owner"):
		frappe.db.set_value("User", values["rule_owner"], "enabled", 0)
	assert weekly.send() == 0


def test_a_fault_with_one_rule_does_not_keep_the_others_from_being_told(last_week, monkeypatch):
	observe(customers(1), last_week)
	runs(linkage_rule("Broken", "Observing"), customers(1, "Other"), "Observed", last_week, shadow=1)
	content = weekly._content

	def sometimes(week):
		return content(week) if week.rule == RULE else 1 / 0

	monkeypatch.setattr(weekly, "_content", sometimes)
	assert weekly.send() == 1
	assert len(notes()) == 1
	assert frappe.db.exists("Error Log", {"reference_doctype": "Linkage Rule", "reference_name": "Broken"})


def test_nobody_is_told_while_linkage_is_switched_off(last_week):
	observe(customers(1), last_week)
	change_settings(linkage_enabled=0)
	assert weekly.send() == 0


def test_names_are_no_markup_in_the_message(last_week):
	(name,) = customers(1, "<b>Bold</b>")
	observe([name], last_week, actions=[("<script>alert(1)</script>", "Would Run")])
	weekly.send()
	content = notes()[0].email_content
	assert "<b>" not in content and "<script>" not in content


def test_it_is_a_message_that_frappe_mails_to_whoever_wants_mail(company, last_week):
	observe(customers(1), last_week)
	weekly.send()
	assert is_email_notifications_enabled_for_type(company.manager, notes()[0].type)
	frappe.db.set_value("Notification Settings", company.manager, "enable_email_notifications", 0)
	assert not is_email_notifications_enabled_for_type(company.manager, notes()[0].type)
