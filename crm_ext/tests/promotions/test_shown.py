# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Promotions where people see them besides the documents: on paper, in the Price Check, at the start of the Desk."""

import pytest

import frappe

from crm_ext.demo import data
from crm_ext.overrides.boot import extend_bootinfo
from crm_ext.pricing.check_api import compare, ladder
from crm_ext.tests.pricing.shop import PRICE_LIST, unsaved
from crm_ext.tests.promotions.running import offer
from crm_ext.tests.promotions.test_coupon_batches import public
from crm_ext.tests.settings import change_settings

TENTH = [{"at_least": 3, "gives": "Discount Percentage", "value": 10}]
CODE = "SPRING-26"
LINES = [("LAMP-A", 3, "Nos"), ("LAMP-B", 2, "Nos")]


@pytest.fixture
def coded(shop):
	name = offer(
		"Volume Discount",
		title="Lamps & More",
		products=[{"item": "LAMP-A"}],
		tiers=TENTH,
		needs_coupon=1,
		terms="<p>While <em>stocks</em> last.</p>",
	)
	public(name, CODE)
	return name


@pytest.fixture
def gift(shop):
	given = {"buy_qty": 2, "get_qty": 1, "gives": "Free", "gift_item": "LAMP-D"}
	return offer("Buy X Get Y", title="A Bulb for Two", products=[{"item": "LAMP-B"}], **given)


def booted() -> dict:
	info = frappe._dict()
	extend_bootinfo(bootinfo=info)
	return info.crm_ext


def test_the_desk_knows_whether_there_is_anything_to_ask_for(shop):
	assert booted() == {"promotions": False, "coupons": False, "prices": True}
	offer("Volume Discount", products=[{"item": "LAMP-A"}], tiers=TENTH)
	assert booted() == {"promotions": True, "coupons": False, "prices": True}
	offer("Volume Discount", products=[{"item": "LAMP-B"}], tiers=TENTH, needs_coupon=1)
	assert booted()["coupons"] is True
	change_settings(promotions_enabled=0)
	assert booted() == {"promotions": False, "coupons": False, "prices": True}


def test_promotions_free_goods_and_terms_are_printed(customer, coded, gift):
	order = unsaved("Sales Order", customer, LINES, crm_ext_coupon_codes=CODE).insert()
	html = frappe.get_print("Sales Order", order.name, "Sales Order Price Reasons")
	assert "The volume discount Lamps &amp; More, with the coupon SPRING-26, takes" in html
	assert "Free with the promotion A Bulb for Two." in html
	assert "A Bulb for Two gives 1 LAMP-D free." in html
	assert "While <em>stocks</em> last." in html


def test_what_cannot_be_read_does_not_stop_the_printer(customer, gift):
	order = unsaved("Sales Order", customer, LINES).insert()
	for stored in ("{", "[]", '{"schema": 9, "applied": 3}'):
		order.db_set("crm_ext_promotions", stored)
		assert "LAMP-A" in frappe.get_print("Sales Order", order.name, "Sales Order Price Reasons")


def basket(customer: str, **values) -> dict:
	lines = [
		{"key": str(no), "item_code": item, "qty": qty, "uom": uom}
		for no, (item, qty, uom) in enumerate(LINES)
	]
	return {
		"company": data.HOME.name,
		"customer": customer,
		"price_list": PRICE_LIST,
		"lines": lines,
		**values,
	}


def test_the_price_check_shows_promotions_and_takes_coupons(customer, coded, gift):
	answer = compare(basket(customer), basket(customer, coupons=f"{CODE.lower()} wrong"))
	without, with_ = answer["left"]["promotions"], answer["right"]["promotions"]
	assert [one["promotion"] for one in without["applied"]] == [gift]
	assert {one["promotion"] for one in with_["applied"]} == {coded, gift}
	assert [(one["code"], one["counts"]) for one in with_["coupons"]] == [(CODE, True), ("WRONG", False)]
	assert answer["lines"][0]["difference"] < 0
	assert answer["totals"]["right"] < answer["totals"]["left"]
	assert any(coded in step["text"] for step in answer["lines"][0]["right"]["steps"])


def test_the_prices_by_quantity_are_those_before_promotions(customer, shop):
	offer("Volume Discount", products=[{"item": "LAMP-A"}], tiers=TENTH)
	assert {rung["rate"] for rung in ladder(basket(customer), "0")} == {88.8, 81.25}
