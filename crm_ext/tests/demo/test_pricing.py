# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The prices of the demo are those of its page, and what was sold and asked for stands as described."""

import json
import re
from collections import Counter
from decimal import Decimal

import pytest

import frappe

from crm_ext.demo import data, pricing
from crm_ext.demo import pricing_data as prices
from crm_ext.demo import pricing_stories as stories
from crm_ext.demo.install import DemoCompany
from crm_ext.pricing import api, service, waterfall
from crm_ext.pricing.basket import Basket, BasketLine
from crm_ext.pricing.impact import Impact
from crm_ext.pricing.past import Past
from crm_ext.pricing.rates import files, importing
from crm_ext.pricing.rates.language import words
from crm_ext.profile.service import refresh
from crm_ext.tags.service import tags_of
from crm_ext.tests.pages import example, page

FILE = re.compile(r"<!-- file: imported by tests/demo/test_pricing\.py -->\s*```csv\n(.*?)```", re.DOTALL)
COUNTED = ("Price Matrix Rate", "Sales Order", "Price Approval", "Price Deviation")


class Shop:
	"""What the prices of the demo came to, collected in one transaction that is rolled back."""

	def __init__(self, demo: DemoCompany):
		refresh(as_of=demo.as_of)
		pricing.install(demo)
		self.demo = demo
		self.prices = [self._price_of(one) for one in stories.PRICES]
		self.trades = [self._documents_of(one) for one in stories.TRADES]
		self.approvals = frappe.get_all("Price Approval", fields=["*"])
		self.deviations = frappe.get_all("Price Deviation", fields=["*"])
		self.matrices = frappe.get_all("Price Matrix", fields=["name", "status", "rate_count"], as_list=True)
		self.answer = self._answer()
		self.imported = self._import()
		since = data.months(6).on(demo.as_of)
		self.impact = Impact(prices.AUTUMN.title, Past(demo.company, since, demo.as_of)).run()
		before = [frappe.db.count(doctype) for doctype in COUNTED]
		self.installed_twice = pricing.install(demo)
		self.added = [frappe.db.count(doctype) - was for doctype, was in zip(COUNTED, before, strict=True)]
		refresh(as_of=demo.as_of)
		self.tags = {name: {row["tag"] for row in tags_of(record)} for name, record in demo.customers.items()}

	def customer(self, name: str) -> str:
		return self.demo.customers.get(name) or frappe.db.get_value("Customer", {"customer_name": name})

	def _price_of(self, price: stories.Price) -> Decimal | None:
		of_currency = {currency: name for name, currency, _ in data.PRICE_LISTS}
		line = BasketLine(key="1", item_code=price.item, qty=Decimal(str(price.qty)), uom=price.uom)
		basket = Basket(
			company=price.company.name,
			date=self.demo.as_of,
			customer=self.customer(price.customer),
			price_list=of_currency[price.company.currency],
			lines=(line,),
			**price.where,
		)
		return service.price(basket).priced["1"].price

	def _documents_of(self, trade: stories.Trade) -> dict[str, list]:
		sold = {"customer": self.customer(trade.customer), "docstatus": 1}
		ordered = {**sold, "transaction_date": trade.ordered.on(self.demo.as_of)}
		which = {"Sales Order": ordered, "Delivery Note": sold, "Sales Invoice": sold}
		return {
			doctype: [
				frappe.get_doc(doctype, name) for name in frappe.get_all(doctype, filters, pluck="name")
			]
			for doctype, filters in which.items()
		}

	def _answer(self) -> dict:
		"""What REST answers to the example of the page."""
		return json.loads(json.dumps(api.price_basket(**example("pricing")[0])))

	def _import(self) -> importing.Outcome:
		"""What becomes of the file of the page, without writing it."""
		file = FILE.search(page("pricing"))[1].encode()
		return importing.bring_in(
			prices.AUTUMN.title, files.read("rates.csv", file, words()), words(), dry_run=True
		)


@pytest.fixture(scope="module")
def shop(company):
	yield Shop(company)
	frappe.db.rollback()


def test_everybody_pays_what_the_page_says(shop):
	assert shop.prices == [Decimal(price.price) for price in stories.PRICES]


def test_the_example_of_the_page_is_answered_as_printed(shop):
	for line in shop.answer["lines"]:
		for rejected in line["rejected"]:
			rejected["rate"] = "…"
	assert shop.answer == example("pricing")[1]


def test_the_file_of_the_page_can_be_imported(shop):
	assert (shop.imported.lines, shop.imported.faults) == (7, [])


def test_the_price_agreed_in_the_order_is_that_of_the_invoice_and_of_what_comes_back(shop):
	for documents in shop.trades:
		agreed = {row.item_code: row.rate for row in documents["Sales Order"][0].items}
		assert all(agreed.values())
		for document in documents["Delivery Note"] + documents["Sales Invoice"]:
			for row in document.items:
				assert row.rate == agreed[row.item_code]
				assert Decimal(waterfall.load(row.crm_ext_price_steps)["rate"]) == Decimal(str(row.rate))
	assert [document.is_return for document in shop.trades[0]["Sales Invoice"]].count(1) == 1


def test_a_rate_typed_by_hand_stays_and_says_so(shop):
	oil = next(row for row in shop.trades[2]["Sales Order"][0].items if row.item_code == "WB-OIL")
	assert (oil.rate, oil.price_list_rate, oil.crm_ext_price_locked) == (700, 740, 1)


def test_there_is_a_request_in_each_state(shop):
	found = shop.approvals
	assert Counter(one.status for one in found) == Counter(one.status for one in stories.APPROVALS)
	assert {one.requested_by for one in found} == {shop.demo.seller}
	assert {one.decided_by for one in found if one.decision_note} == {prices.DECIDER.email}


def test_the_check_of_the_night_has_found_the_rate_that_was_tampered_with_and_no_other(shop):
	customer, line, rate = stories.TAMPERED
	found = [(one.status, one.customer, one.item_code, one.found) for one in shop.deviations]
	assert found == [("Open", customer, line.item, rate)]


def test_the_observing_matrix_would_make_some_pay_less_and_some_pay_more(shop):
	less, more = ({row["name"] for row in shop.impact[side]["rows"]} for side in ("pay_less", "pay_more"))
	assert shop.customer("Saltmarsh Boats") in less
	assert shop.customer("Yarrow Clinics") in more


def test_every_matrix_is_in_its_documented_state_with_all_its_rates(shop):
	assert set(shop.matrices) == {(one.title, one.status, len(one.rates)) for one in prices.MATRICES}


def test_the_customers_of_the_stories_keep_their_tags(shop):
	assert shop.tags == {customer.name: set(customer.tags) for customer in data.CUSTOMERS}


def test_putting_them_into_force_again_changes_nothing(shop):
	assert shop.installed_twice is False
	assert not any(shop.added)
