# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The linkage rules of the demo do what its page says."""

from collections import Counter

import pytest

import frappe

from crm_ext.demo import linkage, linkage_data
from crm_ext.profile.service import refresh
from crm_ext.tags.announce import announce

RULES = tuple(rule.title for rule in linkage_data.RULES)


@pytest.fixture
def at_work(company):
	"""The rules of the demo on one refresh; what is in force is forgotten afterwards."""
	refresh(as_of=company.as_of)
	announce(commit=False)
	linkage.install(company)
	yield company
	frappe.db.rollback()
	for rule in RULES:
		frappe.clear_document_cache("Linkage Rule", rule)


def runs() -> Counter:
	return Counter(frappe.get_all("Linkage Run", fields=["rule", "status"], as_list=True))


def test_every_rule_has_run_as_documented(at_work):
	documented = {(rule.title, status): n for rule in linkage_data.RULES for status, n in rule.runs.items()}
	assert runs() == documented


def test_only_the_documented_rules_are_in_force(at_work):
	in_force = frappe.get_all("Linkage Rule", {"status": ("!=", "Draft")}, ["name", "status"], as_list=True)
	assert set(in_force) == {(rule.title, rule.status) for rule in linkage_data.RULES}


def test_the_documented_customers_are_held_out(at_work):
	held_out = frappe.get_all("Linkage Run", {"status": "Held Out"}, pluck="customer")
	names = ("Iron Quay", "Ravenscar Marine", "Yarrow Clinics")
	assert set(held_out) == {at_work.customers[name] for name in names}


def test_customers_of_high_value_have_an_account_manager_and_a_task_for_it(at_work):
	tasks = frappe.get_all(
		"ToDo",
		{"reference_type": "Customer", "description": ("like", "%Welcome%")},
		["reference_name", "allocated_to"],
	)
	managers = {manager.user.email for manager in linkage_data.ACCOUNT_MANAGERS}
	assert len(tasks) == 5
	assert {task.allocated_to for task in tasks} == managers
	for task in tasks:
		assert frappe.db.get_value("Customer", task.reference_name, "account_manager") == task.allocated_to


def test_the_dead_letter_says_why(at_work):
	reason = frappe.db.get_value("Linkage Run", {"status": "Dead Letter"}, "reason")
	assert linkage_data.PRICE_LIST in reason


def test_putting_them_into_force_again_changes_nothing(at_work):
	before = runs()
	assert linkage.install(at_work) is False
	assert runs() == before
