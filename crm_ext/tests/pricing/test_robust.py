# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Automatic prices where programs write what forms never would."""

from dataclasses import replace

import pytest

import frappe
from frappe.utils import add_days, getdate, nowdate

from crm_ext.demo import data
from crm_ext.pricing import service
from crm_ext.pricing.basket import BasketLine
from crm_ext.tests.pricing.shop import basket, native_rule, unsaved

PRICE, LIST = 88.8, 100
LAMP = [("LAMP-A", 3, "Nos")]


def made(doctype: str, customer: str, head: dict | None = None, lines=LAMP, **row):
	doc = unsaved(doctype, customer, lines, **(head or {}))
	doc.items[0].update(row)
	return doc.insert()


@pytest.mark.parametrize("steps", ["not json", "[]", '{"schema": 9}', "1"], ids=str)
def test_a_waterfall_that_is_none_is_replaced(shop, customer, steps):
	assert made("Sales Order", customer, crm_ext_price_steps=steps).items[0].rate == PRICE


@pytest.mark.parametrize("qty", ["3", "1,000"])
def test_a_quantity_may_be_a_text(shop, customer, qty):
	assert made("Sales Order", customer, qty=qty).items[0].rate == (PRICE if qty == "3" else 81.25)


def test_a_waterfall_sent_for_a_line_that_stays_the_same_is_not_taken_over(shop, customer):
	doc = made("Sales Order", customer)
	doc = frappe.get_doc(doc.doctype, doc.name)
	stored = doc.items[0].crm_ext_price_steps
	doc.items[0].crm_ext_price_steps = stored.replace("100", "999")
	assert doc.save().items[0].crm_ext_price_steps == stored


def test_an_invoice_is_priced_for_the_day_that_erpnext_gives_it(shop, customer):
	frappe.db.set_value("Price Matrix Rate", {"matrix": shop, "item": "LAMP-A"}, "valid_from", nowdate())
	frappe.db.set_value("Item Price", {"item_code": "LAMP-A"}, "valid_from", add_days(nowdate(), -99))
	old = {"posting_date": add_days(nowdate(), -20), "due_date": add_days(nowdate(), 20)}
	assert made("Sales Invoice", customer, old).items[0].rate == PRICE
	assert made("Sales Invoice", customer, {**old, "set_posting_time": 1}).items[0].rate == LIST


def test_free_goods_do_not_lead_to_a_break(shop, customer):
	native_rule(price_or_product_discount="Product", same_item=1, free_qty=1, min_qty=9)
	doc = made("Sales Order", customer, lines=[("LAMP-A", 9, "Nos"), ("LAMP-B", 1, "Nos")])
	doc = frappe.get_doc(doc.doctype, doc.name)
	assert sum(row.qty for row in doc.items if row.item_code == "LAMP-A") == 10
	doc.customer_group = frappe.db.get_value(
		"Customer Group", {"is_group": 0, "name": ("!=", doc.customer_group)}
	)
	doc.items[0].crm_ext_price_steps = ""
	assert doc.save().items[0].rate == PRICE


def test_a_change_sent_together_with_the_submission_is_priced(shop, customer):
	doc = made("Sales Order", customer)
	doc = frappe.get_doc(doc.doctype, doc.name)
	doc.items[0].qty = 10
	doc.submit()
	assert doc.items[0].rate == 81.25


def test_a_new_item_on_a_locked_line_has_its_own_price(shop, customer):
	doc = made("Sales Order", customer, rate=70)
	doc = frappe.get_doc(doc.doctype, doc.name)
	doc.items[0].item_code = "LAMP-B"
	row = doc.save().items[0]
	assert (row.rate, row.crm_ext_price_locked) == (219.19, 0)


def test_a_bundle_priced_by_its_components_is_left_alone(shop, customer):
	frappe.db.set_single_value("Selling Settings", "editable_bundle_item_rates", 1)
	frappe.clear_document_cache("Selling Settings", "Selling Settings")
	frappe.get_doc(
		doctype="Product Bundle", new_item_code="LAMP-A", items=[{"item_code": "LAMP-E", "qty": 2}]
	).insert()
	doc = made("Sales Order", customer, lines=[("LAMP-A", 1, "Nos")])
	doc = frappe.get_doc(doc.doctype, doc.name)
	doc.items[0].qty = 2
	row = doc.save().items[0]
	assert (row.crm_ext_price_steps, row.crm_ext_price_locked) == (None, 0)


def test_a_batch_with_a_price_of_its_own_keeps_it(shop, customer):
	frappe.db.set_value("Item", "LAMP-A", {"is_stock_item": 1, "has_batch_no": 1})
	frappe.clear_document_cache("Item", "LAMP-A")
	frappe.get_doc(doctype="Batch", batch_id="Faded", item="LAMP-A").insert()
	of_batch = {"item_code": "LAMP-A", "price_list": "Lamp Shop", "batch_no": "Faded", "price_list_rate": 55}
	frappe.get_doc(doctype="Item Price", **of_batch).insert()
	line = BasketLine(key="0", item_code="LAMP-A", batch_no="Faded")
	result = service.price(replace(basket(customer, LAMP), lines=(line,)))
	assert (result.priced["0"].price, result.priced["0"].ours) == (55, False)


def test_rates_of_exchange_for_buying_are_not_for_selling(shop, customer):
	frappe.db.delete("Currency Exchange", {"from_currency": "USD", "to_currency": "CNY"})
	for rate, selling in ((7, 1), (9, 0)):
		frappe.get_doc(
			doctype="Currency Exchange",
			date=add_days(nowdate(), -1 if selling else 0),
			from_currency="USD",
			to_currency="CNY",
			exchange_rate=rate,
			for_selling=selling,
			for_buying=1 - selling,
		).insert()
	assert made("Sales Order", customer, lines=[("LAMP-D", 1, "Nos")]).items[0].rate == 54.39


def test_places_of_a_rate_are_those_of_the_document(shop, customer):
	from frappe.custom.doctype.property_setter.property_setter import make_property_setter

	from crm_ext.pricing import forms

	for field in ("price_list_rate", "rate"):
		make_property_setter("Sales Invoice Item", field, "precision", "4", "Select")
	args = frappe._dict(
		doctype="Sales Invoice",
		company=data.HOME.name,
		customer=customer,
		currency="CNY",
		conversion_rate=1,
		item_code="LAMP-C",
		qty=1,
		price_list="Lamp Shop",
		posting_date=getdate(),
	)
	assert forms.answers(args, [args], None)[0].price == 15.996
