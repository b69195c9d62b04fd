# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Whoever may read a customer may read what we keep about it; nobody else, and nobody else learns anything."""

import pytest


@pytest.fixture
def two_customers(company, ago):
	from crm_ext.profile.service import refresh
	from crm_ext.tests import builders

	names = [builders.customer(), builders.customer()]
	for name in names:
		builders.sales_invoice(name, ago(5), 100)
	refresh(names)
	return names


@pytest.fixture
def user(company):
	"""`user("Sales User", …)` is a new user with these roles; `only=…` are the customers allowed to it."""
	import frappe

	def make(*roles: str, only: tuple[str, ...] = ()) -> str:
		email = f"{frappe.generate_hash(length=8)}@example.com"
		frappe.get_doc(
			{
				"doctype": "User",
				"email": email,
				"first_name": "Test",
				"send_welcome_email": 0,
				"roles": [{"role": role} for role in roles],
			}
		).insert(ignore_permissions=True)
		for customer in only:
			frappe.get_doc(
				{"doctype": "User Permission", "user": email, "allow": "Customer", "for_value": customer}
			).insert(ignore_permissions=True)
		return email

	return make


def listed(email: str, customers: list[str]) -> set[str]:
	import frappe

	frappe.set_user(email)
	rows = frappe.get_list("Customer Profile", filters={"customer": ("in", customers)}, pluck="customer")
	return set(rows)


def test_a_sales_user_sees_all_customers(two_customers, user):
	assert listed(user("Sales User"), two_customers) == set(two_customers)


def test_a_user_permission_on_customers_holds_for_profiles(two_customers, user):
	import frappe

	mine, theirs = two_customers
	assert listed(user("Sales User", only=(mine,)), two_customers) == {mine}
	for customer, allowed in ((mine, True), (theirs, False)):
		row = frappe.db.get_value("Customer Profile", {"customer": customer, "company": ""})
		assert frappe.has_permission("Customer Profile", "read", doc=row) is allowed


def test_a_user_permission_on_territories_holds_for_profiles(two_customers, user):
	import frappe

	mine, theirs = two_customers
	territory = frappe.get_doc({"doctype": "Territory", "territory_name": "Test Island"}).insert()
	frappe.db.set_value("Customer", theirs, "territory", territory.name)
	email = user("Sales User")
	allowed = frappe.db.get_value("Customer", mine, "territory")
	frappe.get_doc(
		{"doctype": "User Permission", "user": email, "allow": "Territory", "for_value": allowed}
	).insert(ignore_permissions=True)
	assert listed(email, two_customers) == {mine}


def test_conditions_of_other_apps_on_customers_hold_for_profiles(two_customers, user, monkeypatch):
	import frappe

	mine, _theirs = two_customers
	email = user("Sales User")
	get_hooks = frappe.get_hooks

	def with_other_app(hook=None, *args, **kwargs):
		hooks = get_hooks(hook, *args, **kwargs)
		if hook == "permission_query_conditions":
			hooks = {**hooks, "Customer": ["crm_ext.tests.profile.test_permissions.only_the_first"]}
		return hooks

	monkeypatch.setattr(frappe, "get_hooks", with_other_app)
	only_the_first.customer = mine
	assert listed(email, two_customers) == {mine}


def only_the_first(user=None, doctype=None) -> str:
	import frappe

	return f"`tabCustomer`.name = {frappe.db.escape(only_the_first.customer)}"


def test_without_the_role_nothing_is_listed(two_customers, user):
	import frappe

	with pytest.raises(frappe.PermissionError):
		listed(user("Website Manager"), two_customers)


def test_the_profile_is_answered_to_those_who_may_read_the_customer(two_customers, user):
	import frappe

	from crm_ext.profile.api import profile_of

	mine, _theirs = two_customers
	frappe.set_user(user("Sales User", only=(mine,)))
	assert profile_of(mine)["revenue_365d"] == 100
	assert profile_of(mine, "No Such Company") == {}


def test_those_without_access_learn_nothing(two_customers, user):
	import frappe

	from crm_ext.profile.api import profile_of

	mine, theirs = two_customers
	answers = set()
	for email in (user("Sales User", only=(mine,)), user("Website Manager"), "Guest"):
		frappe.set_user(email)
		said = set()
		for customer in (theirs, "No Such Customer"):
			frappe.clear_messages()
			with pytest.raises(frappe.PermissionError) as error:
				profile_of(customer)
			told = tuple(message["message"] for message in map(frappe.parse_json, frappe.get_message_log()))
			said.add((str(error.value), told))
		assert len(said) == 1
		answers |= said
	assert not any(name in str(answer) for answer in answers for name in (theirs, "No Such"))
