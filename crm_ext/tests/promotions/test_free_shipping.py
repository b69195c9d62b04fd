# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Free shipping: what a document charges for it is taken back, by a row of its own, whatever becomes of the charge."""

import pytest

import frappe

from crm_ext.constants import SELLING_DOCTYPES
from crm_ext.demo import data
from crm_ext.tests.pricing.shop import unsaved
from crm_ext.tests.promotions.running import offer

LINES = [("LAMP-A", 3, "Nos")]
NET = 266.4


@pytest.fixture
def freight(shop) -> str:
	"""The account of the charges."""
	return _account(root_type="Expense", account_type=("in", ("", "Chargeable")))


@pytest.fixture
def vat(shop) -> str:
	return _account(account_type="Tax")


def _account(**values) -> str:
	return frappe.db.get_value("Account", {"company": data.HOME.name, "is_group": 0, **values})


@pytest.fixture
def free_shipping(freight) -> str:
	return offer("Free Shipping", minimum_amount=200, shipping_account=freight)


@pytest.fixture
def shipping_rule(freight) -> str:
	doc = frappe.get_doc(
		{
			"doctype": "Shipping Rule",
			"label": "By value",
			"shipping_rule_type": "Selling",
			"company": data.HOME.name,
			"account": freight,
			"cost_center": frappe.db.get_value("Company", data.HOME.name, "cost_center"),
			"calculate_based_on": "Net Total",
			"conditions": [
				{"from_value": 0, "to_value": 500, "shipping_amount": 30},
				{"from_value": 501, "to_value": 0, "shipping_amount": 60},
			],
		}
	)
	return doc.insert().name


def charge(account: str, amount: float = 100, **values) -> dict:
	return {
		"charge_type": "Actual",
		"account_head": account,
		"tax_amount": amount,
		"description": "Freight",
		"cost_center": frappe.db.get_value("Company", data.HOME.name, "cost_center"),
		**values,
	}


def tax(account: str, row: int | None = None, kind: str = "On Net Total", rate: float = 10) -> dict:
	return {
		"charge_type": kind,
		"account_head": account,
		"row_id": row,
		"rate": rate,
		"description": kind,
	}


def amounts(doc) -> list[float]:
	return [row.tax_amount for row in doc.taxes]


def ours(doc) -> list[float]:
	return [row.tax_amount for row in doc.taxes if row.crm_ext_promotion]


def entered(doctype: str, customer: str, **values):
	return unsaved(doctype, customer, LINES, **values).insert()


def again(doc):
	return frappe.get_doc(doc.doctype, doc.name)


@pytest.mark.parametrize("doctype", SELLING_DOCTYPES)
def test_the_charge_is_taken_back_and_so_it_stays(doctype, customer, free_shipping, freight):
	doc = entered(doctype, customer, taxes=[charge(freight)])
	assert amounts(doc) == [-100, 100]
	assert doc.taxes[0].crm_ext_promotion == free_shipping
	assert free_shipping in doc.taxes[0].description
	assert doc.grand_total == NET
	doc = again(doc)
	doc.save()
	doc.submit()
	assert amounts(again(doc)) == [-100, 100]
	assert again(doc).grand_total == NET


def test_without_a_charge_there_is_no_row(customer, free_shipping, vat):
	assert ours(entered("Sales Order", customer)) == []
	assert ours(entered("Sales Order", customer, taxes=[tax(vat)])) == []


def test_below_the_least_amount_the_charge_stays_and_comes_back_later(customer, free_shipping, freight):
	doc = entered("Sales Order", customer, taxes=[charge(freight)])
	doc.items[0].qty = 2
	doc.save()
	assert amounts(again(doc)) == [100]
	assert doc.grand_total == 277.6
	assert [row.payment_amount for row in again(doc).payment_schedule] == [277.6]
	doc.items[0].qty = 3
	doc.save()
	assert amounts(again(doc)) == [-100, 100]
	assert [row.payment_amount for row in again(doc).payment_schedule] == [NET]
	assert "Sixty Six" in again(doc).in_words


def test_with_a_shipping_rule(customer, free_shipping, shipping_rule):
	doc = entered("Sales Order", customer, shipping_rule=shipping_rule)
	assert amounts(doc) == [-30, 30]
	doc.items[0].qty = 30
	doc.save()
	assert amounts(again(doc)) == [-60, 60]
	doc.remove_shipping_charge()
	doc.shipping_rule = None
	doc.save()
	assert amounts(again(doc)) == []


def test_with_taxes_on_the_rows_before(customer, free_shipping, freight, vat):
	taxes = [
		tax(vat, rate=5),
		charge(freight),
		tax(vat, 2, "On Previous Row Amount"),
		tax(vat, 2, "On Previous Row Total"),
	]
	doc = entered("Sales Order", customer, taxes=[dict(row) for row in taxes])
	without = entered("Sales Order", customer, taxes=[taxes[0], tax(vat, 1, "On Previous Row Total")])
	assert doc.grand_total == without.grand_total
	assert [row.row_id for row in doc.taxes] == [None, None, None, None, "3", "3"]
	doc = again(doc)
	doc.save()
	assert doc.grand_total == without.grand_total
	doc.items[0].qty = 1
	doc.save()
	assert [(row.charge_type, row.row_id) for row in again(doc).taxes][2:] == [
		("On Previous Row Amount", "2"),
		("On Previous Row Total", "2"),
	]


def test_in_another_currency(customer, free_shipping, freight):
	lines = {"currency": "USD", "conversion_rate": 8}
	doc = unsaved("Sales Order", customer, [("LAMP-A", 3, "Nos")], taxes=[charge(freight)], **lines).insert()
	assert amounts(doc) == [-100, 100]
	assert doc.taxes[0].base_tax_amount == -800
	assert doc.base_grand_total == doc.base_net_total


def test_with_an_additional_discount_on_the_grand_total(customer, free_shipping, freight):
	discount = {"apply_discount_on": "Grand Total", "discount_amount": 50}
	doc = entered("Sales Order", customer, taxes=[charge(freight)], **discount)
	assert doc.grand_total == pytest.approx(NET - 50)


def test_each_document_made_from_another_takes_back_its_own_charge_once(customer, free_shipping, freight):
	from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice

	order = entered("Sales Order", customer, taxes=[charge(freight)])
	order.submit()
	frappe.get_doc("Sales Promotion", free_shipping).update(
		{"status": "Stopped", "status_reason": "Over"}
	).save()
	delivery = make_delivery_note(order.name)
	delivery.items[0].qty = 1
	delivery.insert().submit()
	assert amounts(delivery) == [-100, 100]
	invoice = make_sales_invoice(delivery.name)
	invoice.taxes[1].tax_amount = 40
	invoice.insert().submit()
	assert amounts(invoice) == [-40, 40]
	assert invoice.grand_total == invoice.net_total


def test_a_return_gives_back_what_was_paid(customer, free_shipping, freight):
	from erpnext.controllers.sales_and_purchase_return import make_return_doc

	invoice = entered("Sales Invoice", customer, taxes=[charge(freight)])
	invoice.submit()
	back = make_return_doc("Sales Invoice", invoice.name)
	back.items[0].qty = -1
	back.insert().submit()
	assert amounts(back) == [100, -100]
	assert back.grand_total == -88.8


def test_several_deliveries_in_one_invoice(customer, free_shipping, freight):
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice

	deliveries = [entered("Delivery Note", customer, taxes=[charge(freight)]) for _ in range(2)]
	invoice = None
	for delivery in deliveries:
		delivery.submit()
		invoice = make_sales_invoice(delivery.name, invoice, {"merge_taxes": 1})
	invoice.insert()
	assert invoice.grand_total == invoice.net_total == 2 * NET
	again(invoice).save()
	assert again(invoice).grand_total == 2 * NET


def test_nothing_is_asked_of_the_database_where_nothing_is_free(customer, shop, freight, queries):
	from crm_ext.pricing.promotions.shipping import free_shipping

	doc = entered("Sales Order", customer, taxes=[charge(freight)])
	assert queries(lambda: free_shipping(doc)) == 0
	assert amounts(doc) == [100]


def test_what_a_quotation_agreed_on_is_charged_where_it_has_run_out(customer, freight):
	from erpnext.selling.doctype.quotation.quotation import make_sales_order

	from crm_ext.tests import builders

	offer("Free Shipping", minimum_amount=200, shipping_account=freight, max_uses=1)
	orders = []
	for buyer in (customer, builders.customer()):
		quotation = entered("Quotation", buyer, taxes=[charge(freight)])
		quotation.submit()
		assert amounts(quotation) == [-100, 100]
		order = make_sales_order(quotation.name)
		order.delivery_date = quotation.transaction_date
		orders.append(order.insert())
	for order in orders:
		order.submit()
	assert [amounts(again(order)) for order in orders] == [[-100, 100], [100]]
	assert again(orders[1]).grand_total == NET + 100
