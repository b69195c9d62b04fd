# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Set Price List, Set Sales Partner, Set Payment Terms."""

import pytest

import frappe

from crm_ext.exceptions import NoSuchRecord, PriceListUnusable
from crm_ext.linkage import registry
from crm_ext.rules.actions import fact_changed
from crm_ext.tests import builders
from crm_ext.tests.linkage.at_work import preview, run, work

GOLD = "Gold Prices"


@pytest.fixture
def gold(company):
	def make(**values) -> str:
		doc = frappe.get_doc(
			{"doctype": "Price List", "price_list_name": GOLD, "currency": "CNY", "selling": 1, **values}
		)
		return doc.insert().name

	return make


@pytest.fixture
def partner(company):
	return (
		frappe.get_doc(
			doctype="Sales Partner", partner_name="Harbour Agents", territory="Home Market", commission_rate=2
		)
		.insert()
		.name
	)


@pytest.fixture
def terms(company):
	return (
		frappe.get_doc(
			doctype="Payment Terms Template",
			template_name="60 Days",
			terms=[
				{"invoice_portion": 100, "due_date_based_on": "Day(s) after invoice date", "credit_days": 60}
			],
		)
		.insert()
		.name
	)


def test_the_price_list_is_set_and_the_change_is_told(gold):
	gold()
	customer = builders.customer(default_price_list="Standard Selling")
	outcome = run(customer, "Set Price List", price_list=GOLD)
	assert outcome.text == f"Price List: Standard Selling → {GOLD}"
	assert frappe.db.get_value("Customer", customer, "default_price_list") == GOLD


def test_the_sales_partner_is_set(partner):
	customer = builders.customer()
	assert (
		run(customer, "Set Sales Partner", sales_partner=partner).text == "Sales Partner: – → Harbour Agents"
	)
	assert frappe.db.get_value("Customer", customer, "default_sales_partner") == partner


def test_the_payment_terms_are_set(terms):
	customer = builders.customer()
	assert run(customer, "Set Payment Terms", payment_terms=terms).text == "Payment Terms: – → 60 Days"
	assert frappe.db.get_value("Customer", customer, "payment_terms") == terms


def test_what_is_so_already_is_left_alone(gold):
	customer = builders.customer(default_price_list=gold())
	modified = frappe.db.get_value("Customer", customer, "modified")
	outcome = run(customer, "Set Price List", price_list=GOLD)
	assert (outcome.changed, outcome.text) == (False, f"Price List: {GOLD} already")
	assert frappe.db.get_value("Customer", customer, "modified") == modified


@pytest.mark.parametrize(
	"values", [{"enabled": 0}, {"selling": 0, "buying": 1}], ids=["disabled", "for buying"]
)
def test_a_price_list_that_cannot_be_sold_by_is_refused_when_the_rule_is_saved_and_when_it_runs(gold, values):
	gold()
	customer = builders.customer()
	given = work(customer, "Set Price List", price_list=GOLD)
	frappe.db.set_value("Price List", GOLD, values)
	with pytest.raises(PriceListUnusable, match="not for selling"):
		work(customer, "Set Price List", price_list=GOLD)
	action = registry.action("Set Price List")
	for carry_out in (action.run, action.preview):
		with pytest.raises(PriceListUnusable):
			carry_out(given)
	assert frappe.db.get_value("Customer", customer, "default_price_list") is None


def test_a_record_deleted_since_is_a_fault(partner):
	given = work(builders.customer(), "Set Sales Partner", sales_partner=partner)
	frappe.delete_doc("Sales Partner", partner)
	with pytest.raises(NoSuchRecord, match="Harbour Agents"):
		registry.action("Set Sales Partner").run(given)


def test_looking_writes_nothing(gold):
	gold()
	customer = builders.customer()
	assert preview(customer, "Set Price List", price_list=GOLD).changed
	assert frappe.db.get_value("Customer", customer, "default_price_list") is None


@pytest.mark.parametrize(
	("action", "fact"),
	[
		("Set Price List", "default_price_list"),
		("Set Sales Partner", "default_sales_partner"),
		("Set Payment Terms", "payment_terms"),
		("Assign Account Manager", "account_manager"),
	],
)
def test_each_says_which_fact_it_changes(action, fact):
	from crm_ext.rules.site import registry as facts

	assert registry.effects_of(action, {}) == {fact_changed(fact)}
	assert fact in facts()
