# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

from datetime import timedelta

import pytest

import frappe

from crm_ext.demo import data
from crm_ext.pricing.past import Past
from crm_ext.pricing.promotions import backtest_api, backtest_runs
from crm_ext.pricing.promotions.backtest import BackTest
from crm_ext.tests.builders import credit_note, customer, pos_invoice, sales_invoice, sales_order
from crm_ext.tests.days import today
from crm_ext.tests.pricing.past_sales import FIRST, customers_of_tests, day
from crm_ext.tests.pricing.people import hide_costs
from crm_ext.tests.promotions.sales import manager_of, promotion, sale, seller

HOME, VISIT, FITTING = data.HOME.name, data.VISIT.code, data.FITTING.code
VISITS = [{"part": "Buy", "item": VISIT}]
OPEN = {"ignore_pricing_rule": 0}

pytestmark = pytest.mark.usefixtures("prices_of_then")


@pytest.fixture
def from_three(company) -> str:
	"""10 % off from three visits on."""
	return offer("From Three", tiers=[{"at_least": 3, "gives": "Discount Percentage", "value": 10}])


def offer(title: str, **values) -> str:
	return promotion(title, status="Draft", **{"products": VISITS, **values})


def sold(customer: str, number: int, qty: float = 1, rate: float = 1000, item: str = VISIT, **more):
	"""An invoice whose line had a price that nobody typed."""
	cost = more.pop("cost", 0)
	items = more.pop("items", [(item, rate, qty)])
	doc = sales_invoice(customer, day(number), items=items, **{**OPEN, **more})
	for row in doc.items:
		put = {"price_list_rate": row.rate, "crm_ext_price_locked": 0, "incoming_rate": cost}
		frappe.db.set_value("Sales Invoice Item", row.name, put)
	return doc


def back_test(promotion: str, *, visible=None, until: int = 60) -> dict:
	"""Of the customers that this module makes, unless it is told whom to look at."""
	return BackTest(promotion, Past(HOME, FIRST, day(until), visible or customers_of_tests())).run()


def reasons(rows: list[dict], figure: str) -> dict:
	return {row["reason"]: row[figure] for row in rows}


def test_it_tells_who_had_qualified_and_what_it_had_cost(buyer, from_three):
	other = customer()
	sold(buyer, 1, qty=4)
	sold(buyer, 2, qty=2)
	sold(other, 3, qty=3)
	found = back_test(from_three)
	assert found["looked_at"] == {"documents": 3, "customers": 2, "revenue": 9000}
	assert found["qualified"] == {"documents": 2, "customers": 2, "revenue": 7000}
	assert found["cost"]["spent"] == 700
	assert reasons(found["refused"], "documents") == {"quantity": 1}
	assert [(row["name"], row["given"]) for row in found["customers"]] == [(buyer, 400), (other, 300)]
	assert [(row["name"], row["given"]) for row in found["items"]] == [(VISIT, 700)]
	assert frappe.db.get_value("Sales Promotion", from_three, "status") == "Draft"


def test_the_margin_before_and_after_and_the_uplift_that_makes_up_for_it(buyer, from_three):
	sold(buyer, 1, qty=4, cost=600)
	found = back_test(from_three)
	assert found["margin"]["before"] == 1600
	assert found["margin"]["after"] == 1200
	assert (found["margin"]["before_percent"], found["margin"]["after_percent"]) == (40, 33.33)
	assert found["break_even"] == pytest.approx(400 / 1200 * 100)


def test_where_nothing_remains_no_uplift_makes_up_for_it(buyer, from_three):
	sold(buyer, 1, qty=4, cost=950)
	assert back_test(from_three)["break_even"] is None


def test_lines_without_a_known_cost_are_told(buyer, from_three):
	sold(buyer, 1, qty=3, cost=500)
	sold(buyer, 2, qty=3)
	margin = back_test(from_three)["margin"]
	assert (margin["before"], margin["coverage"]) == (1500, 50)


def test_other_lines_of_a_document_are_not_in_its_margin(buyer, from_three):
	sold(buyer, 1, items=[(VISIT, 1000, 3), (FITTING, 5000, 1)], cost=600)
	found = back_test(from_three)
	assert (found["looked_at"]["revenue"], found["qualified"]["revenue"]) == (8000, 3000)
	assert found["margin"]["before"] == 1200


def test_the_prices_of_that_time_count_and_not_those_of_today(buyer, from_three):
	sold(buyer, 1, qty=3, rate=777)
	assert back_test(from_three)["cost"]["spent"] == pytest.approx(233.1)


def test_returns_are_taken_off_and_a_document_that_came_back_does_not_count(buyer, from_three):
	part = sold(buyer, 1, qty=4)
	returned = credit_note(part, day(5))
	frappe.db.set_value("Sales Invoice Item", returned.items[0].name, "qty", -1)
	credit_note(sold(buyer, 2, qty=3), day(6))
	found = back_test(from_three)
	assert found["qualified"] == {"documents": 1, "customers": 1, "revenue": 3000}
	assert found["cost"]["spent"] == 300
	assert reasons(found["left_out"], "lines") == {"returned": 1}


def test_agreed_prices_stay_and_count_towards_amounts(buyer):
	threshold = offer(
		"From 3,000",
		kind="Order Threshold",
		tiers=[{"at_least": 3000, "gives": "Discount Percentage", "value": 10}],
	)
	doc = sold(buyer, 1, items=[(VISIT, 1000, 2), (VISIT, 1000, 1)])
	frappe.db.set_value("Sales Invoice Item", doc.items[1].name, "crm_ext_price_locked", 1)
	found = back_test(threshold)
	assert found["cost"]["spent"] == 200
	assert reasons(found["left_out"], "lines") == {"locked": 1}


def test_lines_of_native_pricing_rules_and_promoted_ones_stay(buyer, from_three):
	ruled, had = sold(buyer, 1, qty=3), sold(buyer, 2, qty=3)
	frappe.db.set_value("Sales Invoice Item", ruled.items[0].name, "pricing_rules", '["PRLE-1"]')
	sale(offer("Earlier"), buyer, day(2), 3000, 0, reference_name=had.name, row=had.items[0].name)
	found = back_test(from_three)
	assert found["qualified"]["documents"] == 0
	assert reasons(found["left_out"], "lines") == {"ruled": 1, "promoted": 1}


def test_documents_on_which_promotions_have_no_say_are_left_out(buyer, from_three):
	sold(buyer, 1, qty=3, ignore_pricing_rule=1)
	sold(buyer, 2, qty=3, is_debit_note=1)
	found = back_test(from_three)
	assert found["looked_at"]["documents"] == 0
	assert reasons(found["left_out"], "lines") == {"switched off": 1, "correction": 1}


def test_goods_from_an_order_qualify_by_what_was_ordered(buyer, from_three):
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	order = sales_order(buyer, day(2), items=[(VISIT, 1000, 4)], **OPEN)
	for number, qty in ((10, 1), (20, 2)):
		invoice = make_sales_invoice(order.name)
		invoice.items[0].qty = qty
		invoice.update({"posting_date": day(number), "set_posting_time": 1, "due_date": day(40)})
		invoice.insert()
		invoice.submit()
		frappe.db.set_value("Sales Invoice Item", invoice.items[0].name, "crm_ext_price_locked", 0)
	found = back_test(from_three)
	assert found["qualified"] == {"documents": 1, "customers": 1, "revenue": 3000}
	assert found["cost"]["spent"] == 300


def test_sales_at_the_counter_count_by_their_own_invoice(buyer):
	counter = offer("Counter", places=[{"pos_profile": data.SHOP}])
	cash = [{"mode_of_payment": "Cash", "amount": 1000}]
	pos_invoice(buyer, day(3), items=[(VISIT, 1000, 1)], payments=cash, **OPEN)
	frappe.db.sql("UPDATE `tabPOS Invoice Item` SET crm_ext_price_locked = 0")
	sold(buyer, 3)
	found = back_test(counter)
	assert (found["qualified"]["documents"], found["cost"]["spent"]) == (1, 100)
	assert reasons(found["refused"], "documents") == {"place": 1}


def test_money_is_in_company_currency(company, from_three):
	abroad = company.customers["Ravenscar Marine"]
	sold(abroad, 1, qty=3, rate=200, currency="USD", conversion_rate=7)
	found = back_test(from_three, visible={abroad})
	assert (found["currency"], found["cost"]["spent"]) == (data.HOME.currency, 420)


def test_a_promotion_of_tomorrow_is_tested_on_the_past(buyer):
	coming = offer("Tomorrow", valid_from=today() + timedelta(days=1))
	sold(buyer, 1)
	assert back_test(coming)["qualified"]["documents"] == 1


def test_everybody_is_taken_to_have_a_coupon(buyer):
	with_coupon = offer("With Coupon", needs_coupon=1)
	sold(buyer, 1)
	assert back_test(with_coupon)["qualified"]["documents"] == 1
	method = backtest_api.start(with_coupon, 12)["result"]["method"]
	assert any("everybody who qualifies is taken to have one" in text for text in method)


def test_only_the_first_order_of_a_customer_is_one(buyer):
	welcome = offer("Welcome", first_order=1)
	sold(buyer, 1)
	sold(buyer, 2)
	found = back_test(welcome)
	assert found["qualified"]["documents"] == 1
	assert reasons(found["refused"], "documents") == {"not the first": 1}


def test_limits_stop_nothing_and_it_is_told_when_they_had_been_reached(buyer):
	limited = offer("Limited", budget=250, max_uses=2, max_customers=5)
	for number in (1, 2, 10, 20):
		sold(buyer, number)
	found = back_test(limited)
	assert found["cost"]["spent"] == 400
	assert {row["limit"]: row["day"] for row in found["limits"]} == {
		"money": str(day(10)),
		"uses": str(day(2)),
		"customers": None,
	}
	assert [row["percent"] for row in found["limits"]] == [160, 200, 20]
	given = [row["given"] for row in found["burning"]]
	assert (given[0], given[1], given[-1]) == (200, 300, 400)


def test_a_budget_in_another_currency_is_converted(buyer):
	dollars = offer("Dollars", currency="USD", budget=10)
	sold(buyer, 1)
	[money] = back_test(dollars)["limits"]
	assert (money["most"], money["day"]) == (70.5, str(day(1)))


def test_free_goods_cost_what_they_cost_us(company, buyer):
	gift = offer(
		"Gift",
		kind="Order Threshold",
		products=[],
		tiers=[{"at_least": 1000, "gives": "Gift", "gift_item": data.WRENCHES.code, "gift_qty": 2}],
	)
	sold(buyer, 1, cost=600)
	found = back_test(gift)
	stock = {"item_code": data.WRENCHES.code, "warehouse": company.warehouse()}
	cost = frappe.db.get_value("Bin", stock, "valuation_rate")
	assert found["cost"]["gifts"] == found["cost"]["spent"] == pytest.approx(2 * cost)
	assert found["cost"]["gifts_price"] > found["cost"]["gifts"]
	assert found["margin"]["before"] - found["margin"]["after"] == pytest.approx(2 * cost)


def test_free_shipping_costs_what_was_charged(buyer):
	account = frappe.db.get_value(
		"Account",
		{"company": HOME, "is_group": 0, "root_type": "Expense", "account_type": ("in", ("", None))},
	)
	free = offer(
		"Free Shipping", kind="Free Shipping", minimum_amount=1000, shipping_account=account, tiers=[]
	)
	charge = {"charge_type": "Actual", "account_head": account, "description": "Shipping", "tax_amount": 80}
	sold(buyer, 1, cost=600, taxes=[charge])
	sold(buyer, 2, rate=900, taxes=[charge])
	found = back_test(free)
	assert (found["qualified"]["documents"], found["cost"]["spent"], found["cost"]["freight"]) == (1, 80, 80)
	assert (found["margin"]["before"], found["margin"]["after"]) == (400, 320)
	assert found["customers"][0]["given"] == 80


def test_other_promotions_neither_compete_nor_add(buyer, from_three):
	promotion(
		"Half Price", products=VISITS, tiers=[{"at_least": 1, "gives": "Discount Percentage", "value": 50}]
	)
	sold(buyer, 1, qty=3)
	assert back_test(from_three)["cost"]["spent"] == 300


def test_without_a_sale_there_is_an_answer_of_zeros(from_three):
	found = back_test(from_three)
	assert found["looked_at"] == {"documents": 0, "customers": 0, "revenue": 0}
	assert (found["cost"]["spent"], found["break_even"], found["margin"]["before_percent"]) == (0, None, None)
	assert found["months"] and not found["customers"]


def test_statements_do_not_grow_with_invoices_or_customers(from_three, queries):
	def sell_to_some() -> None:
		for _number in range(4):
			sold(customer(), 1, qty=3)
			sold(customer(), 1, item=FITTING, rate=5000)

	sell_to_some()
	back_test(from_three)
	some = queries(lambda: back_test(from_three))
	sell_to_some()
	assert queries(lambda: back_test(from_three)) == some


def test_an_answer_is_kept_and_says_when_the_promotion_has_changed_since(buyer, from_three):
	sold(buyer, 1, qty=3)
	state = backtest_api.start(from_three, 12)
	assert (state["status"], state["stale"], state["company"]) == ("Done", False, HOME)
	assert state["result"]["customers"][0]["label"] == buyer
	assert "No demand is invented" in state["result"]["method"][0]
	kept = frappe.get_doc(backtest_runs.BACK_TEST, state["name"])
	assert (kept.documents, kept.spent) == (state["result"]["qualified"]["documents"], 300)
	frappe.db.set_value("Sales Promotion", from_three, "version_hash", "another")
	assert backtest_api.latest(from_three)["stale"]


def test_the_documents_behind_a_customer(buyer, from_three):
	small, large = sold(buyer, 1, qty=3), sold(buyer, 2, qty=5)
	sold(buyer, 3)
	found = backtest_api.documents(backtest_api.start(from_three, 12)["name"], buyer)
	assert found["total"] == 2
	assert [(row["document"], row["discount"]) for row in found["rows"]] == [
		(large.name, 500),
		(small.name, 300),
	]


def test_many_invoices_are_left_to_a_job_which_may_run_twice(buyer, from_three, monkeypatch):
	monkeypatch.setattr(backtest_runs, "AT_ONCE", 0)
	sold(buyer, 1, qty=3)
	state = backtest_api.start(from_three, 12)
	assert (state["status"], state["result"]) == ("Running", None)
	assert backtest_api.start(from_three, 12)["name"] == state["name"]
	backtest_runs.work(state["name"])
	once = backtest_api.status(state["name"])
	backtest_runs.work(state["name"])
	assert backtest_api.status(state["name"])["result"] == once["result"]
	assert (once["status"], once["percent"]) == ("Done", 100)


def test_a_question_whose_worker_was_killed_may_be_asked_again(from_three, monkeypatch):
	monkeypatch.setattr(backtest_runs, "AT_ONCE", 0)
	killed = backtest_runs.ask(from_three, HOME, 12)
	frappe.db.set_value(backtest_runs.BACK_TEST, killed, "creation", FIRST)
	assert backtest_runs.ask(from_three, HOME, 12) != killed
	assert frappe.db.get_value(backtest_runs.BACK_TEST, killed, "status") == "Failed"


def test_only_the_last_answers_of_a_person_are_kept(from_three):
	names = [backtest_runs.ask(from_three, HOME, 1) for _number in range(12)]
	kept = frappe.get_all(backtest_runs.BACK_TEST, {"promotion": from_three}, pluck="name")
	assert len(kept) == 10
	assert names[-1] in kept


def test_a_seller_may_not_ask(company, from_three):
	frappe.set_user(seller())
	with pytest.raises(frappe.PermissionError):
		backtest_api.start(from_three)


def test_a_restricted_manager_is_answered_about_her_customers(company, buyer, from_three):
	own = customer()
	sold(own, 1, qty=3)
	sold(buyer, 1, qty=3)
	frappe.set_user(manager_of(own))
	state = backtest_api.start(from_three, 12)
	assert [row["name"] for row in state["result"]["customers"]] == [own]
	assert backtest_api.documents(state["name"], buyer)["total"] == 0


def test_nobody_reads_the_answer_of_another(company, buyer, from_three):
	sold(buyer, 1, qty=3)
	name = backtest_api.start(from_three, 12)["name"]
	frappe.set_user(manager_of())
	with pytest.raises(frappe.PermissionError):
		backtest_api.status(name)


def test_who_may_not_see_costs_sees_no_margin(company, buyer, from_three):
	sold(buyer, 1, qty=3, cost=500)
	hide_costs()
	frappe.set_user(manager_of())
	found = backtest_api.start(from_three, 12)["result"]
	assert (found["margin"], found["break_even"], found["cost"]["spent"]) == (None, None, None)
	assert found["cost"]["discount"] == 300
