# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""“Enforce Automatic Prices”: no field that a program may send leads around the automatic price."""

import pytest

import frappe
from frappe.utils import getdate, nowdate

from crm_ext.tests.pricing.items import update_items
from crm_ext.tests.pricing.people import as_user, person
from crm_ext.tests.pricing.shop import native_rule, unsaved
from crm_ext.tests.settings import change_settings

PRICE, LIST = 88.8, 100
"""The automatic price of a lamp, and that of the price list."""
LAMP = [("LAMP-A", 3, "Nos")]
SELLER = ("Sales User", "Sales Manager", "Accounts User", "Accounts Manager", "Stock Manager")


@pytest.fixture
def seller(shop):
	change_settings(pricing_enforced=1)
	with as_user(person("Enforced Seller", *SELLER)):
		yield frappe.session.user


@pytest.fixture
def boss(shop):
	with as_user("Administrator"):
		return person("Enforced Boss", *SELLER, "Price Override")


def made(doctype: str, customer: str, head: dict | None = None, **row):
	doc = unsaved(doctype, customer, LAMP, **(head or {}))
	doc.items[0].update(row)
	return doc.insert()


def again(doc):
	return frappe.get_doc(doc.doctype, doc.name)


@pytest.mark.parametrize(
	"claim",
	[
		{"is_free_item": 1},
		{"against_blanket_order": 1},
		{"blanket_order_rate": 1},
		{"conversion_factor": 0.001},
		{"margin_type": "Amount", "margin_rate_or_amount": -80},
		{"crm_ext_price_locked": 1},
	],
	ids=str,
)
def test_a_line_that_claims_another_price_gets_the_automatic_one(customer, seller, claim):
	assert made("Sales Order", customer, rate=1, price_list_rate=1, **claim).items[0].rate == PRICE


def test_a_rule_of_erpnext_that_does_not_apply_is_not_taken_over(customer, seller):
	with as_user("Administrator"):
		other = native_rule(rate_or_discount="Rate", rate=1, min_qty=1000)
	assert made("Sales Order", customer, rate=1, pricing_rules=f'["{other.name}"]').items[0].rate == PRICE


def test_a_rule_of_erpnext_that_applies_sets_its_rate(customer, seller):
	with as_user("Administrator"):
		native_rule(rate_or_discount="Rate", rate=42)
	doc = made("Sales Order", customer, rate=1)
	assert doc.items[0].rate == 42
	doc = again(doc)
	doc.items[0].rate = 1
	assert doc.save().items[0].rate == 42


@pytest.mark.parametrize("link", ["sales_invoice_item", "pos_invoice_item"])
def test_a_line_of_a_document_that_is_not_has_no_agreed_price(customer, seller, link):
	assert made("Sales Invoice", customer, rate=1, **{link: "no such row"}).items[0].rate == PRICE


@pytest.mark.parametrize(
	"head", [{"ignore_pricing_rule": 1}, {"is_debit_note": 1}, {"is_internal_customer": 1}], ids=str
)
def test_a_document_that_claims_to_be_left_alone_is_priced(customer, seller, head):
	assert made("Sales Invoice", customer, head, rate=1).items[0].rate == PRICE


def test_an_invoice_that_claims_to_consolidate_others_is_none(customer, seller):
	amounts = ("amount", "base_amount", "net_amount", "base_net_amount", "base_rate", "net_rate")
	head = {
		"is_consolidated": 1,
		"net_total": 3,
		"base_net_total": 3,
		"grand_total": 3,
		"base_grand_total": 3,
	}
	doc = made("Sales Invoice", customer, head, rate=1, **dict.fromkeys(amounts, 3))
	assert (doc.is_consolidated, doc.items[0].amount) == (0, 266.4)


def test_a_rate_sent_together_with_the_submission_is_replaced(customer, seller):
	doc = again(made("Sales Order", customer))
	doc.items[0].rate = 1
	doc.submit()
	assert doc.items[0].rate == PRICE


def test_the_rate_of_a_line_that_somebody_else_locked_cannot_be_changed(customer, seller, boss):
	with as_user(boss):
		doc = made("Sales Order", customer, rate=70)
	assert doc.items[0].crm_ext_price_locked
	doc = again(doc)
	doc.items[0].rate = 1
	assert doc.save().items[0].rate == 70
	doc.items[0].update({"item_code": "LAMP-B", "rate": 1})
	assert doc.save().items[0].rate == 219.19


def test_a_locked_line_may_still_be_sold_in_another_quantity(customer, seller, boss):
	with as_user(boss):
		doc = made("Sales Order", customer, rate=70)
	doc = again(doc)
	doc.items[0].qty = 4
	assert doc.save().items[0].rate == 70


def test_the_agreed_price_stays_and_another_is_no_agreed_price(customer, seller, boss):
	from erpnext.selling.doctype.quotation.quotation import make_sales_order

	frappe.db.set_single_value("Selling Settings", "maintain_same_sales_rate", 0)
	with as_user(boss):
		quotation = made("Quotation", customer, rate=70)
		quotation.submit()
	order = make_sales_order(quotation.name)
	order.delivery_date = nowdate()
	assert order.insert().items[0].rate == 70
	order.items[0].rate = 1
	assert order.save().items[0].rate == PRICE
	cheap = make_sales_order(quotation.name)
	cheap.delivery_date = nowdate()
	cheap.items[0].rate = 1
	assert cheap.insert().items[0].rate == PRICE


def test_an_amended_copy_keeps_its_prices_and_no_others(customer, seller, shop):
	doc = again(made("Sales Order", customer))
	doc.submit()
	doc.cancel()
	frappe.db.set_value("Price Matrix Rate", {"matrix": shop, "item": "LAMP-A"}, "value", 50)
	copy = frappe.copy_doc(doc)
	copy.update({"amended_from": doc.name, "docstatus": 0})
	copy.append("items", {"item_code": "LAMP-B", "qty": 1, "rate": 1, "delivery_date": getdate()})
	kept, new = copy.insert().items
	assert (kept.rate, new.rate) == (PRICE, 219.19)


def test_update_items_of_a_submitted_order_gives_no_other_price(customer, seller):
	doc = again(made("Sales Order", customer))
	doc.submit()
	with pytest.raises(frappe.ValidationError, match="LAMP-A"):
		update_items(doc, rate=1)


def test_update_items_adds_lines_at_the_automatic_price_only(customer, seller):
	doc = again(made("Sales Order", customer))
	doc.submit()
	new = {"docname": None, "item_code": "LAMP-B", "qty": 1}
	with pytest.raises(frappe.ValidationError, match="LAMP-B"):
		update_items(doc, rate=1, **new)


def test_update_items_may_change_a_quantity(customer, seller):
	doc = again(made("Sales Order", customer))
	doc.submit()
	update_items(doc, qty=2)
	assert (again(doc).items[0].qty, again(doc).items[0].rate) == (2, PRICE)
