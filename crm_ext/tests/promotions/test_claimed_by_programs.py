# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What a program may write into the fields of promotions, where prices are enforced and where they are not."""

import pytest

import frappe

from crm_ext.pricing.promotions.traces import promotions_of_row
from crm_ext.tests import builders
from crm_ext.tests.pricing.items import update_items
from crm_ext.tests.pricing.people import as_user, person
from crm_ext.tests.pricing.shop import native_rule, unsaved
from crm_ext.tests.promotions.running import offer
from crm_ext.tests.promotions.uses import counted, submitted, ten_percent, uses_of
from crm_ext.tests.settings import change_settings

PRICE, REDUCED = 88.8, 79.92
PAIR = [("LAMP-B", 4, "Nos")]
GIFT = {"item_code": "LAMP-C", "qty": 9, "uom": "Nos", "conversion_factor": 1, "is_free_item": 1, "rate": 0}
SELLER = ("Sales User", "Sales Manager", "Accounts User", "Accounts Manager", "Stock Manager")


@pytest.fixture
def gift(shop):
	"""For each two lamps of one kind, one of another."""
	kind = {"buy_qty": 2, "get_qty": 1, "gives": "Free", "gift_item": "LAMP-C"}
	return offer("Buy X Get Y", products=[{"item": "LAMP-B"}], max_uses=9, **kind)


@pytest.fixture
def enforced(gift):
	change_settings(pricing_enforced=1)
	with as_user(person("Promoted Seller", *SELLER)):
		yield gift


def again(doc):
	return frappe.get_doc(doc.doctype, doc.name)


def free(doc) -> list[tuple]:
	return [(row.item_code, row.qty) for row in doc.items if row.is_free_item and not row.rate]


def test_enforced_prices_leave_free_goods_of_promotions_free(enforced, customer):
	order = unsaved("Sales Order", customer, PAIR).insert()
	order = again(order)
	order.items[0].qty = 6
	order.save()
	assert [(row.item_code, row.qty, bool(row.rate)) for row in again(order).items] == [
		("LAMP-B", 6, True),
		("LAMP-C", 3, False),
	]


def test_enforced_prices_take_free_goods_that_a_form_shows_already(enforced, customer):
	order = unsaved("Sales Order", customer, PAIR)
	order.append("items", {**GIFT, "crm_ext_promotion": enforced})
	order.append("items", {**GIFT, "crm_ext_promotion": enforced})
	order.append("items", {**GIFT, "item_code": "LAMP-D", "crm_ext_promotion": enforced})
	assert [(row.item_code, row.qty) for row in order.insert().items] == [("LAMP-B", 4), ("LAMP-C", 2)]


def test_enforced_prices_sell_what_names_a_line_that_was_not_free(enforced, customer):
	quotation = submitted("Quotation", customer, [("LAMP-C", 9, "Nos")])
	agreed = {"prevdoc_docname": quotation.name, "quotation_item": quotation.items[0].name}
	order = unsaved("Sales Order", customer, PAIR)
	order.append("items", {**GIFT, **agreed, "crm_ext_promotion": enforced})
	assert free(order.insert()) == [("LAMP-C", 2)]


def test_a_saved_line_does_not_become_free_goods_of_a_promotion_by_saying_so(enforced, customer):
	order = again(unsaved("Sales Order", customer, [*PAIR, ("LAMP-A", 1, "Nos")]).insert())
	order.items[1].update({"is_free_item": 1, "rate": 0, "crm_ext_promotion": enforced})
	order.save()
	assert free(again(order)) == [("LAMP-C", 2)]


def test_update_items_finds_a_price_whose_promotion_the_order_itself_has_used_up(enforced, customer):
	with as_user("Administrator"):
		ten_percent(max_uses=1)
	order = submitted("Sales Order", customer, [("LAMP-A", 2, "Nos")])
	update_items(order, qty=3)
	with pytest.raises(frappe.ValidationError, match=r"79\.92"):
		update_items(again(order), rate=80)
	update_items(again(order), rate=REDUCED, uom="Nos")
	assert (again(order).items[0].qty, again(order).items[0].rate) == (3, REDUCED)


def test_a_bought_line_that_names_a_promotion_uses_none(gift, customer):
	order = unsaved("Sales Order", customer, [("LAMP-A", 1, "Nos")])
	order.items[0].crm_ext_promotion = gift
	order.insert().submit()
	assert (uses_of(gift), order.items[0].rate) == ([], PRICE)


def test_a_quoted_gift_that_has_run_out_is_not_given(gift, customer):
	from erpnext.selling.doctype.quotation.quotation import make_sales_order

	frappe.get_doc("Sales Promotion", gift).update({"max_uses": 1}).save()
	quotation = submitted("Quotation", customer, PAIR)
	submitted("Sales Order", builders.customer("Somebody Else"), PAIR)
	order = make_sales_order(quotation.name)
	order.delivery_date = order.transaction_date
	order.insert().submit()
	assert (free(order), counted(gift).uses) == ([], 1)


def test_quoted_prices_of_other_lines_bind_when_a_promotion_has_run_out(shop, customer):
	from erpnext.selling.doctype.quotation.quotation import make_sales_order

	ten_percent(max_uses=1)
	quotation = unsaved("Quotation", customer, [("LAMP-A", 1, "Nos"), ("LAMP-B", 1, "Nos")])
	quotation.insert().submit()
	quoted = quotation.items[1].rate
	frappe.get_doc("Price Matrix", shop).update({"status": "Paused", "status_reason": "Test"}).save()
	submitted("Sales Order", builders.customer("Somebody Else"))
	order = make_sales_order(quotation.name)
	order.delivery_date = order.transaction_date
	order.insert().submit()
	assert [row.rate for row in order.items] == [100, quoted]
	assert quoted != frappe.db.get_value("Item Price", {"item_code": "LAMP-B"}, "price_list_rate")


def test_a_locked_line_tells_nothing_of_promotions_that_a_program_wrote_there(shop, customer):
	promotion = ten_percent(max_uses=5, budget=1_000)
	told = unsaved("Sales Order", customer, [("LAMP-A", 1, "Nos")]).insert().items[0].crm_ext_price_steps
	order = unsaved("Sales Order", customer, [("LAMP-B", 1, "Nos")])
	order.items[0].update({"crm_ext_price_locked": 1, "rate": 50, "crm_ext_price_steps": told})
	order.insert().submit()
	assert promotions_of_row(order.items[0]) == {}
	assert (uses_of(promotion), counted(promotion).uses) == ([], 0)


@pytest.mark.parametrize("text", ["{", "[]", '{"schema":1,"applied":5}', '{"schema":1,"declined":[[[]],7]}'])
def test_what_nobody_can_read_stops_nobody(gift, customer, text):
	order = unsaved("Sales Order", customer, PAIR, crm_ext_promotions=text, crm_ext_coupon_codes="“?%_'")
	assert free(order.insert()) == [("LAMP-C", 2)]
	order.submit()


def test_free_shipping_alone_goes_with_its_promotion(shop, customer):
	promotion = offer("Free Shipping", minimum_amount=1)
	account = frappe.db.get_value("Sales Promotion", promotion, "shipping_account")
	paused = {"status": "Paused", "status_reason": "Test"}
	for matrix in frappe.get_all("Price Matrix", {"status": "Active"}, pluck="name"):
		frappe.get_doc("Price Matrix", matrix).update(paused).save()
	order = unsaved("Sales Order", customer, [("LAMP-A", 1, "Nos")])
	order.append(
		"taxes", {"charge_type": "Actual", "account_head": account, "tax_amount": 9, "description": "x"}
	)
	order.insert()
	assert [row.tax_amount for row in order.taxes] == [-9, 9]
	frappe.get_doc("Sales Promotion", promotion).update(paused).save()
	order = again(order)
	order.submit()
	assert [row.tax_amount for row in order.taxes] == [9]


def test_a_return_gives_back_what_was_sold_and_not_what_a_program_says(shop, customer):
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

	promotion = ten_percent(budget=1_000)
	invoice = submitted("Sales Invoice", customer, [("LAMP-A", 2, "Nos")])
	back = make_sales_return(invoice.name)
	back.items[0].crm_ext_price_steps = back.items[0].crm_ext_price_steps.replace('"17.76', '"917.76')
	back.insert().submit()
	assert float(counted(promotion).amount) == pytest.approx(17.76)


def test_a_gift_that_comes_about_by_a_rule_of_ERPNext_is_a_complete_line(shop, customer):
	first = {"at_least": 1, "gives": "Discount Percentage", "value": 10}
	given = {"at_least": 1, "gives": "Gift", "gift_item": "LAMP-C", "gift_qty": 1}
	of_one = {"promotion_group": "One of them"}
	offer("Volume Discount", products=[{"item": "LAMP-A"}], tiers=[first], priority=9, **of_one)
	offer("Order Threshold", tiers=[given], **of_one)
	native_rule(rate_or_discount="Discount Percentage", discount_percentage=50)
	order = unsaved("Sales Invoice", customer, [("LAMP-A", 1, "Nos")]).insert()
	order.submit()
	assert [(row.item_code, row.item_name, row.rate) for row in again(order).items] == [
		("LAMP-A", "LAMP-A", 44.4),
		("LAMP-C", "LAMP-C", 0),
	]


def test_a_promotion_that_was_deleted_since_is_not_given_at_submission(shop, customer):
	promotion = ten_percent()
	draft = unsaved("Sales Order", customer, [("LAMP-A", 1, "Nos")]).insert()
	frappe.delete_doc("Sales Promotion", promotion)
	draft = again(draft)
	draft.submit()
	assert draft.items[0].rate == PRICE


def test_a_gift_that_may_not_be_sold_any_more_is_taken_out(gift, customer):
	order = again(unsaved("Sales Order", customer, PAIR).insert())
	frappe.get_doc("Item", "LAMP-C").update({"disabled": 1}).save()
	order.items[0].qty = 6
	assert free(order.save()) == []


def test_an_invoice_has_no_more_free_goods_than_its_order(gift, customer):
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	order = submitted("Sales Order", customer, PAIR)
	invoice = make_sales_invoice(order.name)
	invoice.items[1].qty = 50
	assert free(invoice.insert()) == [("LAMP-C", 2)]
