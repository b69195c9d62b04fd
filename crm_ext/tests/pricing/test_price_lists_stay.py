# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""A document that is made from another writes no automatic price into a price list that has none for the item."""

from collections.abc import Iterator

import pytest

import frappe

from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from erpnext.selling.doctype.quotation.quotation import make_sales_order
from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note, make_sales_invoice

from crm_ext.tests.pricing.shop import unsaved
from crm_ext.tests.promotions.running import offer

LAMP, PRICE, PROMOTED = "LAMP-D", 54.39, 48.95
"""It has no list price."""


@pytest.fixture(autouse=True)
def copying(shop) -> Iterator[None]:
	"""ERPNext copies rates into price lists, as it does from its installation on."""
	settings = "Stock Settings"
	frappe.db.set_single_value(settings, "auto_insert_price_list_rate_if_missing", 1)
	frappe.clear_document_cache(settings, settings)
	yield
	frappe.clear_document_cache(settings, settings)


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
