# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

from datetime import timedelta

import pytest

import frappe

from crm_ext.crm_ext.report.promotion_result.promotion_result import execute
from crm_ext.demo import data
from crm_ext.pricing.promotions import result_api
from crm_ext.pricing.promotions.result import period, result
from crm_ext.pricing.promotions.result_model import Method
from crm_ext.pricing.promotions.result_words import answer
from crm_ext.rules.hold_out import held_out
from crm_ext.tests.builders import credit_note, customer, pos_invoice, sales_invoice
from crm_ext.tests.days import today
from crm_ext.tests.pricing.people import hide_costs
from crm_ext.tests.promotions.sales import manager_of, promotion, sale, seller

HOME, VISIT, FITTING = data.HOME.name, data.VISIT.code, data.FITTING.code
START = today() - timedelta(days=220)
"""The demo sold no service around this day."""
END = START + timedelta(days=9)


def offer(title: str = "Service Offer", **values) -> object:
	"""A promotion of visits that ran ten days."""
	name = promotion(
		title,
		**{"valid_from": START, "valid_to": END, "products": [{"part": "Buy", "item": VISIT}], **values},
	)
	return frappe.get_doc("Sales Promotion", name)


def sold(who: str, number: int, rate: float, qty: float = 1, item: str = VISIT, cost: float = 0):
	"""An invoice so many days after the start."""
	doc = sales_invoice(who, START + timedelta(days=number), items=[(item, rate, qty)])
	frappe.db.set_value("Sales Invoice Item", doc.items[0].name, "incoming_rate", cost)
	return doc


def test_the_promoted_lines_of_the_time_are_added_up(buyer):
	doc = offer()
	for number, revenue in ((-1, 1), (0, 900), (9, 450), (10, 1)):
		sale(doc.name, buyer, START + timedelta(days=number), revenue, revenue / 9, cost=revenue / 2)
	figures = result(doc, HOME).promoted
	assert (figures.revenue, figures.discount, figures.cost, figures.margin) == (1350, 150, 675, 675)
	assert (figures.invoices, figures.customers) == (2, 1)


def test_without_a_hold_out_group_the_days_before_are_the_baseline(buyer):
	doc = offer()
	sold(buyer, -1, 1000)
	sold(buyer, -10, 1000)
	sold(buyer, -11, 777)
	sold(buyer, 0, 900, qty=2)
	sold(buyer, 9, 1200)
	sold(buyer, 10, 777)
	found = result(doc, HOME)
	assert found.before == (START - timedelta(days=10), START - timedelta(days=1))
	uplift = found.uplift
	assert (uplift.method, uplift.baseline, uplift.actual) == (Method.BEFORE, 2000, 3000)
	assert (uplift.revenue, uplift.percent) == (1000, 50)


def test_the_margin_in_addition_is_set_against_what_the_promotion_cost(buyer):
	doc = offer()
	sold(buyer, -1, 1000, cost=600)
	sold(buyer, 1, 900, qty=3, cost=600)
	sale(doc.name, buyer, START, 2700, 300, cost=1800)
	found = result(doc, HOME)
	assert found.uplift.margin == 900 - 400
	assert found.return_on_cost == pytest.approx(500 / 300 * 100)


def test_what_was_taken_off_charges_is_a_cost_of_the_promotion(buyer):
	doc = offer()
	sold(buyer, -1, 1000, cost=600)
	sold(buyer, 1, 1000, qty=2, cost=600)
	sale(doc.name, buyer, START, 0, 100, item_code="")
	found = result(doc, HOME)
	assert (found.promoted.spent, found.promoted.discount, found.promoted.freight) == (100, 0, 100)
	assert found.uplift.margin == 400 - 100
	assert found.return_on_cost == 300


def test_only_the_promoted_products_count(buyer):
	doc = offer()
	sold(buyer, -1, 1000)
	sold(buyer, 1, 1000)
	sold(buyer, 1, 5000, item=FITTING)
	assert result(doc, HOME).uplift.actual == 1000


def test_products_may_be_a_group_with_exceptions(buyer):
	products = [
		{"part": "Buy", "item_group": "Workshop Equipment"},
		{"part": "Except", "item": data.LATHE.code},
	]
	doc = offer(products=products)
	before = result(doc, HOME).uplift.actual
	for item, rate in ((data.WRENCHES.code, 1000), (data.LATHE.code, 5000), (VISIT, 7000)):
		sold(buyer, 1, rate, item=item)
	assert result(doc, HOME).uplift.actual - before == 1000


def test_returns_are_deducted_and_sales_at_the_counter_count(buyer):
	doc = offer()
	sold(buyer, -1, 1000)
	first = sold(buyer, 1, 1000)
	sold(buyer, 2, 800)
	credit_note(first, START + timedelta(days=3))
	pos_invoice(
		buyer,
		START + timedelta(days=4),
		items=[(VISIT, 500, 1)],
		payments=[{"mode_of_payment": "Cash", "amount": 500}],
	)
	assert result(doc, HOME).uplift.actual == 1300


def test_those_held_out_are_the_baseline_of_all_others(company):
	doc = offer(hold_out_percent=30)
	people = [customer() for _number in range(20)]
	spent = {who: 100 * number for number, who in enumerate(people, 1)}
	for who, amount in spent.items():
		sold(who, 2, amount, cost=10)
	everybody = frappe.get_all("Customer", {"disabled": 0}, pluck="name")
	out = {who for who in everybody if held_out(doc.name, who, 30)}
	treated = len(everybody) - len(out)
	uplift = result(doc, HOME).uplift
	actual = sum(amount for who, amount in spent.items() if who not in out)
	mean = sum(spent.get(who, 0) for who in out) / len(out)
	assert (uplift.method, uplift.customers, uplift.held_out) == (Method.HOLD_OUT, treated, len(out))
	assert float(uplift.actual) == pytest.approx(actual)
	assert float(uplift.baseline) == pytest.approx(mean * treated)


def test_who_does_not_meet_the_conditions_does_not_count(company, figures):
	large, small = (figures(name, revenue_365d=of) for name, of in (("Large One", 9e9), ("Small One", 10)))
	doc = offer(
		conditions=[{"fact": "revenue_365d", "operator": ">=", "value": "8000000000", "currency": "CNY"}]
	)
	sold(large, -1, 1000)
	sold(large, 1, 1500)
	sold(small, 1, 400)
	uplift = result(doc, HOME).uplift
	assert (uplift.customers, uplift.actual, uplift.percent) == (1, 1500, 50)


def test_the_cost_of_today_stands_in_where_an_invoice_has_none(buyer):
	frappe.db.set_value("Item", VISIT, {"is_stock_item": 1, "valuation_rate": 600})
	doc = offer()
	sold(buyer, -1, 1000)
	sold(buyer, 1, 1000, qty=2)
	assert result(doc, HOME).uplift.margin == 400


def test_a_promotion_without_first_day_begins_with_its_first_sale(buyer):
	doc = offer(valid_from=None, valid_to=None)
	assert result(doc, HOME) is None
	sale(doc.name, buyer, START, 100, 10)
	sale(doc.name, buyer, END, 100, 10)
	assert period(doc, HOME) == (START, today())


def test_a_stopped_promotion_ends_on_the_day_it_was_stopped():
	doc = offer(valid_to=None)
	doc.stopped_at = f"{END} 15:00:00"
	assert period(doc, HOME) == (START, END)


def test_a_promotion_that_has_not_begun_has_no_result():
	doc = offer(valid_from=today() + timedelta(days=1), valid_to=None)
	assert result(doc, HOME) is None


def test_other_days_may_be_asked_for(buyer):
	doc = offer()
	sold(buyer, 1, 1000)
	sold(buyer, 2, 1500)
	second = START + timedelta(days=2)
	found = result(doc, HOME, second, second)
	assert (found.days, found.uplift.percent) == (1, 50)


def test_the_method_and_its_limits_are_stated(buyer):
	doc = offer()
	sold(buyer, -1, 1000)
	sold(buyer, 1, 1000)
	told = answer(result(doc, HOME))
	assert told["uplift"]["label"] == "against the same number of days before"
	assert "no proof" in told["verdict"]
	assert any("10 days right before" in text for text in told["method"])
	assert any("Season" in text for text in told["limits"])


def test_too_few_customers_are_told_to_prove_nothing(company):
	doc = offer(hold_out_percent=5)
	sold(customer(), 1, 1000)
	assert "Not proven: fewer than 30" in answer(result(doc, HOME))["verdict"]


def test_a_result_takes_the_same_few_statements_however_many_buy(buyer, queries):
	doc = offer()
	sold(buyer, -1, 1000)
	result(doc, HOME)
	some = queries(lambda: result(doc, HOME))
	for _number in range(4):
		sold(customer(), 1, 1000)
	assert queries(lambda: result(doc, HOME)) == some <= 5


def test_a_manager_of_another_company_may_not_ask_for_it(company):
	doc = offer()
	frappe.set_user(manager_of(data.COMPANIES[1].name, "Company"))
	with pytest.raises(frappe.PermissionError):
		result_api.result(doc.name, HOME)


def test_a_seller_may_not_ask_for_it(company):
	doc = offer()
	frappe.set_user(seller())
	with pytest.raises(frappe.PermissionError):
		result_api.result(doc.name, HOME)


def test_a_restricted_manager_gets_the_result_of_her_customers(company, buyer):
	doc = offer()
	own = customer()
	for who in (own, buyer):
		sold(who, -1, 1000)
		sold(who, 1, 2000)
		sale(doc.name, who, START, 2000, 100)
	frappe.set_user(manager_of(own))
	found = result_api.result(doc.name, HOME)
	assert (found["figures"]["revenue"], found["uplift"]["actual"]) == (2000, 2000)


def test_the_company_of_the_promotion_counts_whatever_is_asked():
	doc = offer()
	assert result_api.result(doc.name, data.COMPANIES[1].name)["company"] == HOME


def test_who_may_not_see_costs_gets_no_margin(company, buyer):
	doc = offer()
	sold(buyer, -1, 1000, cost=100)
	sale(doc.name, buyer, START, 2000, 100, cost=500)
	hide_costs()
	frappe.set_user(manager_of())
	found = result_api.result(doc.name, HOME)
	assert found["figures"]["revenue"] == 2000
	assert {found["return_on_cost"], found["break_even"], found["uplift"]["margin"]} == {None}
	assert {found["figures"][name] for name in ("cost", "margin", "gifts")} == {None}


def test_the_report_has_a_row_for_each_promotion_and_company(buyer):
	doc = offer()
	sold(buyer, -1, 1000, cost=600)
	sold(buyer, 1, 900, qty=3, cost=600)
	sale(doc.name, buyer, START, 2700, 300, cost=1800)
	_columns, rows, message, chart = execute({"promotion": doc.name, "uplift": 1})
	[row] = rows
	assert (row["company"], row["revenue"], row["spent"], row["margin"]) == (HOME, 2700, 300, 900)
	assert row["uplift"] == pytest.approx(170)
	assert row["return_on_cost"] == pytest.approx(500 / 300 * 100)
	assert "hold-out group" in message
	assert chart["data"]["labels"] == [doc.name]


def test_the_report_leaves_the_uplift_out_if_it_is_not_asked_for(buyer):
	doc = offer()
	sale(doc.name, buyer, START, 2700, 300, cost=1800)
	_columns, [row], _message, _chart = execute({"promotion": doc.name})
	assert (row["uplift"], row["return_on_cost"]) == (None, None)
	assert row["break_even"] == pytest.approx(300 / 900 * 100)


def test_the_columns_of_the_report_are_those_of_its_rows(buyer):
	doc = offer()
	sale(doc.name, buyer, START, 2700, 300)
	columns, [row], *_more = execute({"promotion": doc.name})
	assert {column["fieldname"] for column in columns} <= row.keys()
