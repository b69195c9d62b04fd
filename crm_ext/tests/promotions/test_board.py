# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

from datetime import timedelta

import pytest

import frappe

from crm_ext.demo import data
from crm_ext.pricing.promotions import board_api
from crm_ext.pricing.promotions.board import ENDED, OBSERVING, PAUSED, RUNNING, WEEKS, board
from crm_ext.tests.builders import customer
from crm_ext.tests.days import today
from crm_ext.tests.pricing.people import hide_costs
from crm_ext.tests.pricing.shop import PRICE_LIST
from crm_ext.tests.promotions.sales import manager_of, promotion, redemption, sale, seller, used
from crm_ext.tests.promotions.uses import submitted, ten_percent

HOME, ABROAD = data.HOME, data.COMPANIES[1]
TODAY = today()


@pytest.fixture
def offer(company) -> str:
	return promotion("Spring Offer")


def row(name: str, **asked) -> dict:
	return next(one for one in board(**asked)["promotions"] if one["name"] == name)


def total_of(company: str) -> dict:
	found = next((one for one in board()["companies"] if one["company"] == company), {})
	return {name: found.get(name, 0) for name in ("lines", "revenue", "spent", "cost", "margin")}


def names(**asked) -> set[str]:
	return {one["name"] for one in board(**asked)["promotions"]}


def test_what_was_sold_cost_and_remained_stands_beside_each_promotion(buyer, offer):
	sale(offer, buyer, TODAY, 900, 100, cost=500)
	sale(offer, customer(), TODAY, 1800, 200, cost=1000)
	for one in (buyer, customer()):
		redemption(offer, one, 150)
	[found] = row(offer)["sales"]
	assert (found["revenue"], found["discount"], found["spent"]) == (2700, 300, 300)
	assert (found["cost"], found["margin"], found["coverage"]) == (1500, 1200, 100)
	assert found["margin_percent"] == pytest.approx(44.44, abs=0.01)
	assert (found["redeemed"], found["customers"], found["lines"]) == (2, 2, 2)
	assert found["currency"] == HOME.currency


def test_free_goods_cost_what_they_cost_us(buyer, offer):
	invoice = sale(offer, buyer, TODAY, 900, 100, cost=500)
	sale(offer, buyer, TODAY, 0, 80, cost=30, is_gift=1, reference_name=invoice)
	[found] = row(offer)["sales"]
	assert (found["spent"], found["gifts"], found["gifts_price"]) == (130, 30, 80)
	assert found["margin"] == 370


def test_returns_are_deducted(buyer, offer):
	sale(offer, buyer, TODAY, 900, 100, cost=500)
	sale(offer, buyer, TODAY, -450, -50, cost=-250, is_return=1)
	[found] = row(offer)["sales"]
	assert (found["revenue"], found["spent"], found["margin"]) == (450, 50, 200)


def test_a_cost_that_nobody_knows_is_left_out_of_the_margin_and_told(buyer, offer):
	sale(offer, buyer, TODAY, 750, 0)
	sale(offer, buyer, TODAY, 250, 0, cost=100)
	[found] = row(offer)["sales"]
	assert (found["margin"], found["coverage"]) == (150, 25)


def test_reserved_orders_are_told_apart_and_released_ones_are_gone(buyer, offer):
	redemption(offer, buyer)
	redemption(offer, buyer, status="Reserved")
	redemption(offer, customer(), status="Released")
	[found] = row(offer)["sales"]
	assert (found["redeemed"], found["reserved"], found["customers"]) == (1, 1, 1)


def test_what_is_left_of_each_limit_is_shown(offer):
	frappe.db.set_value("Sales Promotion", offer, {"budget": 1000, "max_uses": 10})
	used(offer, uses=8, customers=5, amount=250)
	money, uses = row(offer)["limits"]
	assert money == {"limit": "money", "used": 250, "most": 1000, "percent": 25}
	assert uses == {"limit": "uses", "used": 8, "most": 10, "percent": 80}


def test_a_limit_of_which_nothing_is_used_is_shown_as_well(offer):
	frappe.db.set_value("Sales Promotion", offer, "max_customers", 4)
	assert row(offer)["limits"] == [{"limit": "customers", "used": 0, "most": 4, "percent": 0}]


def test_days_left_count_today(offer):
	assert row(offer)["days_left"] is None
	frappe.db.set_value("Sales Promotion", offer, "valid_to", TODAY + timedelta(days=6))
	assert row(offer)["days_left"] == 7


def test_promotions_are_shown_by_how_they_stand(company):
	yesterday, tomorrow = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
	running = promotion("Runs")
	coming = promotion("Comes", valid_from=tomorrow)
	over = promotion("Over", valid_to=yesterday)
	stopped = promotion("Stopped", status="Stopped")
	paused, observed = promotion("Paused", status="Paused"), promotion("Observed", status="Observing")
	ours = {running, coming, over, stopped, paused, observed, promotion("Draft", status="Draft")}
	assert names() & ours == {running, coming}
	assert names(shown=ENDED) & ours == {over, stopped}
	assert names(shown=PAUSED) & ours == {paused}
	assert names(shown=OBSERVING) & ours == {observed}
	assert [row(name)["state"] for name in (running, coming)] == ["Running", "Coming"]
	assert row(over, shown=ENDED)["state"] == "Ended"


def test_companies_are_never_added_up(buyer):
	both = promotion("Everywhere", company="")
	sale(both, buyer, TODAY, 100, 10)
	sale(both, buyer, TODAY, 70, 7, company=ABROAD.name)
	found = {one["company"]: (one["revenue"], one["currency"]) for one in row(both)["sales"]}
	assert found == {HOME.name: (100, HOME.currency), ABROAD.name: (70, ABROAD.currency)}
	[only] = row(both, company=ABROAD.name)["sales"]
	assert only["company"] == ABROAD.name


def test_a_promotion_of_another_company_is_not_shown(company):
	home = promotion("Home Only")
	assert home in names(company=HOME.name)
	assert home not in names(company=ABROAD.name)


def test_a_line_with_two_promotions_counts_once_in_the_sums(buyer, offer):
	second = promotion("Second Offer")
	before = total_of(HOME.name)
	invoice = sale(offer, buyer, TODAY, 900, 100, cost=500, row="the-row")
	sale(second, buyer, TODAY, 900, 50, cost=500, row="the-row", reference_name=invoice)
	redemption(offer, buyer)
	redemption(second, buyer)
	assert row(offer)["sales"][0]["revenue"] == row(second)["sales"][0]["revenue"] == 900
	total = total_of(HOME.name)
	added = {name: total[name] - before[name] for name in before}
	assert added == {"lines": 1, "revenue": 900, "spent": 150, "cost": 500, "margin": 400}


def test_the_trend_has_a_figure_for_each_week(buyer, offer):
	monday = TODAY - timedelta(days=TODAY.weekday())
	sale(offer, buyer, monday, 100, 10)
	sale(offer, buyer, monday - timedelta(days=1), 50, 5)
	sale(offer, buyer, monday - timedelta(weeks=WEEKS + 5), 1000, 0)
	[found] = row(offer)["sales"]
	assert len(found["trend"]["revenue"]) == len(board()["weeks"]) == WEEKS
	assert found["trend"]["revenue"][-2:] == [50, 100]
	assert sum(found["trend"]["revenue"]) == 150
	assert found["revenue"] == 1150


def test_the_board_takes_four_statements_however_many_promotions_run(buyer, offer, queries):
	sale(offer, buyer, TODAY, 100, 10)
	board()
	few = queries(board)
	for number in range(5):
		name = promotion(f"One of Many {number}")
		sale(name, buyer, TODAY, 100, 10)
		redemption(name, buyer)
		used(name, 1)
	assert queries(board) == few == 4


def test_the_invoices_behind_a_promotion_come_latest_first(buyer, offer):
	old = sale(offer, buyer, TODAY - timedelta(days=3), 100, 10)
	new = sale(offer, buyer, TODAY, 200, 20)
	sale(offer, buyer, TODAY, 50, 5, reference_name=new)
	found = board_api.invoices(offer, HOME.name)
	assert [(one.name, one.revenue, one.discount) for one in found] == [(new, 250, 25), (old, 100, 10)]


def test_what_a_real_invoice_got_is_on_the_board(shop, buyer):
	frappe.db.set_value("Customer", buyer, "default_price_list", PRICE_LIST)
	name = ten_percent(budget=1000)
	invoice = submitted("Sales Invoice", buyer, [("LAMP-A", 5, "Nos")])
	found = row(name)
	[sales] = found["sales"]
	assert (sales["revenue"], sales["discount"]) == pytest.approx((399.6, 44.4))
	assert (sales["redeemed"], sales["customers"], found["limits"][0]["used"]) == (1, 1, pytest.approx(44.4))
	assert [one.name for one in board_api.invoices(name, HOME.name)] == [invoice.name]


def test_a_seller_does_not_see_the_board(company, offer):
	frappe.set_user(seller())
	with pytest.raises(frappe.PermissionError):
		board_api.board()
	with pytest.raises(frappe.PermissionError):
		board_api.invoices(offer, HOME.name)


def test_a_restricted_manager_sees_what_her_customers_bought(company, buyer, offer):
	own = customer()
	sale(offer, own, TODAY, 100, 10)
	sale(offer, buyer, TODAY, 900, 90)
	redemption(offer, own)
	redemption(offer, buyer)
	frappe.set_user(manager_of(own))
	[found] = next(one for one in board_api.board()["promotions"] if one["name"] == offer)["sales"]
	assert (found["revenue"], found["redeemed"], found["customers"]) == (100, 1, 1)
	assert [one.customer for one in board_api.invoices(offer, HOME.name)] == [own]


def test_a_manager_of_one_company_does_not_see_the_others(company, buyer):
	both = promotion("Two Companies", company="")
	sale(both, buyer, TODAY, 100, 10)
	sale(both, buyer, TODAY, 70, 7, company=ABROAD.name)
	frappe.set_user(manager_of(ABROAD.name, "Company"))
	found = next(one for one in board_api.board()["promotions"] if one["name"] == both)
	assert [one["company"] for one in found["sales"]] == [ABROAD.name]
	with pytest.raises(frappe.PermissionError):
		board_api.board(company=HOME.name)


def test_who_may_not_see_costs_sees_no_margin(company, buyer, offer):
	sale(offer, buyer, TODAY, 900, 100, cost=500)
	sale(offer, buyer, TODAY, 0, 80, cost=30, is_gift=1)
	hide_costs()
	frappe.set_user(manager_of())
	[found] = next(one for one in board_api.board()["promotions"] if one["name"] == offer)["sales"]
	assert (found["revenue"], found["gifts_price"]) == (900, 80)
	assert {found[name] for name in ("cost", "margin", "margin_percent", "gifts", "spent")} == {None}


def test_nothing_running_is_an_empty_board(company):
	frappe.db.sql("UPDATE `tabSales Promotion` SET status = 'Draft'")
	assert (board()["promotions"], board()["companies"]) == ([], [])


def test_only_what_the_board_knows_may_be_asked_for(company):
	with pytest.raises(frappe.ValidationError):
		board_api.board(shown="Everything")


def test_running_is_what_is_shown_without_being_asked(offer):
	assert names() == names(shown=RUNNING)
