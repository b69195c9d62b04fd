# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The invented company is what its page says, and gets the tags that its page promises."""

import pytest

import frappe
from frappe.utils.password import check_password

from crm_ext.demo import data
from crm_ext.demo.install import install, past_days
from crm_ext.profile.service import refresh
from crm_ext.setup.defaults import TAGS
from crm_ext.tags.service import tags_of


@pytest.fixture(scope="module")
def tags(company):
	"""The tags of every demo customer after one refresh, by its name in data.py."""
	refresh(as_of=company.as_of)
	found = {name: {row["tag"] for row in tags_of(record)} for name, record in company.customers.items()}
	frappe.db.rollback()
	return found


@pytest.mark.parametrize("customer", data.CUSTOMERS, ids=lambda customer: customer.name)
def test_a_refresh_gives_exactly_the_documented_tags(tags, customer):
	assert tags[customer.name] == set(customer.tags), customer.story


def test_every_shipped_tag_is_held_by_somebody():
	held = {tag for customer in data.CUSTOMERS for tag in customer.tags}
	assert held == {tag["tag_name"] for tag in TAGS}


def test_refreshing_again_changes_nothing(company):
	refresh(as_of=company.as_of)
	assert refresh(as_of=company.as_of).changed == 0


def test_installing_again_finds_the_same_company(company):
	customers = frappe.db.count("Customer")
	invoices = frappe.db.count("Sales Invoice")
	assert install() == company
	assert (frappe.db.count("Customer"), frappe.db.count("Sales Invoice")) == (customers, invoices)


def test_the_duplicate_is_merged_away(company):
	for customer in data.CUSTOMERS:
		if customer.duplicate:
			assert not frappe.db.exists("Customer", customer.duplicate[0])
			assert frappe.db.count("Sales Invoice", {"customer": company.customers[customer.name]}) == 2


def test_two_counter_sales_are_consolidated_and_one_is_not(company):
	assert frappe.db.count("POS Invoice", {"docstatus": 1, "consolidated_invoice": ("is", "set")}) == 2
	assert frappe.db.count("POS Invoice", {"docstatus": 1, "consolidated_invoice": ("is", "not set")}) == 1


def test_the_documented_password_opens_every_account(company):
	for user in data.USERS:
		assert check_password(user.email, data.PASSWORD) == user.email


def test_the_seller_sees_only_the_customers_permitted(company):
	frappe.set_user(company.seller)
	seen = frappe.get_list("Customer", pluck="name", limit=0)
	assert set(seen) == {company.customers[name] for name in data.SELLER.customers}


def test_the_past_is_computed_at_twelve_month_ends(company):
	days = past_days(company.as_of)
	assert len(days) == 12
	assert days == sorted(days)
	assert all(frappe.utils.get_last_day(day) == day and day < company.as_of for day in days)


def test_the_observing_class_transition_records_and_moves_nobody(company):
	walk_in = company.customers["Thornbury Household"]
	refresh([walk_in])
	observed = frappe.get_all("Class Transition Log", {"shadow": 1}, pluck="customer")
	assert walk_in in observed
	assert frappe.db.get_value("Customer", walk_in, "customer_group") == "Walk-in"
