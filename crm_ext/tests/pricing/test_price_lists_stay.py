# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""A document that is made from another writes no automatic price into a price list that has none for the item."""

import pickle

import pytest

import frappe

from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from erpnext.selling.doctype.quotation.quotation import make_sales_order
from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note, make_sales_invoice

from crm_ext.tests.pricing.shop import unsaved
from crm_ext.tests.promotions.running import offer
from crm_ext.tests.settings import copy_rates_into_price_lists

LAMP, PRICE, PROMOTED = "LAMP-D", 54.39, 48.95
"""It has no list price."""


@pytest.fixture(autouse=True)
def copying(shop) -> None:
	copy_rates_into_price_lists()


def listed() -> list[float]:
	return frappe.get_all("Item Price", {"item_code": LAMP}, pluck="price_list_rate")


def submitted(doctype: str, customer: str):
	doc = unsaved(doctype, customer, [(LAMP, 2, "Nos")]).insert()
	doc.submit()
	return doc


@pytest.mark.parametrize("promoted", [False, True])
@pytest.mark.parametrize("make", [make_sales_invoice, make_delivery_note])
def test_what_an_order_becomes(customer, make, promoted):
	if promoted:
		offer(
			"Volume Discount",
			products=[{"item": LAMP}],
			tiers=[{"at_least": 1, "gives": "Discount Percentage", "value": 10}],
		)
	made = make(submitted("Sales Order", customer).name)
	assert (listed(), made.items[0].rate) == ([], PROMOTED if promoted else PRICE)
	made.insert()
	assert (listed(), made.items[0].rate) == ([], PROMOTED if promoted else PRICE)


def test_the_order_of_a_quotation(customer):
	made = make_sales_order(submitted("Quotation", customer).name)
	assert (listed(), made.items[0].rate) == ([], PRICE)


def test_a_return(customer):
	made = make_sales_return(submitted("Sales Invoice", customer).name)
	assert (listed(), made.items[0].rate) == ([], PRICE)


def test_a_document_that_was_made_from_another_can_go_to_a_worker(customer):
	"""Webhooks of Frappe send whole documents there."""
	made = make_sales_invoice(submitted("Sales Order", customer).name).insert()
	sent = pickle.loads(pickle.dumps(made))
	sent.set_missing_item_details()
	assert (listed(), sent.items[0].rate) == ([], PRICE)
