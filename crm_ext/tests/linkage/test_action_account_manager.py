# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Assign Account Manager: by coverage, capacity and load, and by ERPNext's own territory managers."""

import threading

import pytest

import frappe

from crm_ext.exceptions import AccountManagersFull, NoAccountManager, ParameterMissing, UserDisabled
from crm_ext.linkage import registry
from crm_ext.profile.transactions import read_committed
from crm_ext.tests import builders
from crm_ext.tests.linkage.at_work import account_manager, preview, run, user, work
from crm_ext.tests.parallel import Worker

ASSIGN = "Assign Account Manager"
ANNA, BO, CAI = (f"{name}.manager@willowbay.test" for name in ("anna", "bo", "cai"))


@pytest.fixture(autouse=True)
def nobody_else(company):
	"""Without the managers of the demo, whose names it gives."""
	names = frappe.get_all("Account Manager", {"enabled": 1}, pluck="name")
	frappe.db.sql("UPDATE `tabAccount Manager` SET enabled = 0")
	return names


def manager_of(customer: str) -> str | None:
	return frappe.db.get_value("Customer", customer, "account_manager")


def test_the_nearest_territory_gets_the_customer():
	account_manager(ANNA, ("Home Market", ""))
	account_manager(BO, ("North Coast", ""))
	account_manager(CAI, ("Overseas", ""))
	customer = builders.customer(territory="North Coast")
	outcome = run(customer, ASSIGN, by="Territory")
	assert manager_of(customer) == BO
	assert outcome.text == "Account Manager: – → Bo"
	assert outcome.changed


def test_the_smallest_load_gets_the_customer_and_disabled_customers_are_no_load():
	account_manager(ANNA)
	account_manager(BO)
	builders.customer(account_manager=ANNA)
	builders.customer(account_manager=BO, disabled=1)
	customer = builders.customer()
	run(customer, ASSIGN, by="Load")
	assert manager_of(customer) == BO


def test_a_customer_that_has_a_manager_keeps_it_unless_it_is_to_be_replaced():
	account_manager(ANNA, ("North Coast", ""))
	customer = builders.customer(territory="North Coast", account_manager=user(BO))
	outcome = run(customer, ASSIGN, by="Territory")
	assert (outcome.changed, outcome.text, manager_of(customer)) == (
		False,
		"Bo stays the account manager",
		BO,
	)
	outcome = run(customer, ASSIGN, by="Territory", replace=1)
	assert (outcome.text, manager_of(customer)) == ("Account Manager: Bo → Anna", ANNA)


def test_a_manager_whose_user_is_disabled_counts_as_none_and_gets_nobody():
	account_manager(ANNA)
	account_manager(BO)
	customer = builders.customer(account_manager=BO)
	user(BO, enabled=0)
	run(customer, ASSIGN, by="Load")
	assert manager_of(customer) == ANNA


def test_replacing_twice_changes_nothing_the_second_time():
	account_manager(ANNA, capacity=2)
	account_manager(BO, capacity=2)
	for manager in (ANNA, BO):
		builders.customer(account_manager=manager)
	customer = builders.customer(account_manager=BO)
	assert run(customer, ASSIGN, by="Load", replace=1).changed
	assert manager_of(customer) == ANNA
	assert not run(customer, ASSIGN, by="Load", replace=1).changed


def test_a_full_manager_is_left_out_and_all_full_is_a_fault_that_says_so():
	account_manager(ANNA, ("North Coast", ""), capacity=1)
	account_manager(BO, ("Home Market", ""), capacity=1)
	first, second, third = (builders.customer(territory="North Coast") for _ in range(3))
	run(first, ASSIGN, by="Territory")
	run(second, ASSIGN, by="Territory")
	assert (manager_of(first), manager_of(second)) == (ANNA, BO)
	with pytest.raises(AccountManagersFull, match="Raise the capacity"):
		run(third, ASSIGN, by="Territory")


def test_nobody_who_covers_the_customer_is_a_fault_that_says_what_to_do():
	account_manager(ANNA, ("Overseas", ""))
	with pytest.raises(NoAccountManager, match=r"North Coast.*widen the coverage"):
		run(builders.customer(territory="North Coast"), ASSIGN, by="Load")


def test_a_named_user_is_assigned_without_coverage_and_must_be_enabled():
	customer = builders.customer()
	with pytest.raises(ParameterMissing):
		run(customer, ASSIGN, by="User")
	run(customer, ASSIGN, by="User", user=user(CAI))
	assert manager_of(customer) == CAI
	user(CAI, enabled=0)
	with pytest.raises(UserDisabled):
		preview(builders.customer(), ASSIGN, by="User", user=CAI)


@pytest.fixture
def territory_manager():
	"""`territory_manager("North Coast", user)` makes a user ERPNext's own manager of a territory."""

	def make(territory: str, email: str) -> str:
		employee = frappe.get_doc(
			doctype="Employee",
			first_name=email.split(".")[0],
			gender=frappe.db.get_value("Gender", {}),
			date_of_birth="1990-01-01",
			date_of_joining="2020-01-01",
			company=frappe.db.get_value("Company", {}),
			user_id=user(email),
			create_user_permission=0,
		).insert()
		person = frappe.get_doc(
			doctype="Sales Person", sales_person_name=email, employee=employee.name, parent_sales_person=""
		).insert()
		frappe.db.set_value("Territory", territory, "territory_manager", person.name)
		return person.name

	return make


def test_by_territory_erpnexts_own_territory_manager_steps_in_going_up_the_tree(territory_manager):
	territory_manager("Home Market", ANNA)
	customer = builders.customer(territory="North Coast")
	run(customer, ASSIGN, by="Territory")
	assert manager_of(customer) == ANNA
	territory_manager("North Coast", BO)
	run(customer, ASSIGN, by="Territory", replace=1)
	assert manager_of(customer) == BO


def test_the_territory_manager_steps_in_neither_for_another_way_nor_against_its_own_record(
	territory_manager,
):
	territory_manager("North Coast", ANNA)
	customer = builders.customer(territory="North Coast")
	with pytest.raises(NoAccountManager):
		run(customer, ASSIGN, by="Load")
	account_manager(ANNA, ("Overseas", ""))
	with pytest.raises(NoAccountManager):
		run(customer, ASSIGN, by="Territory")


def test_erpnexts_own_checks_run_when_the_customer_is_saved():
	account_manager(ANNA)
	customer = builders.customer()
	frappe.get_doc(
		doctype="Sales Team",
		parent=customer,
		parenttype="Customer",
		parentfield="sales_team",
		sales_person=frappe.db.get_value("Sales Person", {"is_group": 1}),
		allocated_percentage=50,
	).db_insert()
	with pytest.raises(frappe.ValidationError, match="equal to 100"):
		registry.action(ASSIGN).run(work(customer, ASSIGN, by="Load"))


def test_a_set_is_assigned_one_after_the_other_with_what_was_given_before_in_mind():
	for email in (ANNA, BO):
		account_manager(email, capacity=3)
	customers = [builders.customer() for _ in range(5)]
	works = [work(customer, ASSIGN, by="Load") for customer in [*customers, customers[0]]]
	outcomes = registry.action(ASSIGN).run_many(works)
	assert [outcome.changed for outcome in outcomes] == [True] * 5 + [False]
	assert sorted(map(manager_of, customers)) == [ANNA] * 3 + [BO] * 2


def test_looking_costs_a_few_queries_and_writes_nothing(queries):
	account_manager(ANNA, ("Home Market", ""))
	customer = builders.customer(territory="North Coast")
	looked = work(customer, ASSIGN, by="Territory")
	assert queries(lambda: registry.action(ASSIGN).preview(looked)) <= 8
	assert manager_of(customer) is None


def test_two_jobs_at_once_keep_to_the_capacity(site, nobody_else):
	customers = [builders.customer(f"Racing Account {n}") for n in range(8)]
	for email in (ANNA, BO):
		account_manager(email, capacity=3)
	frappe.db.after_commit.reset()
	frappe.db.commit()
	barrier = threading.Barrier(2)

	def assign(some: list[str]):
		with read_committed():
			barrier.wait()
			for customer in some:
				try:
					registry.action(ASSIGN).run(work(customer, ASSIGN, by="Load"))
				except AccountManagersFull:
					pass
			frappe.db.after_commit.reset()

	try:
		for worker in [
			Worker(site, lambda some=some: assign(some)) for some in (customers[:4], customers[4:])
		]:
			worker.done()
		frappe.db.rollback()
		assert sorted(manager_of(name) or "" for name in customers) == ["", "", *[ANNA] * 3, *[BO] * 3]
	finally:
		frappe.db.rollback()
		for email in (ANNA, BO):
			frappe.delete_doc("Account Manager", email, force=True, ignore_missing=True)
		for name in customers:
			frappe.delete_doc("Customer", name, force=True, ignore_missing=True)
		for email in (ANNA, BO):
			frappe.delete_doc("User", email, force=True, ignore_missing=True)
		frappe.db.delete("Profile Refresh Request", {"customer": ("in", customers)})
		for name in nobody_else:
			frappe.db.set_value("Account Manager", name, "enabled", 1)
		frappe.db.after_commit.reset()
		frappe.db.commit()
