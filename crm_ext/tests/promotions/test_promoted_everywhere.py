# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""A basket with promotions and a coupon by every way that ERPNext has to enter a sale: the same rates, the same gifts."""

import pytest

import frappe

from crm_ext.constants import SELLING_DOCTYPES
from crm_ext.demo import data
from crm_ext.pricing import service
from crm_ext.tests.pricing.shop import PRICE_LIST, as_sent, basket, unsaved
from crm_ext.tests.pricing.ways import call, imported, made_from
from crm_ext.tests.promotions.running import offer
from crm_ext.tests.promotions.test_coupon_batches import public

CODE = "SPRING-26"
LINES = [
	*(("LAMP-A", 3, "Nos"), ("LAMP-B", 4, "Nos"), ("LAMP-C", 7, "Nos"), ("LAMP-D", 1, "Nos")),
	*(("LAMP-E", 4, "Nos"), ("LAMP-B", 1, "Box"), ("LAMP-A", 1, "Box")),
]


@pytest.fixture(autouse=True)
def offers(shop):
	"""A volume discount, a bundle, a gift, and a tenth off everything for who has the code."""
	tenth = [{"at_least": 3, "gives": "Discount Percentage", "value": 10}]
	offer("Volume Discount", products=[{"item": "LAMP-A"}], tiers=tenth)
	parts = [{"item": "LAMP-C", "qty": 3}, {"item": "LAMP-E", "qty": 2}]
	offer("Bundle", products=parts, gives="Discount Percentage", value=33)
	gift = {"buy_qty": 2, "get_qty": 1, "gives": "Free", "gift_item": "LAMP-D"}
	offer("Buy X Get Y", products=[{"item": "LAMP-B"}], **gift)
	all_off = [{"at_least": 1, "gives": "Discount Percentage", "value": 10}]
	coded = offer(
		"Order Threshold", tiers=all_off, needs_coupon=1, combination="Compound", title="With a code"
	)
	public(coded, CODE)


@pytest.fixture
def expected(customer):
	"""What the engine says: (rates in the order of the lines, gifts)."""
	result = service.price(basket(customer, LINES, coupons=(CODE,)))
	rates = [float(result.priced[str(place)].rate) for place in range(len(LINES))]
	gifts = sorted((gift.item_code, float(gift.qty)) for gift in result.outcome.gifts)
	assert all(rate < float(result.priced[str(place)].price) for place, rate in enumerate(rates))
	assert gifts == [("LAMP-D", 8)]
	return rates, gifts


def sold(doc) -> tuple[list, list]:
	rates = [row.rate for row in doc.items if not row.is_free_item]
	gifts = sorted((row.item_code, row.qty) for row in doc.items if row.is_free_item)
	assert doc.total == pytest.approx(sum(row.amount for row in doc.items))
	return rates, gifts


@pytest.mark.parametrize("doctype", SELLING_DOCTYPES)
def test_insert_by_a_program(doctype, customer, expected):
	doc = unsaved(doctype, customer, LINES, crm_ext_coupon_codes=CODE).insert()
	assert sold(doc) == expected
	doc = frappe.get_doc(doctype, doc.name)
	assert sold(doc) == expected
	doc.submit()
	assert sold(frappe.get_doc(doctype, doc.name)) == expected


@pytest.mark.parametrize("doctype", SELLING_DOCTYPES)
def test_change_of_quantities_and_the_code_by_a_program(doctype, customer, expected):
	doc = unsaved(doctype, customer, [(code, 1, uom) for code, _qty, uom in LINES]).insert()
	doc = frappe.get_doc(doctype, doc.name)
	for row, (_code, qty, _uom) in zip(doc.items, LINES, strict=False):
		row.qty = qty
	doc.crm_ext_coupon_codes = CODE.lower()
	assert sold(doc.save()) == expected


@pytest.mark.parametrize("turned", [1, 4])
def test_lines_in_another_order(turned, customer, expected):
	lines = LINES[turned:] + LINES[:turned]
	doc = unsaved("Sales Order", customer, lines, crm_ext_coupon_codes=CODE).insert()
	rates, gifts = sold(doc)
	assert (rates[-turned:] + rates[:-turned], gifts) == expected


def test_the_price_basket_endpoint(customer, expected):
	asked = {
		"company": data.HOME.name,
		"customer": customer,
		"price_list": PRICE_LIST,
		"coupons": [CODE],
		"lines": [{"item_code": code, "qty": qty, "uom": uom} for code, qty, uom in LINES],
	}
	answer = call("crm_ext.pricing.api.price_basket", basket=frappe.as_json(asked))
	assert [line["rate"] for line in answer["lines"]] == expected[0]


def test_rest_insert(customer, expected):
	sent = as_sent("Sales Order", customer, LINES, crm_ext_coupon_codes=CODE)
	answer = call("frappe.client.insert", doc=frappe.as_json(sent))
	assert sold(frappe.get_doc("Sales Order", answer.name)) == expected


def test_data_import(customer, expected):
	assert sold(imported(customer, LINES, {"Coupon Codes": CODE})) == expected


def test_from_quotation_to_order_to_delivery_to_invoice(customer, expected):
	quotation = unsaved("Quotation", customer, LINES, crm_ext_coupon_codes=CODE).insert()
	quotation.submit()
	for doc in (quotation, *made_from(quotation)):
		assert sold(doc) == expected


def test_saving_again_changes_no_word_of_the_waterfalls(customer, expected):
	doc = unsaved("Sales Order", customer, LINES, crm_ext_coupon_codes=CODE).insert()
	doc = frappe.get_doc(doc.doctype, doc.name)
	steps = [row.crm_ext_price_steps for row in doc.items]
	doc.save()
	assert [row.crm_ext_price_steps for row in frappe.get_doc(doc.doctype, doc.name).items] == steps
