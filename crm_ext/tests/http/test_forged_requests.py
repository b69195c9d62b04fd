# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What no form of ours sends is answered with a sentence that names the field, and never with a fault of the server."""

import json

import pytest

import frappe

from crm_ext.demo import data
from crm_ext.tests.http.conftest import Client
from crm_ext.tests.http.test_permissions import told
from crm_ext.tests.parallel import commit_without_jobs, patiently
from crm_ext.tests.pricing.sheets import make_matrix

MATRIX = "Forged Requests"
UNREAD = "Invalid request body"
"""Frappe 16 says so itself where a request is no UTF-8."""
COMPANY, ITEM = data.HOME.name, data.PRESS.code
LINE = {"item_code": ITEM, "qty": 1}
BASKET = {"company": COMPANY, "lines": [LINE]}
ROW = {"doctype": "Sales Order Item", "name": "new-row-1", **LINE}
DOC = {"doctype": "Sales Order", "__islocal": 1, "name": "new-1", "company": COMPANY, "items": [ROW]}
DEEP = "[" * 100_000 + "]" * 100_000


def basket(**values) -> dict:
	return {"basket": {**BASKET, **values}}


def line(**values) -> dict:
	return basket(lines=[{**LINE, **values}])


def doc(row: dict | None = None, **values) -> dict:
	return {"doc": {**DOC, **values, "items": [{**ROW, **(row or {})}]}}


NAN = json.dumps({**BASKET, "lines": [{**LINE, "qty": float("nan")}]})
PRICE = "crm_ext.pricing.api.price_basket"
COMPARE = "crm_ext.pricing.check_api.compare"
LADDER = "crm_ext.pricing.check_api.ladder"
PREVIEW = "crm_ext.pricing.promotions.api.preview"
SUGGEST = "crm_ext.cross_sell.api.suggestions"
RATES = "crm_ext.pricing.rates_api"
ACCEPT = "crm_ext.pricing.drift_api.accept"
LINKAGE = "crm_ext.linkage.api"
TAGS = "crm_ext.tags.api"
SURVEY = {"customer": "", "event": "Survey Answered", "key": "1"}
FORGED = {
	"no JSON": (PRICE, {"basket": "{"}, "basket"),
	"NaN for a basket": (PRICE, {"basket": "NaN"}, "basket"),
	"a list for a basket": (PRICE, {"basket": "[1]"}, "basket"),
	"NaN in a basket": (PRICE, {"basket": NAN}, "basket"),
	"a basket without end": (PRICE, {"basket": DEEP}, "basket"),
	"NaN for a quantity": (PRICE, line(qty="NaN"), "Line 1"),
	"more than there are": (PRICE, line(qty=1e30), "Line 1"),
	"an exponent": (PRICE, line(qty="1e999999999"), "Line 1"),
	"next to nothing": (PRICE, line(qty="1e-30"), "Line 1"),
	"a list for a unit": (PRICE, line(uom=["Nos"]), "lines 1: uom"),
	"a dict for an item": (PRICE, line(item_code={"a": 1}), "lines 1: item_code"),
	"half a character": (PRICE, line(item_code="\ud800"), "lines 1: item_code"),
	"10,000 lines": (PRICE, basket(lines=[LINE] * 10_000), "1,000 at most"),
	"a filter for a customer": (PRICE, basket(customer=["like", "%"]), "customer"),
	"a filter for a lead": (PRICE, basket(lead=["like", "%"]), "lead"),
	"a number for a day": (PRICE, basket(date=5), "date"),
	"the day before all days": (PRICE, basket(date="0001-01-01"), "date"),
	"a day without end": (PRICE, basket(date="9" * 10_000), "date"),
	"no JSON on the right": (COMPARE, {"left": BASKET, "right": "{"}, "right"),
	"prices by quantity of no item": (LADDER, {**line(item_code="No Such"), "key": "1"}, "Line 1"),
	"no JSON for a document": (PREVIEW, {"doc": "{"}, "doc"),
	"a method for a field": (PREVIEW, doc(calculate_taxes_and_totals=1), "calculate_taxes_and_totals"),
	"a method for a field of a row": (PREVIEW, doc({"as_dict": 1}), "items 1 as_dict"),
	"a number for rows": (PREVIEW, {"doc": {**DOC, "items": 5}}, "items"),
	"numbers for rows": (PREVIEW, {"doc": {**DOC, "items": [5]}}, "items"),
	"a filter for a name": (PREVIEW, doc(name={"name": ["like", "%"]}), "name"),
	"a filter for the customer": (PREVIEW, doc(customer={"name": ["like", "%"]}), "customer"),
	"a status that is none": (PREVIEW, doc(docstatus="x"), "docstatus"),
	"infinitely many": (PREVIEW, doc({"qty": "Infinity"}), "items 1 qty"),
	"more than a column holds": (PREVIEW, doc({"qty": 1e12}), "items 1 qty"),
	"a dict for the item": (PREVIEW, doc({"item_code": {"a": 1}}), "items 1 item_code"),
	"a list for the day": (PREVIEW, doc(transaction_date=[1]), "transaction_date"),
	"a number for a charge": (PREVIEW, doc(taxes=[5]), "taxes"),
	"a list for a document": (SUGGEST, {"doc": "[1]"}, "doc"),
	"rows that are none": (SUGGEST, {"doc": {"items": "abc"}}, "items"),
	"a number for items": (SUGGEST, {"items": "5"}, "items"),
	"a number for filters": (f"{RATES}.get_rates", {"matrix": "", "filters": "5"}, "filters"),
	"a filter in a filter": (f"{RATES}.get_rates", {"matrix": "", "filters": {"item": ["x"]}}, "item"),
	"a dict for a rate": (f"{RATES}.check_rates", {"matrix": "", "rows": [{"name": {}}]}, "rows 1: name"),
	"half a character for an item": (
		f"{RATES}.save_rates",
		{"matrix": "", "rows": [{"item": "\ud800"}]},
		"rows 1: item",
	),
	"a number for rates": (f"{RATES}.save_rates", {"matrix": "", "deleted": "5"}, "deleted"),
	"no JSON for deviations": (ACCEPT, {"deviations": "{", "note": "x"}, "deviations"),
	"no JSON for parameters": (f"{LINKAGE}.summary", {"action": "Give Tag", "parameters": "{"}, "parameters"),
	"a list for an event": (f"{LINKAGE}.explain", {"customer": "", "event": "[]"}, "event"),
	"a list for a trigger": (f"{LINKAGE}.explain", {"customer": "", "event": {"trigger": ["x"]}}, "trigger"),
	"no JSON for facts": (f"{LINKAGE}.record_event", {**SURVEY, "facts": "{"}, "facts"),
	"no moment": (f"{LINKAGE}.record_event", {**SURVEY, "occurred_at": "soon"}, "occurred_at"),
	"a moment without a place in time": (
		f"{LINKAGE}.record_event",
		{**SURVEY, "occurred_at": "9999-12-31T23:59:59-12:00"},
		"occurred_at",
	),
	"half a character for a document": (
		f"{LINKAGE}.record_event",
		{**SURVEY, "reference_doctype": "\ud800"},
		"reference_doctype",
	),
	"half a character for a rule": (f"{LINKAGE}.dry_run", {"rule": "\ud800"}, "rule"),
	"a method for a field of a rule": (f"{LINKAGE}.dry_run", {"rule": {"get": 1}}, "get"),
	"no JSON for a rule": (f"{LINKAGE}.dry_run", {"rule": "{"}, "rule"),
	"text for conditions": (f"{LINKAGE}.dry_run", {"rule": {"conditions": "x"}}, "conditions"),
	"no JSON for runs": (f"{LINKAGE}.retry", {"runs": "["}, "runs"),
	"a filter for a run": (f"{LINKAGE}.dismiss", {"runs": [{"a": 1}], "reason": "x"}, "runs"),
	"no JSON for customers": (f"{TAGS}.refresh", {"customers": "["}, "customers"),
	"a filter for a customer of tags": (f"{TAGS}.refresh", {"customers": [["like", "%"]]}, "customers"),
	"no day": (f"{TAGS}.assign", {"customer": "", "tag": "Gold", "reason": "x", "until": "soon"}, "until"),
	"no JSON for a tag": (f"{TAGS}.simulate", {"tag": "{"}, "tag"),
	"a list for a condition": (f"{TAGS}.simulate", {"tag": {"conditions": [{"fact": []}]}}, "fact"),
	"a filter for a deviation": (ACCEPT, {"deviations": [{"status": "Open"}], "note": "x"}, "deviations"),
}


@pytest.fixture(scope="module")
def manager(served, company):
	return Client(served, company.manager, data.PASSWORD)


@pytest.fixture(scope="module")
def matrix(company) -> str:
	patiently(_clean_up)
	make_matrix(MATRIX)
	commit_without_jobs()
	yield MATRIX
	patiently(_clean_up)


def _clean_up():
	frappe.delete_doc("Price Matrix", MATRIX, force=True, ignore_missing=True)


@pytest.mark.parametrize("case", FORGED)
def test_a_forged_request_is_told_which_field_is_wrong(manager, matrix, company, case):
	method, arguments, named = FORGED[case]
	there = {"matrix": matrix, "customer": company.customers["Iron Quay"]}
	arguments = {name: there.get(name, value) for name, value in arguments.items()}
	status, _, text = manager.post(method, **arguments)
	assert status == 417, text
	assert named in told(text) or UNREAD in told(text)


def test_what_an_address_asked_for_is_text_in_the_message(manager):
	"""The Price Check fills in what its address says, and the Desk shows messages as HTML."""
	_, _, text = manager.post(PRICE, **basket(branch="<img src=x onerror=alert(1)>"))
	messages = json.loads(text)["_server_messages"]
	assert "&lt;img" in messages
	assert "<img" not in messages
