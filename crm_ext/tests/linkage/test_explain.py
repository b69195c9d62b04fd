# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What would happen, and what would have happened: nothing is written."""

from datetime import timedelta

import pytest

import frappe

from crm_ext.linkage.api import dry_run, explain, linkage_map
from crm_ext.rules.actions import Action, Outcome, Parameter, Trigger, tag_gained
from crm_ext.tests.linkage.conftest import BELL, MORNING, PAST, bell_at
from crm_ext.tests.settings import change_settings

HARBOUR = "Harbour Foods"
RICH = [{"fact": "revenue_365d", "operator": ">=", "value": "500000"}]


@pytest.fixture
def harbour(figures):
	return figures(HARBOUR, revenue_365d=600_000)


def by_rule(answer: dict) -> dict[str, dict]:
	return {one["rule"]: one for one in answer["rules"]}


def rows() -> tuple[int, ...]:
	return tuple(
		frappe.db.count(d) for d in ("Linkage Event", "Linkage Run", "Linkage Run Action", "Comment")
	)


def test_each_rule_says_what_it_would_do_or_why_not(harbour, rule, ring, runs):
	rule("Visit", conditions=RICH, rule_group="Care", priority=2)
	rule("Call", rule_group="Care")
	rule("Poor", conditions=[{**RICH[0], "operator": "<"}])
	rule("Watched", status="Observing")
	rule("Yearly", once_per="Ever")
	ring(harbour)
	runs()
	before = rows()
	answer = explain(harbour, {"trigger": BELL})
	found = by_rule(answer)
	assert {name: one["outcome"] for name, one in found.items()} == {
		"Visit": "Would Run",
		"Call": "Outranked",
		"Poor": "Conditions Not Met",
		"Watched": "Would Be Observed",
		"Yearly": "Once per Period",
	}
	assert found["Visit"]["actions"] == [
		{"action": "Write", "label": "Write", "external": False, "text": "Write Visit", "changed": True}
	]
	assert found["Visit"]["steps"][0]["met"] and not found["Poor"]["steps"][0]["met"]
	assert "“Visit”" in found["Call"]["reason"]
	assert all(one["reason"] for one in found.values() if not one["runs"])
	assert rows() == before


def test_the_tag_that_is_gained_is_counted_as_held_already(harbour, rule, ring):
	from crm_ext.linkage import registry

	registry.triggers()["Tag Gained"] = Trigger(name="Tag Gained", fields=("tag",))
	rule("Visit", trigger="Tag Gained", tag="Platinum", conditions=includes("Platinum"))
	rule("Other", trigger="Tag Gained", tag="Gold")
	found = by_rule(explain(harbour, {"trigger": "Tag Gained", "tag": "Platinum"}))
	assert {name: one["outcome"] for name, one in found.items()} == {"Visit": "Would Run"}


def includes(tag: str) -> list[dict]:
	return [{"fact": "tags", "operator": "includes any of", "value": tag}]


def test_what_follows_is_followed_to_the_stated_depth(harbour, rule):
	from crm_ext.linkage import registry

	registry.triggers()["Tag Gained"] = Trigger(name="Tag Gained", fields=("tag",))
	registry.actions()["Tag"] = Action(
		name="Tag",
		run=lambda work: Outcome(text=""),
		preview=lambda work: Outcome(text="Tags"),
		summary=lambda parameters: "Tags",
		parameters=(Parameter(name="tag", label="Tag", fieldtype="Link", options="Customer Tag"),),
		effects=lambda parameters: [tag_gained(parameters["tag"])],
	)
	rule("First", trigger="Tag Gained", tag="Gold", actions=[("Tag", {"tag": "Product-oriented"})])
	rule("Second", trigger="Tag Gained", tag="Product-oriented", conditions=includes("Gold"))
	answer = explain(harbour, {"trigger": "Tag Gained", "tag": "Gold"})
	(then,) = answer["then"]
	assert (then["because"], then["event"]["tag"]) == ("First", "Product-oriented")
	assert by_rule(then)["Second"]["outcome"] == "Would Run"
	change_settings(linkage_max_depth=0)
	(then,) = explain(harbour, {"trigger": "Tag Gained", "tag": "Gold"})["then"]
	assert then["rules"] == [] and "cut off" in then["stopped"]


def test_what_a_tag_displaces_in_its_group_is_lost_and_that_is_followed_too(harbour, rule):
	from crm_ext.tags import service

	service.assign(harbour, "Gold", reason="So far")
	rule("Promoted", trigger="Tag Gained", tag="Platinum", conditions=includes("Gold"))
	rule("Farewell", trigger="Tag Lost", tag="Gold", conditions=includes("Platinum"))
	answer = explain(harbour, {"trigger": "Tag Gained", "tag": "Platinum"})
	assert by_rule(answer)["Promoted"]["outcome"] == "Conditions Not Met"
	(then,) = answer["then"]
	assert (then["because"], then["event"]["text"]) == ("Tag Gained: Platinum", "Tag Lost: Gold")
	assert by_rule(then)["Farewell"]["outcome"] == "Would Run"


def test_a_customer_without_figures_yet_is_asked_to_wait(harbour):
	frappe.db.delete("Customer Profile", {"customer": harbour})
	with pytest.raises(frappe.ValidationError, match="try again"):
		explain(harbour, {"trigger": BELL})


@pytest.mark.parametrize(
	"event, told",
	[
		({"trigger": BELL, "facts": [1]}, "facts. cannot be read"),
		({"trigger": BELL, "occurred_at": "soon"}, "occurred_at. cannot be read"),
		({"trigger": ["x"]}, "trigger. cannot be read"),
		("[]", "event. cannot be read"),
	],
)
def test_an_event_of_the_wrong_kind_is_refused_with_a_sentence(harbour, event, told):
	with pytest.raises(frappe.ValidationError, match=told):
		explain(harbour, event)


def test_an_unknown_event_is_refused_by_name(harbour):
	with pytest.raises(frappe.ValidationError, match="“Full Moon” is not available"):
		explain(harbour, {"trigger": "Full Moon"})


def test_a_dry_run_counts_what_would_have_happened_and_writes_nothing(figures, rule):
	names = [figures(f"Shop {n}", revenue_365d=n) for n in range(6)]
	PAST.extend(bell_at(name) for name in names)
	PAST.extend(bell_at(name, key="later", at=MORNING + timedelta(days=1)) for name in names)
	doc = rule("Visit", status="Draft", once_per="Year", conditions=[{**RICH[0], "value": "3"}])
	before = rows()
	answer = dry_run("Visit", days=30)
	assert {one["outcome"]: one["count"] for one in answer["outcomes"]} == {
		"Conditions Not Met": 6,
		"Would Run": 3,
		"Once per Period": 3,
	}
	assert (answer["events"], answer["customers"]) == (12, 6)
	assert answer["actions"] == [
		{"action": "Write", "label": "Write", "text": "Write “Visit”", "count": 3, "unchanged": 0}
	]
	assert answer["sample"][0]["actions"] == ["Write Visit"]
	doc.conditions[0].value = "5"
	assert {one["outcome"]: one["count"] for one in dry_run(doc.as_dict())["outcomes"]}["Would Run"] == 1
	assert rows() == before


def test_a_dry_run_reckons_with_the_rules_of_its_group(harbour, rule):
	PAST.append(bell_at(harbour))
	rule("Visit", rule_group="Care", priority=5)
	rule("Call", status="Draft", rule_group="Care")
	answer = dry_run("Call")
	assert [one["outcome"] for one in answer["outcomes"]] == ["Outranked"]


def test_the_map_joins_sources_rules_and_actions(rule):
	rule("Visit", actions=[("Write", {"text": "a"}), ("Send", {"text": "b"})], bundle="Test")
	found = linkage_map(bundle="Test")
	assert [one["id"] for one in found["sources"]] == [f"{BELL}|"]
	assert [(one["name"], one["source"], one["status"]) for one in found["rules"]] == [
		("Visit", f"{BELL}|", "Active")
	]
	assert [(one["action"], one["external"]) for one in found["actions"]] == [
		("Write", False),
		("Send", True),
	]
	assert [(one["action"], one["idx"]) for one in found["links"]] == [("Write", 1), ("Send", 2)]
	assert "Test" in found["bundles"]


def test_a_preview_reckons_with_what_the_actions_before_would_change(harbour, rule, company):
	frappe.get_doc(doctype="Account Manager", user=company.seller).insert()
	rule(
		"Welcome",
		actions=[
			("Assign Account Manager", {"by": "Load"}),
			("Create Task", {"subject": "Welcome", "assign_to": "Account Manager"}),
		],
	)
	texts = [action["text"] for action in by_rule(explain(harbour, {"trigger": BELL}))["Welcome"]["actions"]]
	name = frappe.utils.get_fullname(company.seller)
	assert all(name in text for text in texts), texts
