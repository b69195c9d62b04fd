# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The promotions of the demo are used as its page says, and board, results, back-test and suggestions have something."""

import json
from collections import Counter, defaultdict

import pytest

import frappe

from crm_ext.cross_sell.suggest import suggestions
from crm_ext.demo import data, pricing, promotions
from crm_ext.demo import pricing_stories as prices
from crm_ext.demo import promotions_data as offers
from crm_ext.demo import promotions_stories as stories
from crm_ext.demo.install import DemoCompany
from crm_ext.pricing import api, drift
from crm_ext.pricing.promotions import result, stored
from crm_ext.pricing.promotions.board import ENDED, OBSERVING, RUNNING, board
from crm_ext.pricing.promotions.model import Kind
from crm_ext.pricing.promotions.result_model import Method
from crm_ext.profile.service import refresh
from crm_ext.tags.service import tags_of
from crm_ext.tests.pages import example

COUNTED = ("Sales Promotion", "Promotion Redemption", "Promotion Sale", "Sales Invoice", "Promotion Coupon")


class Shop:
	"""What the promotions of the demo came to, collected in one transaction that is rolled back."""

	def __init__(self, demo: DemoCompany):
		refresh(as_of=demo.as_of)
		pricing.install(demo)
		promotions.install(demo)
		self.demo = demo
		self.promotions = {one.name: one for one in frappe.get_all("Sales Promotion", fields=["*"])}
		self.uses = self._uses()
		self.coupons = dict(frappe.get_all("Promotion Coupon", fields=["code", "status"], as_list=True))
		self.board = {
			one["name"]: one
			for shown in (RUNNING, OBSERVING, ENDED)
			for one in board(data.HOME.name, shown)["promotions"]
		}
		self.result = result.result(frappe.get_doc("Sales Promotion", offers.BITS.title), data.HOME.name)
		self.back_test = frappe.get_last_doc("Promotion Back-Test")
		self.suggested = suggestions(["WB-BIT"], data.HOME.name, 5)
		self.draft = frappe.get_last_doc("Sales Order", {"docstatus": 0})
		self.returned = self._returned()
		drift.check(today=demo.as_of, commit=False)
		self.deviations = frappe.get_all("Price Deviation", pluck="customer")
		self.answer = json.loads(json.dumps(api.price_basket(**example("promotions")[0])))
		before = [frappe.db.count(doctype) for doctype in COUNTED]
		self.installed_twice = promotions.install(demo)
		self.added = [frappe.db.count(doctype) - was for doctype, was in zip(COUNTED, before, strict=True)]
		refresh(as_of=demo.as_of)
		self.tags = {name: {row["tag"] for row in tags_of(record)} for name, record in demo.customers.items()}

	def _returned(self) -> tuple:
		"""The line that came back, the line it was sold with, and what its promotion is counted for by now."""
		credit_note = frappe.get_last_doc("Sales Invoice", {"is_return": 1, "customer": offers.VESPER.name})
		sold = frappe.get_doc("Sales Invoice", credit_note.return_against)
		order = {"promotion": offers.BITS.title, "reference_doctype": "Sales Order"}
		counted = frappe.db.get_value("Promotion Redemption", order, "discount")
		return credit_note.items[0], sold.items[0], counted

	def _uses(self) -> dict[str, Counter]:
		found = defaultdict(Counter)
		for promotion, status in frappe.get_all(
			"Promotion Redemption", fields=["promotion", "status"], as_list=True
		):
			found[promotion][status] += 1
		return found


@pytest.fixture(scope="module")
def shop(company):
	yield Shop(company)
	frappe.db.rollback()


@pytest.mark.parametrize("promotion", offers.PROMOTIONS, ids=lambda promotion: promotion.title)
def test_each_promotion_is_in_its_state_and_was_used_as_the_page_says(shop, promotion):
	assert shop.promotions[promotion.title].status == promotion.status
	assert shop.uses[promotion.title] == promotion.uses


def test_there_is_one_promotion_of_each_kind():
	assert {promotion.kind for promotion in offers.PROMOTIONS} == {kind.value for kind in Kind}


def test_who_stopped_and_who_approved_is_known(shop):
	third, gloves = shop.promotions[offers.THIRD.title], shop.promotions[offers.GLOVES.title]
	assert (third.stopped_by, third.status_reason) == (shop.demo.manager, offers.THIRD.reason)
	assert gloves.approved_by == offers.APPROVER.email


def test_vouchers_are_redeemed_reserved_and_free(shop):
	fair = Counter(status for code, status in shop.coupons.items() if code in offers.FAIR_CODES)
	assert fair == {"Redeemed": 2, "Reserved": 1, "Available": 5}
	assert shop.coupons[stories.ORDERS[3].coupon] == "Available"


def test_a_part_of_the_budget_for_free_gloves_is_used(shop):
	assert shop.board[offers.GLOVES.title]["limits"] == [
		{"limit": "money", "used": 168.0, "most": 400.0, "percent": 42.0}
	]


def test_the_board_shows_what_each_used_promotion_sold(shop):
	sold = {name: one["sales"] for name, one in shop.board.items()}
	assert all(sold[promotion.title] for promotion in offers.PROMOTIONS if promotion.uses)
	assert not sold[offers.OIL.title]


def test_a_return_takes_back_what_its_line_got_and_no_more(shop):
	back, sold, counted = shop.returned
	assert (back.item_code, back.qty, back.rate) == ("WB-BIT", -15, sold.rate)
	assert counted == pytest.approx(60 * 22 * 0.15 * (60 - 15) / 60)


def test_the_result_is_told_against_the_customers_held_out_and_is_not_proven(shop):
	uplift = shop.result.uplift
	assert uplift.method is Method.HOLD_OUT
	assert uplift.held_out and uplift.baseline > 0
	assert not uplift.proven
	assert shop.result.promoted.invoices == 4


def test_the_draft_has_a_back_test_with_documents(shop):
	assert (shop.back_test.promotion, shop.back_test.status) == (offers.MIX.title, "Done")
	assert shop.back_test.documents and shop.back_test.spent


def test_wrench_sets_are_suggested_with_drill_bits(shop):
	assert [one["item_code"] for one in shop.suggested] == ["WB-WRENCH"]
	assert shop.suggested[0]["lift"] > 1


def test_the_draft_says_that_its_voucher_was_used_already(shop):
	(coupon,) = stored.read(shop.draft.crm_ext_promotions)["coupons"]
	assert (coupon["accepted"], coupon["reason"]) == (False, "used up")


def test_the_example_of_the_page_is_answered_as_printed(shop):
	for line in shop.answer["lines"]:
		for rejected in line["rejected"]:
			rejected["rate"] = rejected["rate"] and "…"
	assert shop.answer == example("promotions")[1]


def test_the_check_of_the_night_finds_nothing_wrong_with_promoted_lines(shop):
	assert shop.deviations == [prices.TAMPERED[0]]


def test_the_customers_of_the_stories_keep_their_tags(shop):
	assert shop.tags == {customer.name: set(customer.tags) for customer in data.CUSTOMERS}


def test_putting_them_into_force_again_changes_nothing(shop):
	assert shop.installed_twice is False
	assert not any(shop.added)
