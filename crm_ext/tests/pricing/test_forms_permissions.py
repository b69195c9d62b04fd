# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The endpoints of forms tell automatic prices to those who may write the document and read the customer."""

import pytest

import frappe

from crm_ext.demo import data
from crm_ext.overrides import price_endpoints
from crm_ext.pricing import forms
from crm_ext.tests import builders
from crm_ext.tests.pricing.people import as_user, person
from crm_ext.tests.pricing.shop import PRICE_LIST, unsaved

LISTED, OURS = 100, 88.8


def asked(customer: str, doctype: str = "Sales Order") -> dict:
	"""What a form sends for one row of an item that has a rate."""
	return {
		"doctype": doctype,
		"customer": customer,
		"company": data.HOME.name,
		"currency": data.HOME.currency,
		"conversion_rate": 1,
		"price_list": PRICE_LIST,
		"price_list_currency": data.HOME.currency,
		"plc_conversion_rate": 1,
		"transaction_date": frappe.utils.nowdate(),
		"item_code": "LAMP-A",
		"qty": 1,
		"uom": "Nos",
		"conversion_factor": 1,
	}


def picked(customer: str) -> dict:
	return price_endpoints.get_item_details(asked(customer))


def listed(customer: str) -> dict:
	row = {"item_code": "LAMP-A", "qty": 1, "uom": "Nos", "conversion_factor": 1, "child_docname": "new"}
	return price_endpoints.apply_price_list({**asked(customer), "items": [row]})["children"][0]


def ruled(customer: str) -> dict:
	row = {"doctype": "Sales Order Item", "name": "new", "item_code": "LAMP-A", "qty": 1, "uom": "Nos"}
	return price_endpoints.apply_pricing_rule({**asked(customer), "items": [row]})[0]


def is_of_erpnext(answer: dict) -> None:
	assert answer.get("price_list_rate", LISTED) == LISTED
	assert not any(name.startswith("crm_ext") for name in answer)


ENDPOINTS = pytest.mark.parametrize("endpoint", [picked, listed, ruled])


@pytest.fixture
def restricted(customer) -> str:
	"""A seller who may read one customer, and not the one of the tests."""
	user = person("Restricted Seller", "Sales User")
	frappe.get_doc(
		doctype="User Permission", user=user, allow="Customer", for_value=builders.customer()
	).insert()
	return user


@ENDPOINTS
def test_a_seller_gets_the_automatic_price_with_its_reason(shop, customer, endpoint):
	with as_user(person("Plain Seller", "Sales User")):
		answer = endpoint(customer)
	assert answer["price_list_rate"] == OURS
	assert answer["crm_ext_price_reason"]


@ENDPOINTS
def test_who_may_write_no_such_document_gets_the_answer_of_erpnext(shop, customer, endpoint):
	with as_user(person("Website User", "Customer")):
		answer = endpoint(customer)
	is_of_erpnext(answer)


@ENDPOINTS
def test_who_may_not_read_the_customer_gets_the_answer_of_erpnext(shop, customer, restricted, endpoint):
	with as_user(restricted):
		answer = endpoint(customer)
	is_of_erpnext(answer)


def test_an_item_picked_by_the_method_of_version_16_is_no_way_around(shop, customer, restricted):
	doc = unsaved("Sales Order", customer, [("LAMP-A", 1, "Nos")])
	doc.set_missing_values()
	doc.items[0].update({"idx": 1, "price_list_rate": LISTED})
	with as_user(restricted):
		forms.price_selected_row(doc, 1)
	assert (doc.items[0].price_list_rate, doc.items[0].crm_ext_price_reason) == (LISTED, None)


def test_a_quotation_to_a_lead_needs_the_lead(shop):
	lead = frappe.get_doc(doctype="Lead", first_name="Lamp Lover").insert()
	args = asked("", "Quotation")
	head = {**args, "quotation_to": "Lead", "party_name": lead.name, "customer": lead.name}
	for role, price in (("Sales User", OURS), ("Maintenance User", None)):
		with as_user(person(role, role)):
			answer = forms.answers(head, [args], head)[0]
		assert (answer and answer.price) == price


def test_the_question_who_asks_costs_a_seller_no_statement(shop, customer, queries):
	args = asked(customer)
	counted = {}
	for user in ("Administrator", person("Plain Seller", "Sales User")):
		with as_user(user):
			forms.answers(args, [args], None)
			counted[user] = queries(lambda: forms.answers(args, [args], None))
	assert len(set(counted.values())) == 1
