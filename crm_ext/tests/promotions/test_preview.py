# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What a form is told before it saves is what saving makes of it, and nothing is saved."""

import copy
import json

import pytest

import frappe

from crm_ext.constants import SELLING_DOCTYPES
from crm_ext.pricing.promotions.api import preview, told
from crm_ext.tests import builders
from crm_ext.tests.pricing.people import as_user, person
from crm_ext.tests.pricing.shop import LISTED, as_sent, unsaved
from crm_ext.tests.promotions.running import offer
from crm_ext.tests.promotions.test_coupon_batches import public
from crm_ext.tests.promotions.test_free_shipping import charge, free_shipping, freight  # noqa: F401 (fixtures)
from crm_ext.tests.settings import change_settings

TENTH = [{"at_least": 3, "gives": "Discount Percentage", "value": 10}]
GIFT = {"buy_qty": 2, "get_qty": 1, "gives": "Free", "gift_item": "LAMP-D"}
LINES = [("LAMP-A", 3, "Nos"), ("LAMP-B", 4, "Nos"), ("LAMP-E", 1, "Nos")]


@pytest.fixture
def volume(shop):
	return offer(
		"Volume Discount", products=[{"item": "LAMP-A"}], tiers=TENTH, terms="<p>While stocks last.</p>"
	)


@pytest.fixture
def gift(shop):
	return offer("Buy X Get Y", products=[{"item": "LAMP-B"}], **GIFT)


def form(doctype: str, customer: str, lines: list[tuple] = LINES, **values) -> dict:
	"""A new document as the Desk sends it, with the prices that ERPNext finds in the price list."""
	sent = as_sent(doctype, customer, lines, **values)
	rows = [
		{
			**row,
			"doctype": f"{doctype} Item",
			"name": f"new-row-{place}",
			"idx": place,
			"__islocal": 1,
			"price_list_rate": LISTED.get(row["item_code"]) or 0,
			"rate": LISTED.get(row["item_code"]) or 0,
		}
		for place, row in enumerate(sent["items"], 1)
	]
	head = {"currency": "CNY", "conversion_rate": 1, "plc_conversion_rate": 1, "docstatus": 0}
	return {**sent, "items": rows, "name": "new-document-1", "__islocal": 1, "__unsaved": 1, **head}


def laid(sent: dict, answer: dict) -> dict:
	"""The form once the answer is laid over it, as promotion_lay.js does."""
	after = copy.deepcopy(sent)
	rows = {row["name"]: row for row in after["items"]}
	for row in answer["rows"]:
		rows[row["name"]].update(row["values"])
	kept = [row for row in after["items"] if row["name"] not in answer["free_rows"]["remove"]]
	new = [
		{
			"name": f"new-free-{frappe.generate_hash(length=6)}",
			"doctype": f"{sent['doctype']} Item",
			"__islocal": 1,
			**row,
		}
		for row in answer["free_rows"]["add"]
	]
	after["items"] = kept + new
	return {**after, **answer["head"]}


def rates(doc) -> list:
	return [
		(row["item_code"], row["qty"], row.get("price_list_rate") or 0, row.get("rate") or 0)
		for row in doc["items"]
	]


@pytest.mark.parametrize("doctype", SELLING_DOCTYPES)
def test_a_form_shows_what_saving_makes_of_it(doctype, customer, volume, gift):
	sent = form(doctype, customer)
	shown = laid(sent, preview(json.dumps(sent, default=str)))
	saved = unsaved(doctype, customer, LINES).insert()
	assert rates(shown) == rates(saved.as_dict())
	assert shown["crm_ext_promotions"] == saved.crm_ext_promotions
	assert shown["crm_ext_promotion_terms"] == saved.crm_ext_promotion_terms
	assert "While stocks last" in shown["crm_ext_promotion_terms"]
	assert ("LAMP-D", 2, 0, 0) in rates(shown)
	assert all(row["item_name"] for row in shown["items"] if row.get("is_free_item"))
	if "Invoice" in doctype:
		assert all(row["income_account"] for row in shown["items"] if row.get("is_free_item"))


def test_nothing_is_saved_and_nothing_is_said(customer, volume, gift):
	before = frappe.db.count("Sales Order"), frappe.db.count("Promotion Redemption")
	assert preview(form("Sales Order", customer))["rows"]
	assert (frappe.db.count("Sales Order"), frappe.db.count("Promotion Redemption")) == before
	assert not frappe.message_log


def test_asking_again_changes_nothing(customer, volume, gift):
	once = form("Sales Order", customer)
	again = laid(once, preview(once))
	answer = preview(again)
	assert answer["rows"] == [] and answer["free_rows"] == {"add": [], "remove": []}


def test_free_goods_follow_the_quantity(customer, gift):
	shown = laid(form("Quotation", customer), preview(form("Quotation", customer)))
	free = next(row for row in shown["items"] if row.get("crm_ext_promotion"))
	shown["items"][1]["qty"] = 7
	[change] = preview(shown)["rows"][-1:]
	assert (change["name"], change["values"]["qty"]) == (free["name"], 3)
	shown["items"][1]["qty"] = 1
	assert preview(shown)["free_rows"]["remove"] == [free["name"]]


def test_free_goods_that_were_taken_out_stay_out(customer, gift):
	shown = laid(form("Quotation", customer), preview(form("Quotation", customer)))
	shown["items"] = [row for row in shown["items"] if not row.get("crm_ext_promotion")]
	stored = json.loads(shown["crm_ext_promotions"])
	shown["crm_ext_promotions"] = json.dumps({**stored, "declined": [[gift, "LAMP-D"]]})
	answer = preview(shown)
	assert answer["free_rows"]["add"] == []
	assert (answer["applied"], answer["saved"]) == ([], 0)
	assert [one["text"] for one in answer["declined"]] == [f"LAMP-D, free with {gift}, was taken out."]


def test_sibling_lines_follow(customer, shop):
	"""The break at 10 counts both lines of the item; only one of them was changed."""
	order = unsaved("Sales Order", customer, [("LAMP-A", 5, "Nos"), ("LAMP-A", 4, "Nos")]).insert()
	sent = order.as_dict()
	sent["items"][1]["qty"] = 5
	answer = preview(frappe.as_json(sent))
	assert [row["values"]["rate"] for row in answer["rows"]] == [81.25, 81.25]


def test_a_typed_rate_stays_and_is_locked(customer, volume):
	sent = form("Sales Order", customer)
	sent = laid(sent, preview(sent))
	sent["items"][0].update(rate=50, crm_ext_price_locked=1)
	after = laid(sent, preview(sent))
	assert (after["items"][0]["rate"], after["items"][0]["crm_ext_price_locked"]) == (50, 1)


def test_what_is_missing_is_told(customer, volume):
	answer = preview(form("Sales Order", customer, [("LAMP-A", 2, "Nos")]))
	assert answer["near"] == [{"promotion": volume, "text": "1 more of LAMP-A: 10 % off."}]
	assert answer["applied"] == [] and answer["saved"] == 0


def test_coupons_are_accepted_or_refused_with_the_reason(customer, shop):
	coded = offer(
		"Order Threshold",
		tiers=[{"at_least": 1, "gives": "Discount Percentage", "value": 10}],
		needs_coupon=1,
	)
	public(coded, "SPRING-26")
	answer = preview(form("Sales Order", customer, crm_ext_coupon_codes="spring-26, wrong"))
	assert [(one["code"], one["accepted"], one["counts"], one["text"]) for one in answer["coupons"]] == [
		("SPRING-26", True, True, "The coupon SPRING-26 counts."),
		("WRONG", False, False, "There is no coupon WRONG."),
	]
	assert f"{coded}, with the coupon SPRING-26, saves" in answer["applied"][0]["text"]


def test_free_shipping_is_in_the_charges_and_goes_with_its_promotion(customer, free_shipping, freight):  # noqa: F811
	charged = {
		**charge(freight),
		"doctype": "Sales Taxes and Charges",
		"name": "new-tax-1",
		"idx": 1,
		"__islocal": 1,
	}
	sent = form("Sales Order", customer, [("LAMP-A", 3, "Nos")], taxes=[charged])
	answer = preview(sent)
	back, there = answer["taxes"]
	assert (back["name"], back["values"]["tax_amount"], there["name"]) == (None, -100, "new-tax-1")
	assert [one["text"] for one in answer["applied"]] == [f"{free_shipping} makes shipping free."]

	waiver = {
		**back["values"],
		"doctype": "Sales Taxes and Charges",
		"name": "new-tax-2",
		"idx": 1,
		"__islocal": 1,
	}
	small = form("Sales Order", customer, [("LAMP-A", 1, "Nos")], taxes=[waiver, {**charged, "idx": 2}])
	answer = preview(small)
	assert [row["name"] for row in answer["taxes"]] == ["new-tax-1"]
	assert preview(form("Sales Order", customer))["taxes"] is None


def test_a_saved_document_tells_what_it_got(customer, volume, gift):
	saved = unsaved("Sales Order", customer, LINES).insert()
	answer = told("Sales Order", saved.name)
	assert sorted(one["promotion"] for one in answer["applied"]) == sorted([volume, gift])
	assert answer["saved"] > 0


def test_without_anything_live_there_is_no_answer(customer):
	change_settings(pricing_enabled=0)
	assert preview(form("Sales Order", customer, [])) is None


def test_half_a_document_is_no_reason_to_complain(customer, volume):
	for missing in ("currency", "conversion_rate", "selling_price_list", "customer", "items"):
		sent = form("Sales Order", customer)
		sent.pop(missing)
		preview(sent)
	sent = form("Sales Order", customer)
	sent["items"][0]["item_code"] = "No Such Item"
	preview(sent)


def test_who_may_not_write_or_not_see_the_customer_is_told_nothing(customer, volume):
	sent = form("Sales Order", customer)
	with as_user(person("Reader of Previews", "Stock User")):
		assert preview(sent) is None
	seller = person("Seller of One Customer", "Sales User")
	other = builders.customer("Another One")
	frappe.get_doc(doctype="User Permission", user=seller, allow="Customer", for_value=other).insert()
	with as_user(seller):
		assert preview(sent) is None


def test_another_users_draft_cannot_be_asked_about(customer, volume):
	saved = unsaved("Sales Order", customer, LINES).insert()
	with as_user(person("Stranger to Orders", "Stock User")), pytest.raises(frappe.PermissionError):
		preview(frappe.as_json(saved.as_dict()))
	with as_user(person("Stranger to Selling", "HR User")), pytest.raises(frappe.PermissionError):
		told("Sales Order", saved.name)


def test_only_selling_documents_are_asked_about(customer):
	for sent in ({"doctype": "User", "name": "Administrator"}, {}, []):
		with pytest.raises(frappe.ValidationError):
			preview(sent if sent != [] else "[]")
	with pytest.raises(frappe.ValidationError):
		told("User", "Administrator")
