# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""“Why this price”, asked of a saved line, of one in a form, and on paper."""

import json

import pytest

import frappe
from frappe.utils import nowdate

from crm_ext.demo import data
from crm_ext.pricing.api_why import why
from crm_ext.tests import builders
from crm_ext.tests.pricing.people import as_user, person
from crm_ext.tests.pricing.shop import MATRIX, PRICE_LIST, unsaved


@pytest.fixture
def order(shop, customer):
	return unsaved("Sales Order", customer, [("LAMP-A", 10, "Nos"), ("LAMP-E", 1, "Nos")]).insert()


def test_a_saved_line_is_explained(order):
	told = why("Sales Order", order.name, order.items[0].name)
	assert [step["did"] for step in told["steps"]] == ["list", "matrix"]
	assert told["steps"][1]["rule"] == ["Price Matrix", MATRIX]
	assert (told["base"], told["price"], told["rate"]) == ("100", "81.25", "81.25")
	assert told["replay"] == {"match": True, "broken": 0}
	assert (told["currency"], told["price_list"], told["lowest"]) == ("CNY", PRICE_LIST, None)


def test_the_lowest_price_of_late_is_told_for_one_stock_unit(order, customer):
	builders.sales_invoice(customer, frappe.utils.getdate(), items=[("LAMP-A", 60, 1)])
	lowest = why("Sales Order", order.name, order.items[0].name)["lowest"]
	assert (lowest["rate"], str(lowest["date"]), lowest["days"]) == (60, nowdate(), 30)
	assert (lowest["currency"], lowest["uom"]) == ("CNY", "Nos")


def test_a_line_in_a_form_is_explained_before_it_is_saved(order, customer):
	steps = order.items[0].crm_ext_price_steps
	told = why("Quotation", steps=steps, item_code="LAMP-A", company=data.HOME.name, customer=customer)
	assert told["steps"][-1]["after"] == 81.25


def test_the_customers_own_price_list_is_named(order, customer):
	frappe.db.set_value("Customer", customer, "default_price_list", PRICE_LIST)
	frappe.clear_document_cache("Customer", customer)
	assert why("Sales Order", order.name, order.items[0].name)["customer_price_list"] == PRICE_LIST


@pytest.mark.parametrize(
	"steps",
	[
		*("", "{", "[]", "1", "{}", '{"schema": 2}', '{"schema": 1}'),
		json.dumps({"schema": 1, "rate": "x", "price": "1", "steps": [], "losers": []}),
		json.dumps(
			{"schema": 1, "rate": "1", "price": "1", "losers": [], "steps": [{"did": "magic", "after": "1"}]}
		),
		json.dumps({"schema": 1, "rate": "1", "price": "1", "losers": [{}], "steps": []}),
	],
)
def test_what_is_no_waterfall_is_refused_with_a_sentence(steps):
	with pytest.raises(frappe.ValidationError, match="cannot read"):
		why("Sales Order", steps=steps)


def test_a_line_without_an_automatic_price_is_refused(order):
	with pytest.raises(frappe.ValidationError, match="cannot read"):
		why("Sales Order", order.name, order.items[1].name)


def test_who_may_not_read_the_document_is_told_nothing(order):
	with as_user(person("Nora", "Support Team")), pytest.raises(frappe.PermissionError):
		why("Sales Order", order.name, order.items[0].name)


def test_who_may_not_sell_may_not_ask_with_steps_either(order):
	steps = order.items[0].crm_ext_price_steps
	with as_user(person("Nora", "Support Team")), pytest.raises(frappe.PermissionError):
		why("Sales Order", steps=steps)


def test_other_documents_have_no_prices_of_ours():
	with pytest.raises(frappe.ValidationError):
		why("Purchase Order", steps="{}")


def test_the_reasons_are_printed(order):
	html = frappe.get_print("Sales Order", order.name, "Sales Order Price Reasons")
	assert f"The matrix {MATRIX} says" in html
	assert html.count('class="why"') == 2


def test_reasons_that_cannot_be_read_do_not_stop_the_printer(order):
	order.items[0].db_set("crm_ext_price_steps", '{"schema": 7}')
	assert "Lamp" in frappe.get_print("Sales Order", order.name, "Sales Order Price Reasons").title()
