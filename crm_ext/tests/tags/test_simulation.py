# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What a changed rule would do, before it does it."""

import pytest

import frappe

from crm_ext.exceptions import RuleError
from crm_ext.tags import simulation
from crm_ext.tests.tags.conftest import at_least, below


@pytest.fixture
def club(group, figures, refresh):
	name = group(
		"Club",
		High={"rank": 30, "conditions": [at_least(500_000)]},
		Low={"rank": 10, "conditions": [below(500_000)]},
	)
	customers = [
		figures("Big Simulated", revenue_365d=600_000),
		figures("Near Simulated", revenue_365d=450_000),
		figures("Small Simulated", revenue_365d=10_000),
	]
	refresh(*customers, group=name)
	return customers


def simulated(tag: str, visible, **changes) -> dict:
	document = frappe.get_doc("Customer Tag", tag)
	document.conditions[0].update(changes)
	return simulation.simulate(document, set(visible), lambda done, total: None)


def test_gains_losses_and_money_by_tag_and_by_current_tag(club):
	result = simulated("Club High", club, value="400000")
	assert result["gains"] == {"customers": 1, "revenue": 450_000}
	assert result["losses"] == {"customers": 0, "revenue": 0}
	assert result["unchanged"] == {"customers": 1, "revenue": 600_000}
	assert {(row["from"], row["to"]): row["customers"] for row in result["flow"]} == {
		("Club High", "Club High"): 1,
		("Club Low", "Club High"): 1,
		("Club Low", "Club Low"): 1,
	}
	assert [(row["customer"], row["from"], row["to"]) for row in result["sample"]] == [
		("Near Simulated", "Club Low", "Club High")
	]
	assert {row["tag"]: (row["before"], row["after"]) for row in result["by_tag"]} == {
		"Club High": (1, 2),
		"Club Low": (2, 1),
	}


def test_a_simulation_writes_nothing(club):
	before = frappe.db.count("Customer Tag Assignment")
	simulated("Club High", club, value="1")
	assert frappe.db.count("Customer Tag Assignment") == before


def test_customers_that_the_user_may_not_see_do_not_count(club):
	result = simulated("Club High", club[2:], value="1")
	assert result["customers"] == 1
	assert {row["customer"] for row in result["sample"]} == {"Small Simulated"}


def test_a_simulation_agrees_with_the_refresh_that_follows(club, refresh):
	expected = simulated("Club High", club, value="400000")
	tag = frappe.get_doc("Customer Tag", "Club High")
	tag.conditions[0].value = "400000"
	tag.save()
	refresh(*club, group="Club")
	held = frappe.db.count("Customer Tag Assignment", {"tag": "Club High", "closed_key": "", "shadow": 0})
	assert held == expected["gains"]["customers"] + expected["unchanged"]["customers"]


def test_a_condition_that_cannot_be_evaluated_is_named(club):
	with pytest.raises(RuleError, match="a number"):
		simulated("Club High", club, value="a lot")
