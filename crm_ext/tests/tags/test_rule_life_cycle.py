# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""A tag goes from draft to active only when it is sound."""

import pytest

import frappe

from crm_ext.tests.tags.conftest import at_least, below


def draft(name: str, group: str, **values):
	return frappe.get_doc(
		{"doctype": "Customer Tag", "tag_name": name, "tag_group": group, **values}
	).insert()


def activate(tag) -> None:
	tag.status = "Active"
	tag.save()


@pytest.fixture
def club(group):
	return group("Club", High={"rank": 30, "conditions": [at_least(500_000)]})


def test_a_failing_saved_test_case_blocks_the_activation(club):
	case = {"title": "Half a million", "facts": '{"revenue_365d": 500000}', "expected": "Matches"}
	tag = draft("Club Top", club, rank=40, conditions=[at_least(600_000)], test_cases=[case])
	with pytest.raises(frappe.ValidationError, match="Half a million"):
		activate(tag)
	tag.reload()
	tag.conditions[0].value = "500000"
	activate(tag)
	assert frappe.db.get_value("Customer Tag", "Club Top", "status") == "Active"


def test_an_overlap_of_equal_rank_blocks_the_activation(club):
	tag = draft("Club Twin", club, rank=30, conditions=[at_least(400_000)])
	with pytest.raises(frappe.ValidationError, match="same rank"):
		activate(tag)


def test_conditions_that_contradict_each_other_block_the_activation(club):
	tag = draft("Club Never", club, rank=5, conditions=[at_least(2), below(1)])
	with pytest.raises(frappe.ValidationError, match="never match"):
		activate(tag)


def test_tags_that_ask_for_each_other_in_a_circle_block_the_activation(club, group):
	wants = {"fact": "tags", "operator": "includes any of"}
	group("Other", One={"conditions": [{**wants, "value": "Club High"}]})
	tag = draft("Club Odd", club, rank=1, conditions=[{**wants, "value": "Other One"}])
	with pytest.raises(frappe.ValidationError, match="circle"):
		activate(tag)


@pytest.mark.parametrize(
	"row, message",
	[
		({"fact": "revenue", "operator": ">=", "value": "1"}, "revenue.*not known"),
		({"fact": "revenue_365d", "operator": ">=", "value": "much"}, "a number"),
		({"fact": "revenue_365d", "operator": "in the last", "value": "3"}, "does not go with"),
		({"fact": "last_cooperation", "operator": "in the last", "value": "3"}, "needs a unit"),
		({"fact": "last_cooperation", "operator": ">=", "value": "yesterday"}, "a date"),
	],
)
def test_a_bad_condition_is_refused_with_its_row_and_the_cure(club, row, message):
	with pytest.raises(frappe.ValidationError, match=f"row 2.*{message}"):
		draft("Club Bad", club, conditions=[at_least(1), row])
	assert not frappe.db.exists("Customer Tag", "Club Bad")


def test_the_life_cycle_cannot_be_left(club):
	tag = frappe.get_doc("Customer Tag", "Club High")
	tag.update({"status": "Stopped", "status_reason": "Over."})
	tag.save()
	tag.status = "Active"
	with pytest.raises(frappe.ValidationError, match="cannot go from Stopped to Active"):
		tag.save()


def test_pausing_needs_a_reason(club):
	tag = frappe.get_doc("Customer Tag", "Club High")
	tag.update({"status": "Paused", "status_reason": ""})
	with pytest.raises(frappe.ValidationError, match="reason"):
		tag.save()


def test_the_version_changes_with_what_decides_and_with_nothing_else(club):
	tag = frappe.get_doc("Customer Tag", "Club High")
	tag.description = "The best."
	tag.save()
	assert tag.version == 1
	tag.conditions[0].value = "600000"
	tag.save()
	assert tag.version == 2


@pytest.mark.parametrize("name", ["A, B", "A|B"])
def test_a_name_with_a_separator_is_refused(club, name):
	with pytest.raises(frappe.ValidationError, match="comma"):
		draft(name, club)
