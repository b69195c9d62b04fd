# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest
from playwright.sync_api import expect

import frappe

from crm_ext.demo import data
from crm_ext.tests.days import today
from crm_ext.tests.pricing.past_sales import put_back
from crm_ext.tests.promotions.sales import promotion, redemption, sale, used

MINE = ("Promotion Sale", "Promotion Redemption", "Promotion Usage", "Promotion Back-Test", "Sales Promotion")
TODAY = today()
DISCS, LATHE, OIL = data.DISCS.code, data.LATHE.code, data.OIL.code
TEN, EIGHT = ({"at_least": 1, "gives": "Discount Percentage", "value": value} for value in (10, 8))
SUPPLIES = [{"part": "Buy", "item_group": group} for group in ("Consumables", "Field Service")]
RUNNING = (
	(
		"Autumn Workshop Weeks",
		{
			"valid_from": TODAY - timedelta(days=63),
			"valid_to": TODAY + timedelta(days=19),
			"budget": 2_400,
		},
		{"uses": 58, "customers": 9, "amount": 1_430},
		(58, 290, 0.08, 0.63),
	),
	(
		"Three Oils for Two",
		{
			"kind": "Cheapest Free",
			"tiers": [],
			"products": [{"part": "Buy", "item": OIL}],
			"buy_qty": 3,
			"get_qty": 1,
			"gives": "Free",
			"valid_to": TODAY + timedelta(days=5),
			"max_uses": 200,
		},
		{"uses": 187, "customers": 11},
		(90, 130, 0.33, 0.58),
	),
	(
		"Welcome Coupon",
		{"needs_coupon": 1, "max_customers": 50, "budget": 800, "company": ""},
		{"uses": 12, "customers": 12, "amount": 805},
		(12, 700, 0.1, 0.7),
	),
	("Year-End Machines", {"valid_from": TODAY + timedelta(days=9), "budget": 250_000}, {}, None),
)


@pytest.fixture(scope="module")
def promoted(tagged) -> Iterator:
	"""A few promotions with what they sold in the last weeks, and one that has ended; gone at the end."""
	before = {doctype: set(frappe.get_all(doctype, pluck="name")) for doctype in MINE}
	draw = Random(5)
	invoices = frappe.get_all("Sales Invoice", {"company": data.HOME.name, "docstatus": 1}, pluck="name")
	customers = frappe.get_all("Customer", pluck="name", order_by="name")
	for title, values, counted, sold in RUNNING:
		name = promotion(title, **{"tiers": [EIGHT], "products": SUPPLIES, **values})
		used(name, **counted)
		if sold:
			sell(name, draw, invoices, customers, *sold)
	sell("Welcome Coupon", draw, ["ACC-SINV-PACIFIC-1"], customers, 4, 130, 0.1, 0.66, data.COMPANIES[1].name)
	over = promotion("Summer Sale", status="Stopped", tiers=[TEN], products=SUPPLIES)
	sell(over, draw, invoices, customers, 20, 300, 0.1, 0.6)
	frappe.db.commit()
	yield tagged
	frappe.db.rollback()
	for doctype in MINE:
		for name in set(frappe.get_all(doctype, pluck="name")) - before[doctype]:
			frappe.delete_doc(doctype, name, force=True, ignore_permissions=True)
	frappe.db.commit()


def sell(name, draw, invoices, customers, count, price, share, cost, company=data.HOME.name) -> None:
	"""So many promoted lines over nine weeks, more of them as time goes by."""
	for number in range(count):
		list_price = price * draw.uniform(0.4, 1.6)
		day = TODAY - timedelta(days=int(62 * (1 - draw.random() ** 0.6)))
		buyer = draw.choice(customers[:12])
		sale(
			name,
			buyer,
			day,
			round(list_price * (1 - share), 2),
			round(list_price * share, 2),
			cost=round(list_price * cost, 2),
			company=company,
			reference_name=draw.choice(invoices),
		)
		status = "Reserved" if number % 15 == 14 else "Redeemed"
		redemption(name, buyer, list_price * share, status, company=company)


@pytest.fixture(scope="module")
def past(promoted) -> Iterator[str]:
	"""A past in which promotions were possible, and a draft to try on it."""
	columns = {"Sales Invoice": "ignore_pricing_rule", "Sales Invoice Item": "crm_ext_price_locked"}
	with put_back(columns):
		frappe.db.sql("UPDATE `tabSales Invoice` SET ignore_pricing_rule = 0")
		frappe.db.sql("UPDATE `tabSales Invoice Item` SET crm_ext_price_locked = 0")
		draft = promotion(
			"Discs and Lathes in Bulk",
			status="Draft",
			products=[{"part": "Buy", "item": DISCS}, {"part": "Buy", "item": LATHE}],
			tiers=[
				{"at_least": 2, "gives": "Discount Percentage", "value": 4},
				{"at_least": 10, "gives": "Discount Percentage", "value": 7},
			],
			budget=30_000,
			max_uses=20,
		)
		frappe.db.commit()
		yield draft


def row(page, title: str):
	return page.locator("tr[data-promotion]", has_text=title).first


def test_the_board_shows_what_runs_with_what_is_left(manager, promoted):
	page = manager.open(f"promotion-board?company={data.HOME.name}", "tr[data-promotion]", height=980).page
	expect(page.locator(".crm-ext-board-sums .crm-ext-card")).to_have_count(5)
	expect(page.locator(".crm-ext-board-sums .frappe-chart")).to_be_visible()
	expect(row(page, "Autumn Workshop Weeks")).to_contain_text("970 left")
	expect(row(page, "Three Oils for Two").locator(".crm-ext-left.is-low")).to_be_visible()
	expect(row(page, "Welcome Coupon").locator(".crm-ext-left.is-out")).to_be_visible()
	expect(row(page, "Year-End Machines")).to_contain_text("Coming")
	manager.see("promotion-board")


def test_a_promotion_unfolds_to_its_invoices(manager, promoted):
	page = manager.open(f"promotion-board?company={data.HOME.name}", "tr[data-promotion]", height=1240).page
	row(page, "Autumn Workshop Weeks").locator("td").nth(2).click()
	more = page.locator(".crm-ext-board-more")
	expect(more.locator(".frappe-chart")).to_be_visible()
	expect(more.locator("tbody tr").first).to_contain_text("ACC-SINV")
	manager.see("promotion-board-open")
	more.get_by_role("button", name="Invoiced Lines").click()
	page.wait_for_url("**/promotion-sale*")
	expect(page.locator(".list-row-container .list-row").first).to_be_visible()


def test_companies_stand_apart(manager, promoted):
	page = manager.open("promotion-board", "tr[data-promotion]", height=1400).page
	page.locator(".page-form [data-fieldname=company] input").fill("")
	page.locator(".page-form [data-fieldname=company] input").press("Tab")
	expect(page.locator(".crm-ext-board-sums")).to_have_count(2)
	expect(page.locator("tr[data-promotion]", has_text=data.COMPANIES[1].name)).to_have_count(1)
	manager.see("promotion-board-companies")


def test_ended_promotions_are_asked_for(manager, promoted):
	page = manager.open("promotion-board", "tr[data-promotion]").page
	page.locator(".page-form [data-fieldname=shown] select").select_option("Ended")
	expect(row(page, "Summer Sale")).to_contain_text("Ended")
	expect(page.locator("tr[data-promotion]", has_text="Autumn Workshop Weeks")).to_have_count(0)


def test_the_answer_to_the_last_question_is_shown(manager, promoted):
	page = manager.open("promotion-board", "tr[data-promotion]").page
	asked, held = "**/*board_api.board", []
	page.route(asked, lambda route: held.append(route))
	for shown in ("Paused", "Ended"):
		page.locator(".page-form [data-fieldname=shown] select").select_option(shown)
		page.wait_for_function("document.querySelector('.crm-ext-board.is-waiting')")
	for route in held:
		with page.expect_response(asked):
			route.continue_()
	page.unroute(asked)
	expect(row(page, "Summer Sale")).to_be_visible()
	expect(page.locator(".crm-ext-board.is-waiting")).to_have_count(0)


def test_the_result_says_how_it_is_known(manager, promoted):
	page = manager.open(f"promotion-board?company={data.HOME.name}", "tr[data-promotion]", height=1100).page
	row(page, "Autumn Workshop Weeks").locator("td").nth(2).click()
	page.locator(".crm-ext-board-more").get_by_role("button", name="Result").click()
	dialog = page.locator(".modal.show")
	expect(dialog.locator(".crm-ext-card", has_text="Return on Investment")).to_be_visible()
	expect(dialog).to_contain_text("against the same number of days before")
	expect(dialog).to_contain_text("What It Cannot Tell")
	manager.see("promotion-result")


def test_a_draft_is_tried_on_the_past(manager, past):
	page = manager.open(f"sales-promotion/{past}", ".form-layout", height=1400).page
	page.get_by_role("button", name="Back-Test").click()
	dialog = page.locator(".modal.show")
	dialog.locator("[data-fieldname=months] select").select_option("12")
	dialog.get_by_role("button", name="Compute").click()
	expect(dialog.locator(".crm-ext-lead")).to_contain_text("would have got the promotion")
	expect(dialog.locator(".crm-ext-months .frappe-chart")).to_be_visible()
	expect(dialog.locator(".crm-ext-burning .frappe-chart")).to_be_visible()
	dialog.locator("tr[data-only]").first.locator("td").nth(2).click()
	expect(dialog.locator(".crm-ext-drill tbody tr").first).to_be_visible()
	expect(dialog).to_contain_text("No demand is invented")
	manager.see("promotion-backtest")


def test_the_report_compares_promotions(manager, promoted):
	path = f"query-report/Promotion Result?company={data.HOME.name}&uplift=1"
	page = manager.open(path, ".dt-scrollable .dt-row").page
	expect(page.locator(".dt-scrollable")).to_contain_text("Three Oils for Two")
	manager.see("report-promotion-result")
