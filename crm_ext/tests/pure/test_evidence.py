# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_ext.exceptions import UnreadableEvidence
from crm_ext.rules.conditions import Condition, matches, resolve
from crm_ext.rules.evidence import RuleRef, build, replay
from crm_ext.rules.facts import normalise
from crm_ext.tests.rule_strategies import FACTS, Day, customers, days, rules

RULE = RuleRef("Customer Tag", "高价值", 3, "0123456789abcdef")
DAY = date(2026, 5, 31)

many = settings(
	max_examples=200, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


def evidence(conditions, facts, as_of=DAY, **options):
	known = {name: normalise(FACTS[name], value) for name, value in facts.items()}
	clauses = resolve(conditions, FACTS, Day(as_of))
	built = build(RULE, clauses, known, as_of=as_of, company="", currency="CNY", **options)
	assert built["matched"] is matches(clauses, known, options.get("holding", False))
	return json.loads(json.dumps(built, ensure_ascii=False))


@many
@given(st.data())
def test_evidence_replays_as_it_was_decided(data):
	as_of = data.draw(days)
	stored = evidence(
		data.draw(rules(as_of)), data.draw(customers(as_of)), as_of, holding=data.draw(st.booleans())
	)
	found = replay(stored)
	assert found.match and found.recorded is stored["matched"]


@many
@given(st.data())
def test_a_step_with_another_outcome_is_a_mismatch(data):
	as_of = data.draw(days)
	stored = evidence(data.draw(rules(as_of).filter(bool)), data.draw(customers(as_of)), as_of)
	step = data.draw(st.sampled_from(stored["steps"]))
	field = data.draw(st.sampled_from(["met", "negate"]))
	step[field] = not step[field]
	found = replay(stored)
	assert not found.match and step["fact"] in found.differing


def test_an_actual_value_changed_across_the_threshold_is_a_mismatch():
	stored = evidence([Condition("revenue", ">=", "500000")], {"revenue": 600000})
	stored["steps"][0]["actual"] = "400000"
	assert replay(stored).differing == ("revenue",) and not replay(stored).match


def test_a_changed_threshold_is_a_mismatch():
	stored = evidence([Condition("last_order", "in the last", "3", "months")], {"last_order": "2026-03-01"})
	for field, day in (("operand", "2026-04-01"), ("latest", "2026-02-01")):
		tampered = json.loads(json.dumps(stored))
		tampered["steps"][0][field] = day
		assert not replay(tampered).match


def test_a_changed_outcome_is_a_mismatch():
	stored = evidence([Condition("revenue", ">=", "500000")], {"revenue": 600000})
	stored["matched"] = False
	found = replay(stored)
	assert (found.recorded, found.replayed, found.match) == (False, True, False)


def test_steps_that_contradict_each_other_are_a_mismatch():
	rule = [Condition("revenue", ">=", "100"), Condition("revenue", "<", "900")]
	stored = evidence(rule, {"revenue": 500})
	stored["steps"][0]["actual"] = "501"
	assert not replay(stored).match


def test_of_a_tree_only_the_node_and_what_the_customer_has_is_kept():
	rule = [
		Condition("territory", "is or is under", "All"),
		Condition("item_groups", "includes all of", "华东, All"),
	]
	facts = {"territory": "上海", "item_groups": "|50%|retail|Elsewhere|"}
	stored = evidence(rule, facts)
	assert [step["operand"] for step in stored["steps"]] == [
		["All", "上海"],
		[["50%", "华东"], ["50%", "All", "retail", "华东"]],
	]
	assert replay(stored).match and stored["matched"]


def test_the_schema_is_stable():
	rule = [
		Condition("revenue", ">=", "500,000", keep_value="400000.50"),
		Condition("tags", "includes none of", "B, A"),
		Condition("last_order", "in the last", "3", "months", any_of=1),
	]
	facts = {"revenue": 450000, "last_order": "2026-05-01"}
	assert evidence(rule, facts, holding=True, losers=[("中价值", "Lower rank")]) == {
		"schema": 1,
		"rule": {"doctype": "Customer Tag", "name": "高价值", "version": 3, "hash": "0123456789abcdef"},
		"as_of": "2026-05-31",
		"company": "",
		"currency": "CNY",
		"holding": True,
		"matched": True,
		"steps": [
			{
				"fact": "revenue",
				"type": "money",
				"op": "ge",
				"operand": "400000.5",
				"latest": None,
				"negate": False,
				"any_of": 0,
				"actual": "450000",
				"met": True,
			},
			{
				"fact": "tags",
				"type": "set",
				"op": "any",
				"operand": [["B"], ["A"]],
				"latest": None,
				"negate": True,
				"any_of": 0,
				"actual": None,
				"met": True,
			},
			{
				"fact": "last_order",
				"type": "date",
				"op": "ge",
				"operand": "2026-02-28",
				"latest": "2026-05-31",
				"negate": False,
				"any_of": 1,
				"actual": "2026-05-01",
				"met": True,
			},
		],
		"losers": [{"rule": "中价值", "reason": "Lower rank"}],
	}


def test_evidence_of_another_schema_is_refused():
	stored = evidence([Condition("revenue", ">=", "1")], {"revenue": 1})
	with pytest.raises(UnreadableEvidence):
		replay(stored | {"schema": 2})
