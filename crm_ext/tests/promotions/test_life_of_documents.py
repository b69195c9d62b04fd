# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Promoted documents through their lives: saved again, mapped, delivered in parts, returned, amended, cancelled."""

import json

import pytest

import frappe
from frappe.utils import nowdate

from crm_ext.constants import SELLING_DOCTYPES
from crm_ext.demo import data
from crm_ext.tests.pricing.items import update_items
from crm_ext.tests.pricing.shop import PRICE_LIST, native_rule, unsaved
from crm_ext.tests.promotions.running import offer
from crm_ext.tests.settings import copy_rates_into_price_lists

LAMPS = [("LAMP-A", 3, "Nos")]
PRICE, CHEAPER = 88.8, 79.92
PAIR = [("LAMP-B", 4, "Nos")]
"""Two gifts for four of these."""


@pytest.fixture
def tenth_off(shop):
	"""A tenth off three lamps."""
	return offer("Volume Discount", products=[{"item": "LAMP-A"}], tiers=[_tier(3, 10)])


@pytest.fixture
def gift(shop):
	"""For each two lamps of one kind, one of another."""
	return _gift()


def _gift(**values):
	kind = {"buy_qty": 2, "get_qty": 1, "gives": "Free", "gift_item": "LAMP-C"}
	return offer("Buy X Get Y", products=[{"item": "LAMP-B"}], **{**kind, **values})


def _tier(at_least: float, value: float, **values) -> dict:
	return {"at_least": at_least, "gives": "Discount Percentage", "value": value, **values}


def entered(doctype: str, customer: str, lines: list[tuple], **values):
	return unsaved(doctype, customer, lines, **values).insert()


def again(doc):
	return frappe.get_doc(doc.doctype, doc.name)


def free(doc) -> list[tuple]:
	"""The free rows of ours: (item, qty, rate, amount)."""
	return [
		(row.item_code, row.qty, row.rate, row.amount)
		for row in doc.items
		if row.is_free_item and row.crm_ext_promotion
	]


def sold(doc) -> list[float]:
	return [row.rate for row in doc.items if not row.is_free_item]


def submitted(doc):
	doc.submit()
	return again(doc)


# Rates


@pytest.mark.parametrize("doctype", SELLING_DOCTYPES)
def test_a_promoted_line_keeps_its_price_and_shows_the_discount(doctype, customer, tenth_off):
	doc = entered(doctype, customer, LAMPS)
	for _ in range(2):
		row = doc.items[0]
		assert (row.price_list_rate, row.rate, row.discount_amount) == (PRICE, CHEAPER, pytest.approx(8.88))
		assert doc.total == pytest.approx(3 * CHEAPER)
		doc = again(doc)
		doc.save()
	assert submitted(doc).items[0].rate == CHEAPER


@pytest.mark.parametrize("doctype", SELLING_DOCTYPES)
def test_a_bought_line_that_is_free_stays_free(doctype, customer, shop):
	offer(
		"Add-On",
		products=[{"item": "LAMP-B"}, {"item": "LAMP-A", "part": "Get"}],
		**{"buy_qty": 1, "get_qty": 1, "gives": "Free"},
	)
	doc = entered(doctype, customer, [("LAMP-B", 1, "Nos"), ("LAMP-A", 1, "Nos")])
	assert doc.items[1].rate == 0
	doc = again(doc)
	doc.save()
	assert (doc.items[1].rate, doc.items[1].price_list_rate) == (0, PRICE)
	doc.items[0].qty = doc.items[1].qty = 2
	doc.save()
	assert doc.items[1].rate == 0
	doc.remove(doc.items[0])
	doc.save()
	assert doc.items[0].rate == PRICE


def test_a_promotion_that_does_not_fit_any_more_gives_the_price_back(customer, tenth_off):
	doc = entered("Sales Order", customer, LAMPS)
	doc.items[0].qty = 2
	doc.save()
	row = again(doc).items[0]
	assert (row.rate, row.discount_amount, row.discount_percentage) == (PRICE, 0, 0)


def test_the_largest_discount_of_an_item_stops_nobody(customer, tenth_off):
	frappe.db.set_value("Item", "LAMP-A", "max_discount", 5)
	frappe.clear_document_cache("Item", "LAMP-A")
	doc = entered("Sales Order", customer, LAMPS)
	doc.save()
	assert submitted(doc).items[0].rate == CHEAPER


@pytest.mark.parametrize("based_on", ["Rate", "Price List Rate"])
def test_a_promoted_rate_is_not_written_into_the_price_list(based_on, customer, tenth_off):
	copy_rates_into_price_lists(update_existing_price_list_rate=1, update_price_list_based_on=based_on)
	doc = entered("Sales Order", customer, LAMPS)
	doc.save()
	listed = {"item_code": "LAMP-A", "price_list": PRICE_LIST}
	assert frappe.get_all("Item Price", listed, pluck="price_list_rate") == [100]
	assert again(doc).items[0].rate == CHEAPER


@pytest.mark.parametrize("copying", [0, 1])
def test_a_margin_given_by_hand_is_left_alone(copying, customer, tenth_off):
	copy_rates_into_price_lists(auto_insert_price_list_rate_if_missing=copying)
	doc = unsaved("Sales Order", customer, LAMPS)
	doc.items[0].update({"margin_type": "Percentage", "margin_rate_or_amount": 10})
	rate = doc.insert().items[0].rate
	doc = again(doc)
	doc.save()
	assert doc.items[0].rate == rate == 97.68
	assert (doc.items[0].margin_type, doc.items[0].margin_rate_or_amount) == ("Percentage", 10)


def test_a_discount_given_by_hand_leaves_the_promotion_and_comes_back_to_it(customer, tenth_off):
	doc = entered("Quotation", customer, [*LAMPS, ("LAMP-B", 1, "Nos")])
	doc.items[0].update({"discount_percentage": 30, "discount_amount": 0, "rate": 0})
	doc.save()
	assert doc.items[0].rate == 62.16
	doc = again(doc)
	doc.items[1].qty = 2
	doc.save()
	assert doc.items[0].rate == 62.16
	assert not json.loads(doc.crm_ext_promotions)["applied"]
	doc = again(doc)
	doc.items[0].update({"discount_percentage": 0, "discount_amount": 0, "rate": 0})
	doc.save()
	assert doc.items[0].rate == CHEAPER


def test_a_line_discounted_by_hand_uses_no_promotion(customer, tenth_off):
	doc = entered("Sales Order", customer, LAMPS)
	doc.items[0].update({"discount_percentage": 30, "discount_amount": 0, "rate": 0})
	doc.save()
	assert submitted(doc).items[0].rate == 62.16
	assert not frappe.db.exists("Promotion Redemption", {"reference_name": doc.name})


def test_a_margin_without_a_value_does_not_undo_a_promotion(customer, tenth_off):
	from erpnext.selling.doctype.quotation.quotation import make_sales_order

	doc = make_sales_order(submitted(entered("Quotation", customer, LAMPS)).name)
	doc.update({"delivery_date": nowdate()})
	doc.items[0].margin_type = "Percentage"
	assert doc.insert().items[0].rate == CHEAPER


def test_a_margin_stays_a_percentage_when_a_promotion_ran_out_meanwhile(customer, shop):
	offer(
		"Volume Discount",
		products=[{"item": "LAMP-B"}],
		tiers=[{"at_least": 1, "gives": "Discount Percentage", "value": 10}],
		max_uses=1,
	)
	orders = [unsaved("Sales Order", customer, [*LAMPS, ("LAMP-B", 1, "Nos")]) for _ in range(2)]
	for doc in orders:
		doc.items[0].update({"margin_type": "Percentage", "margin_rate_or_amount": 10})
		doc.insert()
	first, last = (submitted(again(doc)) for doc in orders)
	assert first.items[1].rate < last.items[1].rate
	row = last.items[0]
	assert (row.rate, row.margin_type, row.margin_rate_or_amount) == (97.68, "Percentage", 10)


def test_what_costs_nothing_may_have_a_margin(customer, shop):
	frappe.get_doc(
		doctype="Price Matrix Rate", matrix=shop, customer=customer, item="LAMP-A", rate_type="Rate", value=0
	).insert()
	doc = unsaved("Sales Order", customer, LAMPS)
	doc.items[0].update({"margin_type": "Amount", "margin_rate_or_amount": 10})
	assert again(doc.insert()).items[0].rate == 10


def test_in_another_currency(customer, tenth_off):
	doc = entered("Sales Order", customer, LAMPS, currency="USD", conversion_rate=8)
	row = doc.items[0]
	assert (row.price_list_rate, row.rate) == (11.1, 9.99)
	assert row.base_rate == pytest.approx(79.92)


def test_in_another_unit(customer, tenth_off):
	doc = entered("Sales Order", customer, [("LAMP-A", 1, "Box")])
	assert (doc.items[0].price_list_rate, doc.items[0].rate) == (950, 855)


def test_with_taxes_included_in_the_price(customer, tenth_off):
	doc = entered("Sales Order", customer, LAMPS, taxes=[_vat(included_in_print_rate=1)])
	assert doc.items[0].rate == CHEAPER
	assert doc.grand_total == pytest.approx(3 * CHEAPER)
	assert doc.net_total == pytest.approx(3 * CHEAPER / 1.13, abs=0.01)


def _vat(**values) -> dict:
	account = {"company": data.HOME.name, "account_type": "Tax", "is_group": 0}
	return {
		"charge_type": "On Net Total",
		"account_head": frappe.db.get_value("Account", account),
		"description": "VAT",
		"rate": 13,
		**values,
	}


@pytest.mark.parametrize("on", ["Net Total", "Grand Total"])
def test_with_an_additional_discount(on, customer, tenth_off):
	discount = {"apply_discount_on": on, "additional_discount_percentage": 10}
	doc = entered("Sales Order", customer, LAMPS, **discount)
	doc = again(doc)
	doc.save()
	assert doc.items[0].rate == CHEAPER
	assert doc.grand_total == pytest.approx(3 * CHEAPER * 0.9, abs=0.01)


# Free goods


@pytest.mark.parametrize("doctype", SELLING_DOCTYPES)
def test_free_goods_come_as_a_line_of_their_own(doctype, customer, gift):
	doc = entered(doctype, customer, PAIR)
	assert free(doc) == [("LAMP-C", 2, 0, 0)]
	row = doc.items[-1]
	assert (row.crm_ext_promotion, row.uom, row.stock_qty, row.price_list_rate) == (gift, "Nos", 2, 0)
	assert row.item_name and row.conversion_factor == 1
	doc = again(doc)
	doc.save()
	assert free(doc) == [("LAMP-C", 2, 0, 0)]
	assert free(submitted(doc)) == [("LAMP-C", 2, 0, 0)]


def test_free_goods_follow_the_quantity_bought(customer, gift):
	doc = entered("Sales Order", customer, PAIR)
	doc.items[0].qty = 6
	doc.save()
	assert free(again(doc)) == [("LAMP-C", 3, 0, 0)]
	doc.items[0].qty = 1
	doc.save()
	assert free(again(doc)) == []
	assert len(again(doc).items) == 1


def test_free_goods_are_in_the_stock_unit_whatever_the_unit_for_sales(customer, gift):
	frappe.db.set_value("Item", "LAMP-C", "sales_uom", "Box")
	frappe.clear_document_cache("Item", "LAMP-C")
	row = entered("Sales Order", customer, PAIR).items[-1]
	assert (row.qty, row.uom, row.stock_qty) == (2, "Nos", 2)


def test_free_goods_of_the_item_that_is_bought(customer, shop):
	_gift(gift_item="LAMP-B")
	frappe.db.set_single_value("Selling Settings", "allow_multiple_items", 0)
	doc = entered("Sales Order", customer, PAIR)
	assert free(submitted(doc)) == [("LAMP-B", 2, 0, 0)]


@pytest.mark.parametrize("doctype", SELLING_DOCTYPES)
def test_free_goods_survive_rules_of_ERPNext_on_the_transaction_that_do_not_fit(doctype, customer, gift):
	second = _gift(gift_item="LAMP-E", title="Second", combination="Best for the Customer")
	rule = {
		"title": "Big",
		"apply_on": "Transaction",
		"selling": 1,
		"company": data.HOME.name,
		"currency": "CNY",
	}
	frappe.get_doc(
		{
			"doctype": "Pricing Rule",
			**rule,
			**{"min_amt": 10_000_000, "rate_or_discount": "Discount Percentage", "discount_percentage": 5},
		}
	).insert()
	lines = [*PAIR, ("LAMP-B", 2, "Nos")]
	doc = entered(doctype, customer, lines)
	given = {row.crm_ext_promotion for row in doc.items if row.is_free_item}
	assert given & {gift, second}
	before = free(doc)
	doc = again(doc)
	assert free(doc) == before
	doc.save()
	doc = submitted(doc)
	assert free(doc) == before
	assert [row.idx for row in doc.items] == [*range(1, len(doc.items) + 1)]
	assert doc.total_qty == sum(row.qty for row in doc.items)
	assert all(row.stock_qty == row.qty for row in doc.items)


def test_a_gift_of_ERPNexts_own_stays_beside_ours(customer, gift):
	native_rule(price_or_product_discount="Product", free_item="LAMP-D", free_qty=1)
	doc = entered("Sales Order", customer, [*PAIR, *LAMPS])
	doc = again(doc)
	doc.save()
	assert free(doc) == [("LAMP-C", 2, 0, 0)]
	native = [row for row in doc.items if row.is_free_item and not row.crm_ext_promotion]
	assert [(row.item_code, row.qty) for row in native] == [("LAMP-D", 1)]


def test_a_line_with_a_rule_of_ERPNext_is_left_to_it(customer, tenth_off):
	native_rule(rate_or_discount="Discount Percentage", discount_percentage=50)
	doc = entered("Sales Order", customer, LAMPS)
	doc = again(doc)
	doc.save()
	assert doc.items[0].rate == 44.4


# From document to document


def test_from_quotation_to_order_to_delivery_to_invoice(customer, tenth_off, gift):
	from erpnext.selling.doctype.quotation.quotation import make_sales_order
	from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice

	quotation = submitted(entered("Quotation", customer, [*LAMPS, *PAIR]))
	_stop(tenth_off, gift)
	order = make_sales_order(quotation.name)
	order.delivery_date = nowdate()
	order = submitted(order.insert())
	delivery = submitted(make_delivery_note(order.name).insert())
	invoice = submitted(make_sales_invoice(delivery.name).insert())
	for doc in (quotation, order, delivery, invoice):
		assert sold(doc) == [CHEAPER, 219.19]
		assert free(doc) == [("LAMP-C", 2, 0, 0)]
		assert doc.total == pytest.approx(3 * CHEAPER + 4 * 219.19)


def test_free_goods_of_an_order_that_is_invoiced_in_parts_are_invoiced_once(customer, gift):
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	order = submitted(entered("Sales Order", customer, PAIR))
	first = make_sales_invoice(order.name)
	first.items[0].qty = 1
	first = submitted(first.insert())
	second = submitted(make_sales_invoice(order.name).insert())
	assert sum(row[1] for doc in (first, second) for row in free(doc)) == 2
	assert [row.qty for doc in (first, second) for row in doc.items if not row.is_free_item] == [1, 3]


def test_an_order_that_is_delivered_in_parts(customer, gift, tenth_off):
	from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note

	order = submitted(entered("Sales Order", customer, [*LAMPS, *PAIR]))
	first = make_delivery_note(order.name)
	for row in first.items:
		row.qty = 1
	first = submitted(first.insert())
	second = submitted(make_delivery_note(order.name).insert())
	assert sold(first) == sold(second) == [CHEAPER, 219.19]
	assert free(first) == free(second) == [("LAMP-C", 1, 0, 0)]


def test_an_invoice_from_a_quotation_gives_no_more_than_one_made_anew(customer, gift, tenth_off):
	from erpnext.selling.doctype.quotation.quotation import make_sales_invoice

	quotation = submitted(entered("Quotation", customer, [*LAMPS, *PAIR]))
	invoice = submitted(make_sales_invoice(quotation.name).insert())
	assert sold(invoice) == [CHEAPER, 219.19]
	assert free(invoice) == [("LAMP-C", 2, 0, 0)]


def test_a_delivery_of_other_lines_gives_nothing_new(customer, gift):
	from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note

	order = submitted(entered("Sales Order", customer, [("LAMP-A", 1, "Nos"), *PAIR]))
	delivery = make_delivery_note(order.name)
	delivery.items = delivery.items[:1]
	assert free(delivery.insert()) == []


def _stop(*names: str) -> None:
	for name in names:
		doc = frappe.get_doc("Sales Promotion", name)
		doc.update({"status": "Stopped", "status_reason": "Over"}).save()


def test_amended_without_a_change_everything_stays(customer, gift, tenth_off):
	order = submitted(entered("Sales Order", customer, [*LAMPS, *PAIR]))
	order.cancel()
	_stop(tenth_off, gift)
	amended = frappe.copy_doc(order)
	amended.update({"amended_from": order.name, "docstatus": 0})
	amended = amended.insert()
	assert sold(amended) == [CHEAPER, 219.19]
	assert free(amended) == [("LAMP-C", 2, 0, 0)]


def test_amended_with_another_quantity(customer, gift, tenth_off):
	order = submitted(entered("Sales Order", customer, [*LAMPS, *PAIR]))
	order.cancel()
	amended = frappe.copy_doc(order)
	amended.update({"amended_from": order.name, "docstatus": 0})
	amended.items[0].qty, amended.items[1].qty = 1, 2
	amended = submitted(amended.insert())
	assert sold(amended) == [PRICE, 219.19]
	assert free(amended) == [("LAMP-C", 1, 0, 0)]


# Update Items


def test_update_items_of_an_order_keeps_the_rate_agreed(customer, tenth_off):
	order = submitted(entered("Sales Order", customer, LAMPS))
	update_items(order, qty=5)
	row = again(order).items[0]
	assert (row.rate, row.qty) == (CHEAPER, 5)


# The counter


def test_a_consolidated_invoice_repeats_what_the_counter_sold(customer, gift, tenth_off, monkeypatch):
	from erpnext.accounts.doctype.pos_invoice_merge_log.pos_invoice_merge_log import consolidate_pos_invoices

	sale = submitted(entered("POS Invoice", customer, [*LAMPS, *PAIR]))
	references = frappe._dict(
		{
			**{name: sale.get(name) for name in ("posting_date", "grand_total", "customer")},
			**{"pos_invoice": sale.name, "is_return": 0, "return_against": None},
		}
	)
	monkeypatch.setattr(frappe.local.db, "commit", lambda: None)
	consolidate_pos_invoices([references])
	merged = frappe.get_doc(
		"Sales Invoice", frappe.db.get_value("POS Invoice", sale.name, "consolidated_invoice")
	)
	assert merged.grand_total == sale.grand_total
	assert [(row.item_code, row.qty, row.rate) for row in merged.items] == [
		(row.item_code, row.qty, row.rate) for row in sale.items
	]


# What goes out of the document


def test_free_goods_that_somebody_took_out_stay_out(customer, gift):
	doc = entered("Sales Order", customer, PAIR)
	doc.remove(doc.items[-1])
	doc.save()
	doc = again(doc)
	doc.items[0].qty = 6
	doc.save()
	assert free(again(doc)) == []
	assert free(submitted(doc)) == []


def test_a_line_taken_out_takes_its_promotions_along(customer, gift, tenth_off):
	doc = entered("Sales Order", customer, [*LAMPS, *PAIR])
	doc.remove(doc.items[1])
	doc.save()
	assert free(again(doc)) == []
	assert sold(again(doc)) == [CHEAPER]


def test_amended_without_a_line_its_promotions_go(customer, gift, tenth_off):
	order = submitted(entered("Sales Order", customer, [*LAMPS, *PAIR]))
	order.cancel()
	amended = frappe.copy_doc(order)
	amended.update({"amended_from": order.name, "docstatus": 0})
	amended.remove(amended.items[1])
	assert free(amended.insert()) == []
	assert sold(amended) == [CHEAPER]


# Returns


@pytest.fixture
def messages():
	"""What was told since the fixture was asked for."""
	frappe.clear_messages()

	def told() -> str:
		return " ".join(str(message) for message in frappe.get_message_log())

	return told


def back(source, **quantities):
	"""A return of these quantities by item; other lines are left out."""
	from erpnext.controllers.sales_and_purchase_return import make_return_doc

	doc = make_return_doc(source.doctype, source.name)
	doc.items = [row for row in doc.items if _short(row) in quantities]
	for row in doc.items:
		row.qty = -quantities[_short(row)]
	for payment in doc.get("payments") or ():
		payment.amount = doc.paid_amount = sum(row.rate * row.qty for row in doc.items)
	frappe.clear_messages()
	return doc.insert()


def _short(row) -> str:
	return f"free_{row.item_code[-1].lower()}" if row.is_free_item else row.item_code[-1].lower()


@pytest.mark.parametrize("doctype", ["Delivery Note", "Sales Invoice", "POS Invoice"])
def test_a_return_asks_for_the_free_goods(doctype, customer, gift, messages):
	source = submitted(entered(doctype, customer, PAIR))
	doc = back(source, b=2)
	assert "1 Nos of LAMP-C" in messages()
	assert [row.rate for row in doc.items] == [219.19]
	back(source, b=2, free_c=1)
	assert "Free Goods" not in messages()
	back(source, b=4, free_c=1)
	assert "1 Nos of LAMP-C" in messages()


def test_what_came_back_before_counts(customer, gift, messages):
	source = submitted(entered("Sales Invoice", customer, PAIR))
	back(source, b=1, free_c=1).submit()
	back(source, b=1)
	assert "Free Goods" not in messages()
	back(source, b=3)
	assert "1 Nos of LAMP-C" in messages()


def test_a_return_that_leaves_what_the_gift_was_for_asks_for_nothing(customer, shop, messages):
	offer("Order Threshold", tiers=[{"at_least": 500, "gives": "Gift", "gift_item": "LAMP-C"}])
	source = submitted(entered("Sales Invoice", customer, [("LAMP-A", 8, "Nos")]))
	assert free(source) == [("LAMP-C", 1, 0, 0)]
	back(source, a=2)
	assert "Free Goods" not in messages()
	back(source, a=3)
	assert "1 Nos of LAMP-C" in messages()


def test_a_return_gives_back_what_was_paid(customer, tenth_off, messages):
	source = submitted(entered("Sales Invoice", customer, LAMPS))
	doc = submitted(back(source, a=2))
	assert doc.grand_total == pytest.approx(-2 * CHEAPER)
	assert "Free Goods" not in messages()


def test_a_gift_for_an_amount_is_not_given_again_by_the_delivery(customer, shop):
	from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice

	offer("Order Threshold", tiers=[{"at_least": 500, "gives": "Gift", "gift_item": "LAMP-C"}])
	order = submitted(entered("Sales Order", customer, [("LAMP-A", 8, "Nos")]))
	delivery = make_delivery_note(order.name).insert()
	delivery.save()
	delivery = submitted(delivery)
	assert free(delivery) == [("LAMP-C", 1, 0, 0)]
	assert free(submitted(make_sales_invoice(delivery.name).insert())) == [("LAMP-C", 1, 0, 0)]


def test_a_second_delivery_gives_nothing_for_the_amount_either(customer, shop):
	from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note

	offer("Order Threshold", tiers=[{"at_least": 500, "gives": "Gift", "gift_item": "LAMP-C"}])
	order = submitted(entered("Sales Order", customer, [("LAMP-A", 16, "Nos")]))
	first = make_delivery_note(order.name)
	first.items[0].qty = 8
	first = submitted(first.insert())
	second = submitted(make_delivery_note(order.name).insert())
	assert [free(first), free(second)] == [[("LAMP-C", 1, 0, 0)], []]


def test_quoted_gifts_of_a_promotion_that_has_run_out_are_not_ordered(customer, shop):
	from erpnext.selling.doctype.quotation.quotation import make_sales_order

	from crm_ext.tests import builders

	_gift(max_uses=1)
	orders = []
	for buyer in (customer, builders.customer()):
		quotation = submitted(entered("Quotation", buyer, PAIR))
		order = make_sales_order(quotation.name)
		order.delivery_date = nowdate()
		orders.append(order.insert())
	assert [free(submitted(order)) for order in orders] == [[("LAMP-C", 2, 0, 0)], []]
