# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What items cost us is told to nobody who may not see it: neither in words nor in what programs read."""

import json

import pytest

import frappe
from frappe.permissions import add_permission

from crm_ext.demo import data
from crm_ext.pricing import forms
from crm_ext.pricing.api import price_basket
from crm_ext.pricing.api_why import why
from crm_ext.tests.pricing.people import HIDDEN, as_user, hide_costs, person
from crm_ext.tests.pricing.shop import unsaved

LAMP = [("LAMP-C", 3, "Nos")]
"""Its rate is a markup of 33.3 % on the cost of 12."""


@pytest.fixture
def blind(shop):
	"""Somebody who sells, and may not see what items cost."""
	add_permission("Item", "Item Manager", HIDDEN)
	hide_costs()
	return person("Blind Seller", "Sales User", "Sales Manager")


def told(answer) -> str:
	return json.dumps(answer, default=str)


def tells(answer) -> bool:
	"""Whether the cost, or the markup that leads to it, is anywhere in an answer."""
	return any(word in told(answer) for word in ('"12"', "12.0", "33.3", "valuation"))


def asked(customer: str) -> dict:
	lines = [{"item_code": "LAMP-C", "qty": 3}]
	return {"company": data.HOME.name, "customer": customer, "price_list": "Lamp Shop", "lines": lines}


@pytest.mark.parametrize("explain", [0, 1])
def test_a_basket(blind, customer, explain):
	assert tells(price_basket(asked(customer), explain=explain))
	with as_user(blind):
		answer = price_basket(asked(customer), explain=explain)
	assert answer["lines"][0]["rate"] == 16
	assert not tells(answer)


def test_why_this_price(blind, customer):
	row = unsaved("Sales Order", customer, LAMP).insert().items[0]
	ask = {"doctype": "Sales Order", "name": row.parent, "row": row.name}
	assert tells(why(**ask))
	with as_user(blind):
		answer = why(**ask)
	assert answer["replay"]["match"]
	assert not tells(answer)


def test_the_reason_on_the_line_tells_it_to_nobody(shop, customer):
	row = unsaved("Sales Order", customer, LAMP).insert().items[0]
	assert row.crm_ext_price_reason == "By Lamp Shop 2026: CNY 15.996."


def test_the_form_and_why_of_what_it_was_told(blind, customer):
	args = frappe._dict(
		doctype="Sales Order",
		customer=customer,
		company=data.HOME.name,
		price_list="Lamp Shop",
		item_code="LAMP-C",
	)
	with as_user(blind):
		stamps = forms.answers(args, [args], None)[0].stamps
		steps = stamps["crm_ext_price_steps"]
		answer = why("Sales Order", steps=steps, item_code="LAMP-C", company=data.HOME.name)
	assert not tells(stamps)
	assert (answer["replay"]["match"], tells(answer)) == (True, False)


def test_what_a_blind_seller_saves_has_all_its_evidence(blind, customer):
	with as_user(blind):
		doc = unsaved("Sales Order", customer, LAMP)
		doc.insert()
	assert '"cost":"12"' in frappe.db.get_value("Sales Order Item", doc.items[0].name, "crm_ext_price_steps")
