# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Making a rule: what is refused, what is warned of, what is kept."""

import pytest

import frappe

from crm_ext.rules.api import check, set_status
from crm_ext.tests.linkage.conftest import BELL

RICH = [{"fact": "revenue_365d", "operator": ">=", "value": "500000"}]


def test_a_rule_needs_an_event_that_is_available(rule):
	with pytest.raises(frappe.ValidationError, match="“Full Moon” is not available"):
		rule("Visit", trigger="Full Moon")


def test_an_action_must_be_available_and_says_what_it_needs(rule):
	with pytest.raises(frappe.ValidationError, match="row 1: The action “Dance” is not available"):
		rule("Visit", actions=[("Dance", {})])
	with pytest.raises(frappe.ValidationError, match="row 2: The action “Write” needs “Text”"):
		rule("Visit", actions=[("Write", {"text": "a"}), ("Write", {})])
	with pytest.raises(frappe.ValidationError, match="“Nobody” is no Customer"):
		rule("Visit", actions=[("Write", {"text": "a", "refuse": "Nobody"})])


def test_parameters_that_are_no_object_are_refused_with_a_sentence(rule):
	with pytest.raises(frappe.ValidationError, match="JSON object"):
		rule("Visit", actions=[("Write", ["a"])])


def test_rules_are_not_merged(rule):
	rule("Visit"), rule("Call")
	with pytest.raises(frappe.ValidationError, match="cannot be merged"):
		frappe.rename_doc("Linkage Rule", "Visit", "Call", merge=True)


def test_parameters_are_cleaned_and_summed_up(rule):
	doc = rule("Visit", actions=[("Write", {"text": " a ", "unknown": 1})])
	assert frappe.parse_json(doc.actions[0].parameters) == {"text": "a"}
	assert doc.actions[0].summary == "Write “a”"


def test_a_condition_on_the_fact_of_another_event_is_refused(rule):
	from crm_ext.linkage import registry
	from crm_ext.rules.actions import Trigger

	registry.triggers()["Silence"] = Trigger(name="Silence")
	loud = [{"fact": "bell_volume", "operator": ">", "value": "3"}]
	assert rule("Loud", conditions=loud)
	with pytest.raises(frappe.ValidationError, match="does not belong to the event “Silence”"):
		rule("Quiet", trigger="Silence", conditions=loud)


def test_what_belongs_to_another_event_is_cleared(rule):
	assert not rule("Visit", occasion="Birthday", days_before=3, frequency="Day").occasion


def test_nobody_can_be_held_out_wholly_and_once_ever_needs_no_cooldown(rule):
	with pytest.raises(frappe.ValidationError, match="less than 100"):
		rule("Visit", hold_out_percent=100)
	with pytest.raises(frappe.ValidationError, match="needs no cooldown"):
		rule("Visit", once_per="Ever", cooldown_days=3)


def test_changed_actions_make_a_new_version(rule):
	doc = rule("Visit")
	doc.actions[0].parameters = frappe.as_json({"text": "other"})
	doc.save()
	assert doc.version == 2
	doc.description = "says more"
	doc.save()
	assert doc.version == 2


def test_a_failing_test_case_blocks_activation(rule):
	rule(
		"Visit",
		status="Draft",
		conditions=RICH,
		test_cases=[{"title": "Poor", "facts": '{"revenue_365d": 1}', "expected": "Matches"}],
	)
	with pytest.raises(frappe.ValidationError, match="Poor"):
		set_status("Linkage Rule", "Visit", "Active")


def test_a_rule_without_conditions_matches_every_test_case(rule):
	rule("Visit", status="Draft", test_cases=[{"title": "Anybody", "facts": "{}", "expected": "Matches"}])
	assert set_status("Linkage Rule", "Visit", "Active") == {"status": "Active"}


def test_a_rule_that_can_bring_itself_about_is_warned_of_and_not_blocked(rule):
	rule("Echo", status="Draft", actions=[("Ring Again", {"text": "x"})])
	(finding,) = check("Linkage Rule", "Echo")["findings"]
	assert (finding["kind"], finding["blocks"]) == ("loop", False)
	assert "Echo → Echo" in finding["text"]
	assert set_status("Linkage Rule", "Echo", "Active") == {"status": "Active"}


def test_conditions_that_contradict_each_other_block_activation(rule):
	rule("Never", status="Draft", conditions=[*RICH, {**RICH[0], "operator": "<", "value": "1"}])
	with pytest.raises(frappe.ValidationError, match="can never match"):
		set_status("Linkage Rule", "Never", "Active")


def test_equal_priority_in_a_group_where_both_match_blocks_activation(rule):
	rule("Visit", rule_group="Care", conditions=RICH)
	rule("Call", status="Draft", rule_group="Care", conditions=[{**RICH[0], "value": "600000"}])
	with pytest.raises(frappe.ValidationError, match="same rank"):
		set_status("Linkage Rule", "Call", "Active")


def test_a_rule_with_runs_is_kept(rule, figures, ring, runs):
	doc = rule("Visit")
	ring(figures("Harbour Foods"))
	runs()
	with pytest.raises(frappe.ValidationError, match="Stop it instead"):
		doc.delete()


def test_the_hold_out_outlives_a_rename(rule):
	from crm_ext.linkage.rules import live_rules

	rule("Visit", hold_out_percent=10)
	(before,) = (one for one in live_rules(trigger=BELL) if one.name == "Visit")
	frappe.rename_doc("Linkage Rule", "Visit", "Long Visit")
	(after,) = (one for one in live_rules(trigger=BELL) if one.name == "Long Visit")
	assert before.limits.seed == after.limits.seed


def test_the_form_sums_actions_up_in_the_language_of_its_reader(rule):
	doc = rule("Call", actions=[("Create Task", {"subject": "Call", "assign_to": "Account Manager"})])
	assert "Account Manager" in doc.actions[0].summary
	frappe.local.lang = "zh"
	try:
		doc = frappe.get_doc("Linkage Rule", "Call")
		doc.run_method("onload")
	finally:
		frappe.local.lang = "en"
	assert "客户经理" in doc.actions[0].summary


def test_a_summary_of_an_action_that_is_gone_stays_as_it_was_written(rule):
	from crm_ext.linkage import registry

	doc = rule("Visit")
	del registry.actions()["Write"]
	doc.run_method("onload")
	assert doc.actions[0].summary == "Write “Visit”"
