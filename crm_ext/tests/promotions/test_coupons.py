# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Coupons that are handed in: which count, what becomes of them, and who learns what."""

from decimal import Decimal

import pytest

import frappe
from frappe.utils import add_days, getdate, nowdate

from crm_ext.pricing.promotions import coupons
from crm_ext.pricing.promotions.coupons import read_codes
from crm_ext.tests import builders
from crm_ext.tests.pricing.people import person
from crm_ext.tests.pricing.shop import PRICE_LIST, unsaved
from crm_ext.tests.promotions.uses import PRICE, counted, coupon, submitted, ten_percent, uses_of

CODE = "LAMP-CODE"
REDUCED = 79.92
NO_LIMITS = {"max_uses": 0, "max_uses_per_customer": 0}


@pytest.fixture
def promotion(shop):
	return ten_percent(needs_coupon=1)


def answer(customer: str, code: str = CODE, total: float = 100):
	return coupons.answers(
		read_codes(code), customer, getdate(nowdate()), lambda currency: Decimal(str(total))
	)[0]


def stands(code: str = CODE) -> tuple[str, int]:
	return tuple(frappe.db.get_value("Promotion Coupon", code, ["status", "uses"]))


def another_customer() -> str:
	return builders.customer(default_price_list=PRICE_LIST)


@pytest.mark.parametrize(
	("text", "codes"),
	[
		("", ()),
		(None, ()),
		("abc", ("ABC",)),
		("abc, Def;ghi\njkl  ABC", ("ABC", "DEF", "GHI", "JKL")),
		("abc，def、ＧＨＩ；jkl", ("ABC", "DEF", "GHI", "JKL")),
	],
)
def test_codes_are_read_from_what_people_type(text, codes):
	assert read_codes(text) == codes


def test_a_code_counts_whatever_its_capitals(promotion, customer):
	coupon(promotion)
	found = answer(customer, "lamp-Code")
	assert (found.code, found.promotion, found.accepted) == (CODE, promotion, True)


@pytest.mark.parametrize(
	("batch", "reason"),
	[
		({"enabled": 0}, coupons.DISABLED),
		({"valid_from": 1}, coupons.NOT_YET),
		({"valid_to": -1}, coupons.EXPIRED),
		({"valid_from": 0, "valid_to": 0}, ""),
		({"minimum_amount": 100}, ""),
		({"minimum_amount": 100.01}, coupons.MINIMUM),
	],
)
def test_what_the_batch_says_holds(promotion, customer, batch, reason):
	days = {name: add_days(nowdate(), value) for name, value in batch.items() if name.startswith("valid")}
	coupon(promotion, **{**batch, **days})
	assert answer(customer).reason == reason


def test_the_coupon_of_another_customer_does_not_count(promotion, customer):
	coupon(promotion, customer=another_customer())
	assert answer(customer).reason == coupons.OTHER_CUSTOMER


def test_the_holder_of_a_single_code_comes_before_that_of_the_batch(promotion, customer):
	coupon(promotion, customer=another_customer())
	frappe.db.set_value("Promotion Coupon", CODE, "customer", customer)
	assert answer(customer).accepted


def test_a_code_that_is_disabled_does_not_count(promotion, customer):
	coupon(promotion)
	frappe.db.set_value("Promotion Coupon", CODE, "enabled", 0)
	assert answer(customer).reason == coupons.DISABLED


def test_a_code_of_a_promotion_that_is_not_active_does_not_count(promotion, customer):
	coupon(promotion)
	frappe.db.set_value("Sales Promotion", promotion, "status", "Paused")
	assert answer(customer).reason == coupons.NOT_LIVE


def test_a_code_with_an_accent_is_another_code(promotion, customer):
	coupon(promotion)
	assert answer(customer, "LÁMP-CODE").reason == coupons.UNKNOWN


def test_any_number_of_codes_takes_one_statement_and_none_takes_none(promotion, customer, queries):
	coupon(promotion)

	def ask(*codes: str):
		return coupons.answers(codes, customer, getdate(nowdate()), lambda currency: Decimal(0))

	assert queries(lambda: ask(CODE, "NONE", "NEITHER")) == 1
	assert queries(lambda: ask()) == 0


def test_an_order_reserves_a_coupon_and_its_cancellation_gives_it_back(promotion, customer):
	coupon(promotion)
	order = submitted("Sales Order", customer, crm_ext_coupon_codes="lamp-code")
	assert order.items[0].rate == REDUCED
	assert stands() == ("Reserved", 1)
	assert answer(customer).reason == coupons.USED_UP
	assert counted(promotion, coupon=CODE).uses == 1
	order.cancel()
	assert stands() == ("Available", 0)
	assert answer(customer).accepted
	assert uses_of(promotion) == [(order.name, "Released", 8.88, 8.88)]


def test_the_invoice_of_the_order_redeems_it_once(promotion, customer):
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	coupon(promotion)
	order = submitted("Sales Order", customer, crm_ext_coupon_codes=CODE)
	invoice = make_sales_invoice(order.name).insert()
	invoice.submit()
	assert invoice.items[0].rate == REDUCED
	assert stands() == ("Redeemed", 1)
	assert [name for name, *_ in uses_of(promotion)] == [order.name]
	invoice.cancel()
	assert stands() == ("Reserved", 1)


def test_a_coupon_for_two_uses_is_available_until_the_second(promotion, customer):
	coupon(promotion, max_uses=2, max_uses_per_customer=0)
	rates = []
	for _ in range(3):
		rates.append(submitted("Sales Order", customer, crm_ext_coupon_codes=CODE).items[0].rate)
		rates.append(stands())
	assert rates == [REDUCED, ("Available", 1), REDUCED, ("Reserved", 2), PRICE, ("Reserved", 2)]


def test_a_public_code_is_for_every_customer_once(promotion, customer):
	coupon(promotion, max_uses=0)
	of = (customer, customer, another_customer())
	orders = [submitted("Sales Order", one, crm_ext_coupon_codes=CODE) for one in of]
	assert [order.items[0].rate for order in orders] == [REDUCED, PRICE, REDUCED]
	assert answer(customer).reason == coupons.USED_BY_CUSTOMER
	assert stands() == ("Available", 2)


def test_a_code_without_limits_is_counted_without_a_counter(promotion, customer):
	coupon(promotion, **NO_LIMITS)
	for _ in range(2):
		submitted("Sales Order", customer, crm_ext_coupon_codes=CODE)
	assert stands() == ("Available", 2)
	assert not frappe.db.exists("Promotion Usage", {"coupon": CODE})


def test_a_coupon_that_was_used_by_another_document_meanwhile_does_not_count_twice(promotion, customer):
	coupon(promotion)
	drafts = [
		unsaved("Sales Order", customer, [("LAMP-A", 1, "Nos")], crm_ext_coupon_codes=CODE).insert()
		for _ in range(2)
	]
	for draft in drafts:
		draft.submit()
	assert [draft.items[0].rate for draft in drafts] == [REDUCED, PRICE]
	assert stands() == ("Reserved", 1)


def test_a_coupon_disabled_between_draft_and_submission_does_not_count(promotion, customer):
	coupon(promotion)
	draft = unsaved("Sales Order", customer, [("LAMP-A", 1, "Nos")], crm_ext_coupon_codes=CODE).insert()
	assert draft.items[0].rate == REDUCED
	frappe.db.set_value("Promotion Coupon", CODE, "enabled", 0)
	draft.submit()
	assert draft.items[0].rate == PRICE
	assert uses_of(promotion) == []


def test_a_limit_that_is_set_later_counts_the_uses_before(promotion, customer):
	coupon(promotion, **NO_LIMITS)
	submitted("Sales Order", customer, crm_ext_coupon_codes=CODE)
	batch = frappe.get_doc("Coupon Batch", frappe.db.get_value("Promotion Coupon", CODE, "batch"))
	batch.update({"max_uses": 1}).save()
	assert answer(customer).reason == coupons.USED_UP
	assert stands() == ("Reserved", 1)


def test_outsiders_are_not_told_which_codes_exist(promotion, customer):
	coupon(promotion, customer=another_customer())
	user = person("Shopper")
	frappe.db.set_value("User", user, "user_type", "Website User")
	frappe.clear_document_cache("User", user)
	frappe.set_user(user)
	found = answer(customer)
	assert (found.reason, found.promotion, found.code) == (coupons.UNKNOWN, "", CODE)
	assert answer(customer, "NO-SUCH").reason == coupons.UNKNOWN


@pytest.mark.parametrize("roles", [(), ("Sales User",), ("Customer",)])
def test_codes_cannot_be_listed_by_those_who_sell_and_those_who_buy(promotion, roles):
	coupon(promotion)
	frappe.set_user(person("Nosy", *roles) if roles else "Guest")
	with pytest.raises(frappe.PermissionError):
		frappe.get_list("Promotion Coupon", pluck="name")
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc("Promotion Coupon", CODE).check_permission("read")
