# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Uses of promotions through the life of documents, and what becomes of them with their customers."""

import pytest

import frappe

from crm_ext.demo import data
from crm_ext.pricing.promotions import counting, redeeming
from crm_ext.tests import builders
from crm_ext.tests.pricing.people import person
from crm_ext.tests.pricing.shop import PRICE_LIST, unsaved
from crm_ext.tests.promotions.running import offer
from crm_ext.tests.promotions.uses import PRICE, counted, money, submitted, ten_percent, uses_of

REDUCED = 79.92
COST = 12
"""Of a LAMP-A."""


@pytest.fixture
def promotion(shop):
	return ten_percent(max_uses=10, max_customers=10, budget=1_000)


def sales_of(promotion: str) -> list[dict]:
	return frappe.get_all(
		"Promotion Sale",
		{"promotion": promotion},
		["reference_name", "item_code", "stock_qty", "revenue", "discount", "cost", "is_return", "is_gift"],
		order_by="creation, name",
	)


def statuses(promotion: str) -> list[str]:
	return [status for _name, status, *_ in uses_of(promotion)]


def invoice_of(order, qty: float | None = None, submit: bool = True):
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	invoice = make_sales_invoice(order.name)
	if qty:
		invoice.items[0].qty = qty
	invoice.insert()
	return invoice.submit() if submit else invoice


def return_of(invoice, qty: float):
	if invoice.doctype == "POS Invoice":
		from erpnext.accounts.doctype.pos_invoice.pos_invoice import make_sales_return
	else:
		from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

	back = make_sales_return(invoice.name)
	back.items[0].qty = -qty
	back.insert()
	return back.submit()


def test_an_order_reserves_and_an_invoice_of_its_own_redeems(promotion, customer):
	order = submitted("Sales Order", customer)
	invoice = submitted("Sales Invoice", customer)
	assert uses_of(promotion) == [
		(order.name, "Reserved", 8.88, 8.88),
		(invoice.name, "Redeemed", 8.88, 8.88),
	]
	assert counted(promotion) == (2, 1, money(17.76), False)


def test_a_delivery_of_its_own_reserves_and_its_invoice_redeems(promotion, customer):
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice

	note = submitted("Delivery Note", customer)
	assert uses_of(promotion) == [(note.name, "Reserved", 8.88, 8.88)]
	invoice = make_sales_invoice(note.name).insert().submit()
	assert invoice.items[0].rate == REDUCED
	assert uses_of(promotion) == [(note.name, "Redeemed", 8.88, 8.88)]


def test_the_invoice_of_a_delivery_of_an_order_redeems_the_order(promotion, customer):
	from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice

	order = submitted("Sales Order", customer)
	note = make_delivery_note(order.name).insert().submit()
	assert uses_of(promotion) == [(order.name, "Reserved", 8.88, 8.88)]
	make_sales_invoice(note.name).insert().submit()
	assert uses_of(promotion) == [(order.name, "Redeemed", 8.88, 8.88)]
	assert counted(promotion).uses == 1


def test_an_order_invoiced_twice_stays_redeemed_until_both_invoices_are_cancelled(promotion, customer):
	order = submitted("Sales Order", customer, [("LAMP-A", 4, "Nos")])
	first, second = invoice_of(order, 1), invoice_of(order, 3)
	first.reload()
	first.cancel()
	assert statuses(promotion) == ["Redeemed"]
	second.reload()
	second.cancel()
	assert statuses(promotion) == ["Reserved"]
	order.reload()
	order.cancel()
	assert statuses(promotion) == ["Released"]
	assert counted(promotion) == (0, 0, 0, False)


def test_a_draft_uses_nothing_and_takes_nothing_with_it(promotion, customer):
	draft = unsaved("Sales Order", customer, [("LAMP-A", 1, "Nos")]).insert()
	assert (uses_of(promotion), counted(promotion).uses) == ([], 0)
	draft.delete()
	assert counted(promotion).uses == 0


def test_a_document_that_is_amended_uses_it_anew(promotion, customer):
	order = submitted("Sales Order", customer)
	order.cancel()
	amended = frappe.copy_doc(order)
	amended.update({"amended_from": order.name, "docstatus": 0})
	amended.insert().submit()
	assert uses_of(promotion) == [
		(order.name, "Released", 8.88, 8.88),
		(amended.name, "Reserved", 8.88, 8.88),
	]
	assert counted(promotion)[:2] == (1, 1)


def test_a_document_that_is_submitted_on_insert_uses_it(promotion, customer):
	invoice = unsaved("Sales Invoice", customer, [("LAMP-A", 1, "Nos")], docstatus=1).insert()
	assert uses_of(promotion) == [(invoice.name, "Redeemed", 8.88, 8.88)]


def test_a_cancelled_document_that_is_deleted_takes_its_uses_along(promotion, customer):
	order = submitted("Sales Order", customer)
	order.cancel()
	order.delete()
	assert uses_of(promotion) == []


def test_a_promotion_that_was_used_cannot_be_deleted(promotion, customer):
	submitted("Sales Order", customer)
	with pytest.raises(frappe.LinkExistsError):
		frappe.delete_doc("Sales Promotion", promotion)


# Returns


def test_a_return_gives_the_budget_its_share_back_and_its_cancellation_takes_it_again(promotion, customer):
	invoice = submitted("Sales Invoice", customer, [("LAMP-A", 4, "Nos")])
	assert uses_of(promotion) == [(invoice.name, "Redeemed", 35.52, 35.52)]
	back = return_of(invoice, 1)
	assert uses_of(promotion) == [(invoice.name, "Redeemed", 26.64, 26.64)]
	assert counted(promotion) == (1, 1, money(26.64), False)
	back.reload()
	back.cancel()
	assert uses_of(promotion) == [(invoice.name, "Redeemed", 35.52, 35.52)]
	assert counted(promotion).amount == money(35.52)


def test_a_return_of_an_invoice_made_from_an_order_gives_back_to_the_order(promotion, customer):
	order = submitted("Sales Order", customer, [("LAMP-A", 4, "Nos")])
	return_of(invoice_of(order, 2), 2)
	assert uses_of(promotion) == [(order.name, "Redeemed", 17.76, 17.76)]
	assert counted(promotion)[:3] == (1, 1, money(17.76))


def test_the_budget_that_came_back_can_be_used_again(shop, customer):
	promotion = ten_percent(budget=10)
	invoice = submitted("Sales Invoice", customer)
	assert submitted("Sales Order", customer).items[0].rate == PRICE
	return_of(invoice, 1)
	assert counted(promotion).amount == 0
	assert submitted("Sales Order", customer).items[0].rate == REDUCED


# Promoted sales


def test_an_invoice_enters_its_promoted_lines_and_its_cancellation_takes_them_out(promotion, customer):
	invoice = submitted("Sales Invoice", customer, [("LAMP-A", 4, "Nos"), ("LAMP-B", 1, "Nos")])
	(sale,) = sales_of(promotion)
	assert (sale.reference_name, sale.item_code, sale.stock_qty) == (invoice.name, "LAMP-A", 4)
	assert (sale.revenue, sale.discount) == (319.68, 35.52)
	assert (sale.is_return, sale.is_gift) == (0, 0)
	invoice.cancel()
	assert sales_of(promotion) == []


def test_an_order_enters_no_sale_and_the_invoice_made_from_it_does(promotion, customer):
	order = submitted("Sales Order", customer, [("LAMP-A", 4, "Nos")])
	assert sales_of(promotion) == []
	invoice = invoice_of(order, 1)
	assert [(sale.reference_name, sale.discount) for sale in sales_of(promotion)] == [(invoice.name, 8.88)]


def test_the_sale_of_a_return_is_negative(promotion, customer):
	invoice = submitted("Sales Invoice", customer, [("LAMP-A", 4, "Nos")])
	return_of(invoice, 1)
	sale = sales_of(promotion)[-1]
	assert (sale.is_return, sale.stock_qty, sale.revenue, sale.discount) == (1, -1, -79.92, -8.88)


def test_the_cost_is_the_valuation_rate(promotion, customer):
	frappe.db.set_value("Item", "LAMP-A", {"is_stock_item": 1, "valuation_rate": COST})
	frappe.clear_document_cache("Item", "LAMP-A")
	invoice = submitted("Sales Invoice", customer, [("LAMP-A", 2, "Nos")])
	return_of(invoice, 1)
	assert [sale.cost for sale in sales_of(promotion)] == [2 * COST, -COST]


def test_free_goods_are_a_use_worth_their_price_and_a_sale_of_their_own(shop, customer):
	promotion = offer(
		"Add-On",
		products=[{"item": "LAMP-A"}],
		**{"buy_qty": 2, "get_qty": 1, "gives": "Free", "gift_item": "LAMP-B", "budget": 1_000},
	)
	invoice = submitted("Sales Invoice", customer, [("LAMP-A", 2, "Nos")])
	gift = invoice.items[1]
	assert (gift.item_code, gift.qty, gift.rate, gift.is_free_item) == ("LAMP-B", 1, 0, 1)
	worth = gift.crm_ext_base_rate
	assert worth > 0
	assert uses_of(promotion) == [(invoice.name, "Redeemed", round(worth, 2), round(worth, 2))]
	(sale,) = [sale for sale in sales_of(promotion) if sale.item_code == "LAMP-B"]
	assert (sale.is_gift, sale.revenue, sale.discount) == (1, 0, worth)


def test_a_sale_at_the_counter_counts_once_and_not_again_when_it_is_consolidated(promotion, customer):
	invoice = submitted("POS Invoice", customer, [("LAMP-A", 2, "Nos")])
	assert uses_of(promotion) == [(invoice.name, "Redeemed", 17.76, 17.76)]
	assert [sale.reference_name for sale in sales_of(promotion)] == [invoice.name]
	# as ERPNext's POS Invoice Merge Log makes it of the invoices of a shift
	rows = [
		{
			**row.as_dict(),
			"doctype": "Sales Invoice Item",
			"pos_invoice": invoice.name,
			"pos_invoice_item": row.name,
		}
		for row in invoice.items
	]
	head = {"doctype": "Sales Invoice", "is_consolidated": 1, "docstatus": 1}
	consolidated = frappe.get_doc({**frappe.copy_doc(invoice).as_dict(), **head, "items": rows})
	for handler in (redeeming.before_submit_claim, redeeming.on_submit, redeeming.on_cancel):
		handler(consolidated)
		assert (len(uses_of(promotion)), len(sales_of(promotion)), counted(promotion).uses) == (1, 1, 1)


def test_an_invoice_that_only_says_that_it_is_consolidated_uses_what_it_has(promotion, customer):
	draft = unsaved("Sales Invoice", customer, [("LAMP-A", 1, "Nos")]).insert()
	draft.is_consolidated = 1
	draft.submit()
	assert draft.items[0].rate == REDUCED
	assert counted(promotion).uses == 1


def test_a_line_added_to_the_invoice_of_an_order_is_a_use_of_the_invoice(promotion, customer):
	order = submitted("Sales Order", customer)
	invoice = invoice_of(order, submit=False)
	invoice.append("items", {"item_code": "LAMP-A", "qty": 2, "uom": "Nos"})
	invoice.save().submit()
	assert uses_of(promotion) == [
		(order.name, "Redeemed", 8.88, 8.88),
		(invoice.name, "Redeemed", 17.76, 17.76),
	]
	assert counted(promotion)[:2] == (2, 1)
	invoice.cancel()
	assert statuses(promotion) == ["Reserved", "Released"]


def test_shipping_that_is_taken_back_is_a_use_and_a_sale_without_goods(shop, customer):
	account = frappe.db.get_value(
		"Account", {"company": data.HOME.name, "is_group": 0, "root_type": "Expense", "account_type": ""}
	)
	promotion = offer("Free Shipping", minimum_amount=200, shipping_account=account, budget=50)
	charge = {"charge_type": "Actual", "account_head": account, "tax_amount": 30, "description": "Freight"}
	order = submitted("Sales Order", customer, [("LAMP-A", 3, "Nos")], taxes=[charge])
	invoice = invoice_of(order)
	assert invoice.total_taxes_and_charges == 0
	assert uses_of(promotion) == [(order.name, "Redeemed", 30, 30)]
	(sale,) = sales_of(promotion)
	assert (sale.reference_name, sale.item_code, sale.discount) == (invoice.name, None, 30)
	again = submitted("Sales Order", customer, [("LAMP-A", 3, "Nos")], taxes=[charge])
	assert again.total_taxes_and_charges == 30
	assert counted(promotion).amount == 30


def test_what_comes_back_at_the_counter_is_given_back(promotion, customer):
	paid = [{"mode_of_payment": "Cash", "amount": 159.84}]
	invoice = submitted("POS Invoice", customer, [("LAMP-A", 2, "Nos")], payments=paid)
	return_of(invoice, 2)
	assert uses_of(promotion) == [(invoice.name, "Redeemed", 0, 0)]
	assert [sale.discount for sale in sales_of(promotion)] == [17.76, -17.76]


def test_a_document_without_promotions_costs_no_statement(shop, customer, queries):
	ten_percent(max_uses=1)
	invoice = unsaved("Sales Invoice", customer, [("LAMP-B", 1, "Nos")]).insert()
	for handler in (redeeming.before_submit_claim, redeeming.on_submit, redeeming.on_cancel):
		assert queries(lambda handler=handler: handler(invoice)) == 0


# Counting anew


def test_counting_anew_finds_what_is_counted_and_may_run_twice(promotion, customer):
	order = submitted("Sales Order", customer)
	submitted("Sales Invoice", builders.customer(default_price_list=PRICE_LIST))
	submitted("Sales Invoice", customer)
	order.cancel()
	before = [counted(promotion), counted(promotion, customer)]
	assert before == [(2, 2, money(17.76), False), (1, 0, 0, False)]
	for _ in range(2):
		counting.count_all(commit=False)
		assert [counted(promotion), counted(promotion, customer)] == before
	frappe.db.sql(
		"UPDATE `tabPromotion Usage` SET uses = 7, customers = 7, amount = 7 WHERE promotion = %s", promotion
	)
	counting.count_all(commit=False)
	assert [counted(promotion), counted(promotion, customer)] == before


# Customers


def test_the_uses_of_a_customer_follow_it_to_a_new_name(shop, customer):
	promotion = ten_percent(max_uses_per_customer=1)
	submitted("Sales Order", customer)
	name = frappe.rename_doc("Customer", customer, f"{customer} & Sons")
	assert counted(promotion, name).uses == 1
	assert frappe.db.get_value("Promotion Redemption", {"promotion": promotion}, "customer") == name
	assert submitted("Sales Order", name).items[0].rate == PRICE


def test_two_customers_who_become_one_are_one_customer_with_the_uses_of_both(shop, customer):
	promotion = ten_percent(max_customers=5, max_uses_per_customer=9)
	other = builders.customer(default_price_list=PRICE_LIST)
	for of in (customer, other, other):
		submitted("Sales Order", of)
	assert counted(promotion)[:2] == (3, 2)
	frappe.rename_doc("Customer", other, customer, merge=True)
	assert counted(promotion)[:2] == (3, 1)
	assert (counted(promotion, customer).uses, counted(promotion, other).uses) == (3, 0)
	before = [counted(promotion), counted(promotion, customer)]
	counting.count(promotion)
	assert [counted(promotion), counted(promotion, customer)] == before


def test_a_customer_that_is_deleted_takes_its_uses_along(promotion, customer):
	order = submitted("Sales Order", customer)
	order.cancel()
	frappe.delete_doc("Sales Order", order.name)
	frappe.delete_doc("Customer", customer)
	assert not frappe.db.exists("Promotion Usage", {"customer": customer})


# Permissions


@pytest.mark.parametrize("doctype", ["Promotion Redemption", "Promotion Sale"])
def test_uses_are_seen_by_those_who_may_see_the_customer(promotion, customer, doctype):
	submitted("Sales Invoice", customer)
	user, seller = person("Promoter", "Sales Manager"), person("Seller", "Sales User")
	frappe.set_user(user)
	assert frappe.get_list(doctype, {"customer": customer})
	frappe.set_user("Administrator")
	hidden = builders.customer()
	frappe.get_doc(doctype="User Permission", user=user, allow="Customer", for_value=hidden).insert()
	frappe.set_user(user)
	assert not frappe.get_list(doctype, {"customer": customer})
	frappe.set_user(seller)
	with pytest.raises(frappe.PermissionError):
		frappe.get_list(doctype)


@pytest.mark.parametrize("doctype", ["Promotion Redemption", "Promotion Sale", "Promotion Usage"])
def test_nobody_writes_uses_by_hand(promotion, customer, doctype):
	submitted("Sales Invoice", customer)
	doc = frappe.get_doc(doctype, frappe.db.get_value(doctype, {"promotion": promotion}))
	with pytest.raises(frappe.PermissionError):
		doc.save()
