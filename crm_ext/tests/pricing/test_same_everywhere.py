# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The same basket by every way that ERPNext has to set a price, compared to the last digit."""

import pytest

import frappe

from crm_ext.constants import SELLING_DOCTYPES
from crm_ext.demo import data
from crm_ext.pricing import service
from crm_ext.tests.pricing.shop import LISTED, PRICE_LIST, as_sent, basket, unsaved
from crm_ext.tests.pricing.ways import call, imported, made_from

LINES = [
	*(("LAMP-A", 3, "Nos"), ("LAMP-B", 2, "Nos"), ("LAMP-C", 7, "Nos"), ("LAMP-D", 1, "Nos")),
	*(("LAMP-E", 4, "Nos"), ("LAMP-B", 1, "Box"), ("LAMP-C", 2, "Box"), ("LAMP-A", 2, "Box")),
]
BASKETS = {
	"one of each": LINES[:5],
	"a break": [("LAMP-A", 10, "Nos"), ("LAMP-B", 5, "Nos")],
	"a break by two lines": [("LAMP-A", 6, "Nos"), ("LAMP-A", 4, "Nos")],
	"boxes": LINES[5:],
	"a fraction": [("LAMP-C", 0.5, "Nos"), ("LAMP-A", 9.99, "Nos")],
}


@pytest.fixture(params=BASKETS, ids=str)
def lines(request):
	return BASKETS[request.param]


@pytest.fixture
def expected(shop, customer, lines):
	"""What the engine says, as numbers that a document holds: {place: price}."""
	result = service.price(basket(customer, lines))
	return [float(result.priced[str(place)].price) for place in range(len(lines))]


def prices(doc) -> list[float]:
	for row in doc.items:
		assert row.rate == row.price_list_rate
	return [row.price_list_rate for row in doc.items]


def test_the_shop_has_items_with_and_without_an_automatic_price(shop, customer):
	result = service.price(basket(customer, LINES))
	ours = {LINES[int(key)][0] for key, priced in result.priced.items() if priced.ours}
	assert ours == {*LISTED} - {"LAMP-E"}


@pytest.mark.parametrize("doctype", SELLING_DOCTYPES)
def test_insert_by_a_program(doctype, customer, lines, expected):
	assert prices(unsaved(doctype, customer, lines).insert()) == expected


@pytest.mark.parametrize("doctype", SELLING_DOCTYPES)
def test_change_of_quantity_and_unit_by_a_program(doctype, customer, lines, expected):
	doc = unsaved(doctype, customer, [(code, 1, "Nos") for code, _qty, _uom in lines]).insert()
	doc = frappe.get_doc(doctype, doc.name)
	for row, (_code, qty, uom) in zip(doc.items, lines, strict=True):
		row.update({"qty": qty, "uom": uom, "conversion_factor": 12 if uom == "Box" else 1})
	priced = dict(zip([code for code, _qty, _uom in lines], expected, strict=True))
	rates = {row.item_code: row.rate for row in doc.save().items if row.item_code != "LAMP-E"}
	assert rates == {code: price for code, price in priced.items() if code in rates}


def test_the_price_basket_endpoint(customer, lines, expected):
	asked = {
		"company": data.HOME.name,
		"customer": customer,
		"price_list": PRICE_LIST,
		"lines": [{"item_code": code, "qty": qty, "uom": uom} for code, qty, uom in lines],
	}
	answer = call("crm_ext.pricing.api.price_basket", basket=frappe.as_json(asked))
	assert [line["price_list_rate"] for line in answer["lines"]] == expected


def test_picking_each_item_in_a_form(customer, lines, expected):
	doc = form(unsaved("Sales Order", customer, lines))
	found = []
	for row in doc["items"]:
		answer = call(
			"erpnext.stock.get_item_details.get_item_details",
			**{
				argument("get_item_details"): frappe.as_json(
					{**row, **head(doc), "child_docname": row["name"]}
				)
			},
			doc=frappe.as_json(doc),
		)
		found.append(answer["price_list_rate"])
	assert found == expected


def test_price_list_of_a_form(customer, lines, expected):
	doc = form(unsaved("Sales Order", customer, lines))
	asked = {**head(doc), "items": doc["items"]}
	answer = call(
		"erpnext.stock.get_item_details.apply_price_list",
		**{argument("apply_price_list"): frappe.as_json(asked)},
		doc=frappe.as_json(doc),
	)
	assert [round(child["price_list_rate"], 2) for child in answer["children"]] == expected


def test_pricing_rules_of_a_form(customer, lines, expected):
	doc = form(unsaved("Sales Invoice", customer, lines))
	answer = call(
		"erpnext.accounts.doctype.pricing_rule.pricing_rule.apply_pricing_rule",
		args=frappe.as_json({**head(doc), "items": doc["items"]}),
		doc=frappe.as_json(doc),
	)
	ours = [place for place, line in enumerate(lines) if line[0] != "LAMP-E"]
	assert [answer[place]["price_list_rate"] for place in ours] == [expected[place] for place in ours]


def test_rest_insert(customer, lines, expected):
	answer = call("frappe.client.insert", doc=frappe.as_json(as_sent("Sales Order", customer, lines)))
	assert prices(frappe.get_doc("Sales Order", answer.name)) == expected


def test_data_import(customer, lines, expected):
	assert prices(imported(customer, lines)) == expected


def test_from_quotation_to_order_to_delivery_to_invoice_the_agreed_price_stays(
	customer, lines, expected, shop
):
	quotation = unsaved("Quotation", customer, lines).insert()
	quotation.submit()
	frappe.db.set_value("Price Matrix Rate", {"matrix": shop}, "value", 1)
	for doc in (quotation, *made_from(quotation)):
		assert prices(doc) == expected


@pytest.mark.skipif(
	"process_item_selection"
	not in dir(__import__("erpnext.utilities.transaction_base", fromlist=["x"]).TransactionBase),
	reason="from ERPNext 16 on",
)
def test_picking_an_item_in_a_form_of_version_16(customer, lines, expected):
	doc = unsaved("Sales Order", customer, lines)
	doc.set_missing_values(for_validate=False)
	for row in doc.items:
		doc.run_method("process_item_selection", item_idx=row.idx)
	assert [row.price_list_rate for row in doc.items] == expected


def form(doc) -> dict:
	"""The document as a form has it before the rows have prices."""
	doc.set_missing_lead_customer_details()
	doc.set_price_list_currency("Selling")
	for place, row in enumerate(doc.items):
		row.update(
			{
				"name": f"new-row-{place}",
				"stock_uom": "Nos",
				"conversion_factor": 12 if row.uom == "Box" else 1,
				"price_list_rate": None,
			}
		)
	return doc.as_dict(convert_dates_to_str=True)


def head(doc: dict) -> dict:
	"""What a form sends of its head."""
	names = ("doctype", "customer", "company", "currency", "conversion_rate", "plc_conversion_rate")
	return {
		**{
			name: doc.get(name)
			for name in (*names, "price_list_currency", "transaction_date", "posting_date")
		},
		"price_list": doc.get("selling_price_list"),
		"name": doc.get("name") or "new-doc",
	}


def argument(endpoint: str) -> str:
	"""The name of the first argument, which differs between the versions of ERPNext."""
	import inspect

	from erpnext.stock import get_item_details

	return next(iter(inspect.signature(getattr(get_item_details, endpoint)).parameters))
