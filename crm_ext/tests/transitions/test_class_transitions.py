# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Customers move to another Customer Group when their figures say so, and the log says why."""

import pytest

import frappe

from crm_ext.profile.slices import CustomerSlice
from crm_ext.rules import evidence
from crm_ext.tests.tags.conftest import TODAY, at_least
from crm_ext.transitions import service


@pytest.fixture
def groups():
	"""Walk-in (with a group under it), Member and Patron below one root."""
	root = frappe.db.get_value("Customer Group", {"parent_customer_group": ("in", ["", None]), "is_group": 1})
	for name, parent, is_group in (
		("Test Walk-in", root, 1),
		("Test Street", "Test Walk-in", 0),
		("Test Member", root, 0),
		("Test Patron", root, 0),
	):
		frappe.get_doc(
			doctype="Customer Group",
			customer_group_name=name,
			parent_customer_group=parent,
			is_group=is_group,
		).insert()


@pytest.fixture
def walk_in(groups, figures):
	def make(name: str, **values) -> str:
		figures(name, **values)
		frappe.db.set_value("Customer", name, "customer_group", "Test Street")
		return name

	return make


def transition(title="Join", from_group="Test Walk-in", to_group="Test Member", status="Active", **values):
	values.setdefault("conditions", [at_least(3, "invoice_count")])
	return frappe.get_doc(
		{
			"doctype": "Class Transition",
			"title": title,
			"from_group": from_group,
			"to_group": to_group,
			"status": status,
			**values,
		}
	).insert()


def refresh(*customers: str) -> int:
	return service.refresh_slice(CustomerSlice.of(customers), TODAY)


def group_of(customer: str) -> str:
	return frappe.db.get_value("Customer", customer, "customer_group")


def logs(customer: str) -> list:
	return frappe.get_all(
		"Class Transition Log",
		{"customer": customer},
		["from_group", "to_group", "shadow", "error", "evidence"],
	)


def test_whoever_matches_is_moved_and_logged_with_evidence(walk_in):
	transition()
	third, second = walk_in("Third Invoice", invoice_count=3), walk_in("Second Invoice", invoice_count=2)
	assert refresh(third, second) == 1
	assert (group_of(third), group_of(second)) == ("Test Member", "Test Street")
	log = logs(third)[0]
	assert (log.from_group, log.to_group, log.shadow) == ("Test Street", "Test Member", 0)
	assert evidence.replay(frappe.parse_json(log.evidence)).match
	assert logs(second) == []


def test_the_second_refresh_moves_nobody(walk_in):
	transition()
	customer = walk_in("Moved Once", invoice_count=3)
	refresh(customer)
	assert refresh(customer) == 0
	assert len(logs(customer)) == 1


def test_an_observing_transition_records_once_and_moves_nobody(walk_in):
	transition(status="Observing")
	customer = walk_in("Observed Only", invoice_count=3)
	for _ in range(2):
		assert refresh(customer) == 0
	assert group_of(customer) == "Test Street"
	assert [log.shadow for log in logs(customer)] == [1]


def test_the_highest_priority_goes_first_and_a_customer_is_moved_once(walk_in):
	transition()
	transition("Honour", to_group="Test Patron", priority=10)
	customer = walk_in("Two Ways", invoice_count=3)
	assert refresh(customer) == 1
	assert group_of(customer) == "Test Patron"


def test_a_customer_that_cannot_be_saved_is_logged_and_the_others_go_on(walk_in):
	transition()
	stuck, free = walk_in("Stuck Trading", invoice_count=3), walk_in("Free Trading", invoice_count=3)
	frappe.db.set_value("Customer", stuck, "territory", "No Such Territory")
	assert refresh(stuck, free) == 1
	assert (group_of(stuck), group_of(free)) == ("Test Street", "Test Member")
	assert "No Such Territory" in logs(stuck)[0].error
	assert refresh(stuck) == 0
	assert len(logs(stuck)) == 1


def test_transitions_in_a_circle_cannot_be_activated(groups):
	transition(from_group="Test Street")
	with pytest.raises(frappe.ValidationError, match="circle"):
		transition("Back", from_group="Test Member", to_group="Test Street")


@pytest.mark.parametrize(
	"values, message",
	[
		({"to_group": "Test Street", "from_group": "Test Street"}, "must differ"),
		({"to_group": "Test Street"}, "must not lie within"),
		({"from_group": "Test Member", "to_group": "Test Walk-in"}, "without groups under it"),
		({"conditions": []}, "at least one"),
	],
)
def test_a_transition_that_makes_no_sense_is_refused(groups, values, message):
	with pytest.raises(frappe.ValidationError, match=message):
		transition(**values)


def test_a_transition_with_a_log_is_not_deleted(walk_in):
	rule = transition()
	refresh(walk_in("Logged Trading", invoice_count=3))
	with pytest.raises(frappe.ValidationError, match="log"):
		frappe.delete_doc("Class Transition", rule.name)
