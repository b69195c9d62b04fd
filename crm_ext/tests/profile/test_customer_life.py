# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""A customer's rows follow it through renaming, merging and deletion."""

import pytest


@pytest.fixture
def known(ago):
	"""`known(amount)` is a refreshed customer with one invoice."""
	from crm_ext.profile.service import refresh
	from crm_ext.tests import builders

	def make(amount: float) -> str:
		customer = builders.customer()
		builders.sales_invoice(customer, ago(5), amount)
		refresh([customer])
		return customer

	return make


def rename(old: str, new: str, *, merge: bool = False) -> None:
	import frappe

	frappe.rename_doc("Customer", old, new, merge=merge, show_alert=False, rebuild_search=False)


def rows(customer: str) -> int:
	import frappe

	return frappe.db.count("Customer Profile", {"customer": customer})


def test_a_renamed_customer_keeps_its_profile(known):
	from crm_ext.profile.service import profile_of

	old = known(100)
	rename(old, f"{old} Ltd")
	assert rows(old) == 0
	assert profile_of(f"{old} Ltd")["revenue_lifetime"] == 100


def test_a_name_under_which_rows_were_left_behind_can_be_taken(known):
	import frappe

	customer = known(100)
	frappe.db.set_value("Customer Profile", {"customer": customer}, "customer", "Left Behind")
	from crm_ext.profile.service import profile_of, refresh

	refresh([customer])
	rename(customer, "Left Behind")
	refresh(["Left Behind"])
	assert profile_of("Left Behind")["revenue_lifetime"] == 100


def test_merging_adds_up_and_leaves_one_profile(known):
	from crm_ext.profile import queue
	from crm_ext.profile.service import profile_of

	old, new = known(100), known(23)
	rename(old, new, merge=True)
	assert rows(old) == 0
	assert new in queue._pending()
	queue.drain(commit=False)
	assert profile_of(new)["revenue_lifetime"] == 123
	assert profile_of(new)["invoice_count"] == 2


def test_waiting_requests_follow_a_merge(known):
	import frappe

	from crm_ext.profile import queue

	old, new = known(100), known(23)
	queue.mark([old], "test")
	queue.flush()
	rename(old, new, merge=True)
	assert not frappe.db.exists("Profile Refresh Request", {"customer": old})
	assert frappe.db.exists("Profile Refresh Request", {"customer": new})


def test_a_deleted_customer_leaves_nothing_of_ours(company):
	import frappe

	from crm_ext.overrides.customer import OUR_ROWS
	from crm_ext.profile import queue
	from crm_ext.profile.service import refresh
	from crm_ext.tests import builders

	customer = builders.customer()
	queue.flush()
	refresh([customer])
	assert rows(customer) == 1
	frappe.delete_doc("Customer", customer)
	for doctype in OUR_ROWS:
		assert not frappe.db.exists(doctype, {"customer": customer}), doctype


def test_a_full_refresh_removes_rows_without_a_customer(company):
	import frappe

	from crm_ext.profile.store import delete_orphans
	from crm_ext.tests import builders

	customer = builders.customer()
	from crm_ext.profile.service import refresh

	refresh([customer])
	frappe.db.sql("DELETE FROM `tabCustomer` WHERE name = %s", customer)
	delete_orphans()
	assert rows(customer) == 0
