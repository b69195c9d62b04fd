# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""When a document is saved: what gets an automatic price, what keeps its own, and what ERPNext does on top."""

import json

import pytest

import frappe
from frappe.utils import add_days, nowdate

from crm_ext.constants import SELLING_DOCTYPES
from crm_ext.demo import data
from crm_ext.pricing.agreed import document_is_left_alone
from crm_ext.tests.pricing.people import as_user, person
from crm_ext.tests.pricing.shop import LISTED, PRICE_LIST, native_rule, unsaved
from crm_ext.tests.settings import change_settings, copy_rates_into_price_lists

LAMP = [("LAMP-A", 3, "Nos")]
PRICE, AT_TEN, LIST = 88.8, 81.25, 100


@pytest.fixture
def order(shop, customer):
	"""`order(rate=…)`: an inserted Sales Order of three lamps; keywords are fields of the row."""

	def make(lines=LAMP, head=None, **row):
		doc = unsaved("Sales Order", customer, lines, **(head or {}))
		doc.items[0].update(row)
		return doc.insert()

	return make


def again(doc):
	return frappe.get_doc(doc.doctype, doc.name)


def steps(row) -> list[str]:
	return [step["did"] for step in json.loads(row.crm_ext_price_steps)["steps"]]


# What a line says about its price


def test_the_line_holds_the_list_price_the_reason_and_every_step(order):
	row = order().items[0]
	assert (row.rate, row.price_list_rate, row.discount_amount) == (PRICE, PRICE, 0)
	assert row.crm_ext_base_rate == LIST
	assert "Lamp Shop 2026" in row.crm_ext_price_reason
	assert steps(row) == ["list", "matrix"]


def test_a_line_without_an_automatic_price_is_ERPNexts_own(order):
	row = order([("LAMP-E", 1, "Nos")]).items[0]
	assert row.rate == LISTED["LAMP-E"]
	assert not row.crm_ext_price_steps
	assert not row.crm_ext_base_rate


def test_a_price_that_no_matrix_gives_any_more_goes_back_to_the_price_list(order, shop):
	doc = order()
	frappe.get_doc("Price Matrix", shop).update({"status": "Paused", "status_reason": "Sale over"}).save()
	frappe.get_doc(doctype="Price Matrix", title="Other", currency="CNY", status="Draft").insert().update(
		{"status": "Active"}
	).save()
	doc = again(doc)
	doc.items[0].qty = 4
	row = doc.save().items[0]
	assert (row.rate, row.price_list_rate, row.crm_ext_price_steps) == (LIST, LIST, None)


def test_a_matrix_that_observes_leaves_the_price_and_tells_on_the_line_what_it_would_have_given(order, shop):
	frappe.get_doc("Price Matrix", shop).update({"status": "Observing"}).save()
	row = order().items[0]
	told = json.loads(row.crm_ext_price_steps)
	assert (row.rate, row.crm_ext_price_locked, row.crm_ext_price_reason or "") == (LIST, 0, "")
	assert steps(row) == ["list"]
	first = told["losers"][0]
	assert (first["reason"], first["detail"]["price"]) == ("observing", "88.8")
	assert order(rate=70).items[0].rate == 70


# Drafts


def test_saving_again_changes_nothing_though_the_matrix_changed(order, shop):
	doc = order()
	frappe.db.set_value("Price Matrix Rate", {"matrix": shop, "item": "LAMP-A"}, "value", 50)
	doc = again(doc)
	doc.po_no = "4711"
	assert doc.save().items[0].rate == PRICE


@pytest.mark.parametrize("change", [{"qty": 10}, {"uom": "Box", "conversion_factor": 12}])
def test_a_change_of_the_line_prices_it_anew(order, change):
	doc = again(order())
	doc.items[0].update(change)
	assert doc.save().items[0].rate == {"qty": AT_TEN, "uom": 950}[next(iter(change))]


def test_another_line_of_the_item_lifts_both_over_the_break(order):
	doc = again(order())
	doc.append("items", {"item_code": "LAMP-A", "qty": 7, "delivery_date": doc.delivery_date})
	assert [row.rate for row in doc.save().items] == [AT_TEN, AT_TEN]


def test_taking_a_line_away_lets_the_other_fall_under_the_break(order):
	doc = again(order([("LAMP-A", 6, "Nos"), ("LAMP-A", 6, "Nos")]))
	assert doc.items[0].rate == AT_TEN
	doc.remove(doc.items[1])
	assert doc.save().items[0].rate == PRICE


def test_a_change_of_the_date_prices_anew(order, shop):
	frappe.db.set_value("Price Matrix Rate", {"matrix": shop, "item": "LAMP-A"}, "valid_to", nowdate())
	doc = again(order())
	doc.transaction_date = doc.delivery_date = doc.items[0].delivery_date = add_days(nowdate(), 5)
	doc.payment_schedule = []
	assert doc.save().items[0].rate == LIST


def test_a_new_customer_of_a_draft_gets_the_own_price_and_the_user_is_told(shop, customer):
	from crm_ext.tests import builders

	other = builders.customer()
	frappe.get_doc(
		doctype="Price Matrix Rate", matrix=shop, item="LAMP-A", customer=other, rate_type="Rate", value=60
	).insert()
	doc = again(unsaved("Quotation", customer, LAMP).insert())
	frappe.clear_messages()
	doc.party_name = other
	assert doc.save().items[0].rate == 60
	assert [m for m in frappe.get_message_log() if "1 lines follow the new customer: rows 1" in str(m)]


def test_submitting_does_not_price_anew(order, shop):
	doc = again(order())
	frappe.db.set_value("Price Matrix Rate", {"matrix": shop, "item": "LAMP-A"}, "value", 50)
	doc.submit()
	assert again(doc).items[0].rate == PRICE


def test_an_amended_copy_keeps_the_prices(order, shop):
	doc = again(order())
	doc.submit()
	doc.cancel()
	frappe.db.set_value("Price Matrix Rate", {"matrix": shop, "item": "LAMP-A"}, "value", 50)
	copy = frappe.copy_doc(doc)
	copy.update({"amended_from": doc.name, "docstatus": 0})
	assert copy.insert().items[0].rate == PRICE


# What people and programs give


def test_a_rate_that_a_program_sends_stays_and_is_locked(order):
	row = order(rate=70).items[0]
	assert (row.rate, row.price_list_rate, row.crm_ext_price_locked) == (70, PRICE, 1)
	assert round(row.discount_amount, 2) == 18.8
	assert steps(row) == ["list", "matrix", "locked"]


def test_a_locked_price_outlives_a_change_of_quantity(order):
	doc = again(order(rate=70))
	doc.items[0].qty = 50
	assert doc.save().items[0].rate == 70


def test_unlocking_brings_the_automatic_price_back(order):
	doc = again(order(rate=70))
	doc.items[0].crm_ext_price_locked = 0
	row = doc.save().items[0]
	assert (row.rate, row.discount_amount, steps(row)) == (PRICE, 0, ["list", "matrix"])


def test_a_rate_above_the_automatic_price_becomes_a_margin(order):
	row = order(rate=120).items[0]
	assert (row.rate, row.margin_type, row.price_list_rate) == (120, "Amount", PRICE)


@pytest.mark.parametrize(
	"given, expected",
	[
		({"discount_percentage": 10}, 79.92),
		({"discount_amount": 8}, 80.8),
		({"discount_percentage": 100}, 0),
		({"margin_type": "Percentage", "margin_rate_or_amount": 10}, 97.68),
		({"margin_type": "Amount", "margin_rate_or_amount": 5}, 93.8),
	],
)
def test_discounts_and_margins_by_hand_act_on_the_automatic_price(order, given, expected):
	row = order(**given).items[0]
	assert (row.price_list_rate, row.rate) == (PRICE, pytest.approx(expected))
	assert steps(row)[:2] == ["list", "matrix"]
	assert json.loads(row.crm_ext_price_steps)["rate"] == f"{row.rate:.2f}".rstrip("0").rstrip(".")


def test_a_discount_by_hand_follows_to_the_next_break(order):
	doc = again(order(discount_percentage=10))
	doc.items[0].qty = 10
	assert doc.save().items[0].rate == 73.12  # 73.125, as ERPNext rounds


def test_enforced_prices_replace_rates_and_discounts_of_those_without_the_role(order, customer):
	change_settings(pricing_enforced=1)
	seller = person("Enforced Seller", "Sales User", "Sales Manager", "Accounts User")
	with as_user(seller):
		row = order(rate=70).items[0]
		assert (row.rate, row.crm_ext_price_locked) == (PRICE, 0)
		assert order(discount_percentage=50).items[0].rate == PRICE
		assert order(rate=70, crm_ext_price_locked=1).items[0].rate == PRICE
	boss = person("Enforced Boss", "Sales User", "Sales Manager", "Accounts User", "Price Override")
	with as_user(boss):
		assert order(rate=70).items[0].rate == 70


# ERPNext's own rules, on top


@pytest.mark.parametrize(
	"values, expected",
	[
		({"rate_or_discount": "Discount Percentage", "discount_percentage": 5}, 84.36),
		({"rate_or_discount": "Discount Amount", "discount_amount": 8.8}, 80),
	],
)
def test_a_discount_of_a_pricing_rule_acts_on_the_automatic_price(order, values, expected):
	name = native_rule(**values).name
	row = order().items[0]
	assert (row.price_list_rate, row.rate) == (PRICE, pytest.approx(expected))
	assert name in row.pricing_rules
	assert steps(row) == ["list", "matrix", "native"]


def test_a_pricing_rule_is_applied_anew_when_the_quantity_changes(order):
	native_rule(rate_or_discount="Discount Percentage", discount_percentage=5, max_qty=9)
	doc = again(order())
	doc.items[0].qty = 10
	row = doc.save().items[0]
	assert (row.rate, row.pricing_rules or None) == (AT_TEN, None)


def test_a_pricing_rule_that_sets_the_rate_wins_over_the_automatic_price(order):
	native_rule(rate_or_discount="Rate", rate=42)
	doc = order()
	assert doc.items[0].rate == 42
	doc = again(doc)
	doc.items[0].qty = 5
	assert doc.save().items[0].rate == 42


def test_a_coupon_acts_on_the_automatic_price(order):
	of = native_rule(rate_or_discount="Discount Percentage", discount_percentage=10, coupon_code_based=1)
	coupon = frappe.get_doc(
		doctype="Coupon Code",
		coupon_name="Lamps",
		coupon_code="LAMPS",
		coupon_type="Promotional",
		pricing_rule=of.name,
		maximum_use=5,
	).insert()
	assert order().items[0].rate == PRICE
	assert order(head={"coupon_code": coupon.name}).items[0].rate == pytest.approx(79.92)


# What is left alone


@pytest.mark.parametrize(
	"head",
	[
		{"is_return": 1, "return_against": "SINV-1"},
		{"is_debit_note": 1},
		{"is_consolidated": 1},
		{"is_internal_customer": 1},
		{"ignore_pricing_rule": 1},
	],
	ids=lambda head: next(iter(head)),
)
def test_documents_that_are_left_alone(head):
	assert document_is_left_alone(frappe._dict(head))
	assert not document_is_left_alone(frappe._dict(is_return=1, customer="Lin"))


def test_ignore_pricing_rule_means_no_automatic_price(order):
	row = order(head={"ignore_pricing_rule": 1}).items[0]
	assert (row.rate, row.crm_ext_price_steps) == (LIST, None)


def test_a_free_line_stays_free(order):
	row = order(is_free_item=1, rate=0, price_list_rate=0).items[0]
	assert (row.rate, row.crm_ext_price_steps) == (0, None)


def test_a_contract_price_stays(shop, customer):
	blanket = frappe.get_doc(
		doctype="Blanket Order",
		blanket_order_type="Selling",
		customer=customer,
		company=data.HOME.name,
		from_date=nowdate(),
		to_date=add_days(nowdate(), 30),
		items=[{"item_code": "LAMP-A", "qty": 100, "rate": 66}],
	).insert()
	blanket.submit()
	doc = unsaved("Sales Order", customer, LAMP)
	doc.items[0].update(
		{"against_blanket_order": 1, "blanket_order": blanket.name, "blanket_order_rate": 66, "rate": 66}
	)
	row = doc.insert().items[0]
	assert (row.rate, row.crm_ext_price_steps) == (66, None)


def test_a_return_carries_the_price_sold_at(shop, customer):
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

	invoice = unsaved("Sales Invoice", customer, LAMP).insert()
	invoice.submit()
	frappe.db.set_value("Price Matrix Rate", {"matrix": shop, "item": "LAMP-A"}, "value", 50)
	row = make_sales_return(invoice.name).insert().items[0]
	assert row.rate == PRICE
	assert steps(row) == ["list", "matrix", "source"]


def test_a_mapped_line_says_where_its_price_was_agreed_and_what_changed_since(order):
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	doc = order()
	doc.submit()
	invoice = make_sales_invoice(doc.name)
	invoice.items[0].rate = 80
	row = invoice.insert().items[0]
	told = json.loads(row.crm_ext_price_steps)
	assert [step["did"] for step in told["steps"]] == ["list", "matrix", "source", "manual"]
	assert told["steps"][2]["detail"] == {"doctype": "Sales Order", "name": doc.name}
	assert told["rate"] == "80"


def test_with_prices_switched_off_ERPNext_prices_alone(order):
	change_settings(pricing_enabled=0)
	assert order().items[0].rate == LIST


def test_ERPNext_does_not_copy_automatic_prices_into_the_price_list(order):
	copy_rates_into_price_lists(update_existing_price_list_rate=1)
	doc = again(order([("LAMP-A", 3, "Nos"), ("LAMP-D", 2, "Nos")]))
	doc.save()
	doc.submit()
	prices = frappe.get_all(
		"Item Price", {"item_code": ("in", ("LAMP-A", "LAMP-D"))}, pluck="price_list_rate"
	)
	assert prices == [LIST]
	assert [row.rate for row in again(doc).items] == [PRICE, 54.39]


# For whom


def test_a_quotation_to_a_lead_gets_the_prices_that_are_for_all(shop, customer):
	lead = frappe.get_doc(doctype="Lead", lead_name="Wu", company_name="Wu's Lamps").insert()
	frappe.get_doc(
		doctype="Price Matrix Rate",
		matrix=shop,
		item="LAMP-A",
		customer_group=frappe.db.get_value("Customer", customer, "customer_group"),
		rate_type="Rate",
		value=60,
	).insert()
	doc = frappe.get_doc(
		doctype="Quotation",
		quotation_to="Lead",
		party_name=lead.name,
		company=data.HOME.name,
		selling_price_list=PRICE_LIST,
		items=[{"item_code": "LAMP-A", "qty": 3}],
	).insert()
	assert doc.items[0].rate == PRICE
	assert unsaved("Quotation", customer, LAMP).insert().items[0].rate == 60


@pytest.mark.parametrize("doctype", SELLING_DOCTYPES)
def test_points_of_sale_branches_and_channels_of_the_document_count(doctype, shop, customer):
	frappe.get_doc(doctype="Branch", branch="North").insert()
	frappe.get_doc(doctype="Sales Channel", channel_name="Web").insert()
	point = "pos_profile" if doctype in ("Sales Invoice", "POS Invoice") else "crm_ext_pos_profile"
	places = [("sales_channel", "Web", 63), ("branch", "North", 62), ("pos_profile", data.SHOP, 61)]
	head = {}
	for field, value, price in places:
		frappe.get_doc(
			doctype="Price Matrix Rate",
			matrix=shop,
			item="LAMP-A",
			rate_type="Rate",
			value=price,
			**{field: value},
		).insert()
		head[point if field == "pos_profile" else f"crm_ext_{field}"] = value
		expected = 61 if doctype == "POS Invoice" and field != "pos_profile" else price
		if doctype != "POS Invoice" or field == "pos_profile":
			assert unsaved(doctype, customer, LAMP, **head).insert().items[0].rate == expected


# What it costs


def test_statements_do_not_grow_with_the_lines(shop, customer, queries):
	def added(lines: int) -> int:
		counts = []
		for enabled in (0, 1):
			change_settings(pricing_enabled=enabled)
			doc = unsaved("Sales Order", customer, [("LAMP-A", 1, "Nos")] * lines)
			counts.append(queries(doc.insert))
		return counts[1] - counts[0]

	added(1)
	assert added(1) <= 6
	assert added(40) <= 6
