# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""For whom, where and when promotions are, asked of the engine as documents, forms and programs ask it."""

from datetime import date, time

import pytest

import frappe
from frappe.utils import getdate

from crm_ext.demo import data
from crm_ext.pricing import service
from crm_ext.pricing.service import Trial
from crm_ext.tests import builders
from crm_ext.tests.pricing.shop import basket
from crm_ext.tests.promotions.running import offer

LINES = [("LAMP-A", 2, "Nos")]
MATRIX, HALF = 88.8, 44.4
SUNDAY = date(2026, 11, 22)


@pytest.fixture
def sold(shop, customer):
	"""`sold(**basket)`: the rate of two lamps, and why the one promotion did not count, if it did not."""

	def price(of: str = customer, **values) -> tuple[float, str | None]:
		result = service.price(basket(of, LINES, **values))
		lost = result.outcome.lost
		return float(result.priced["0"].rate), lost[0].refusal.value if lost else None

	return price


def half(**values) -> str:
	tiers = [{"at_least": 1, "gives": "Discount Percentage", "value": 50}]
	return offer("Volume Discount", title="Half", products=[{"item": "LAMP-A"}], tiers=tiers, **values)


def test_a_promotion_without_conditions_is_for_everybody(sold):
	half()
	assert sold() == (HALF, None)
	assert sold(of="") == (HALF, None)


@pytest.mark.parametrize(
	("values", "refusal"),
	[
		({"valid_from": "2999-01-01"}, "not yet"),
		({"valid_to": "2001-01-01"}, "expired"),
		({"needs_coupon": 1}, "coupon"),
		({"places": [{"sales_channel": "Web"}]}, "place"),
		({"goal_amount": 1_000_000, "goal_period": "Year"}, "goal"),
		({"hold_out_percent": 99}, "hold-out"),
		({"max_uses": 0, "budget": 0}, None),
	],
)
def test_each_circumstance_that_is_not_met_says_so(values, refusal, sold):
	frappe.get_doc(doctype="Sales Channel", channel_name="Web").insert(ignore_if_duplicate=True)
	half(**values)
	rate, why = sold()
	assert why == refusal or (refusal == "hold-out" and rate == HALF)
	assert rate == (MATRIX if why else HALF)


def test_at_its_point_of_sale_it_counts(sold):
	frappe.get_doc(doctype="Sales Channel", channel_name="Web").insert(ignore_if_duplicate=True)
	half(places=[{"sales_channel": "Web"}, {"pos_profile": data.SHOP}])
	assert sold(sales_channel="Web") == sold(pos_profile=data.SHOP) == (HALF, None)


@pytest.mark.parametrize(
	("hours", "day", "at", "counts"),
	[
		({"sunday": 1}, SUNDAY, time(12), True),
		({"monday": 1}, SUNDAY, time(12), False),
		({"from_time": "09:00:00", "to_time": "17:00:00"}, SUNDAY, time(9), True),
		({"from_time": "09:00:00", "to_time": "17:00:00"}, SUNDAY, time(17), False),
		({"from_time": "22:00:00", "to_time": "02:00:00"}, SUNDAY, time(1), True),
		({"from_time": "22:00:00", "to_time": "02:00:00", "saturday": 1}, SUNDAY, time(1), True),
		({"from_time": "22:00:00", "to_time": "02:00:00", "saturday": 1}, SUNDAY, time(23), False),
		({"from_time": "22:00:00", "to_time": "02:00:00", "sunday": 1}, SUNDAY, time(23), True),
	],
)
def test_weekdays_and_hours_and_hours_over_midnight(hours, day, at, counts, sold):
	half(**hours)
	assert sold(date=day, time=at) == ((HALF, None) if counts else (MATRIX, "hours"))


def test_payment_terms_and_sales_partner(sold):
	terms = frappe.get_doc(
		doctype="Payment Terms Template",
		template_name="Cash at Once",
		terms=[{"invoice_portion": 100, "due_date_based_on": "Day(s) after invoice date", "credit_days": 0}],
	).insert()
	partner = frappe.get_doc(
		doctype="Sales Partner",
		partner_name="Harbour Agents",
		commission_rate=1,
		territory=frappe.db.get_value("Territory", {"is_group": 0}),
	).insert()
	half(payment_terms_template=terms.name, sales_partner=partner.name)
	assert sold() == (MATRIX, "payment terms")
	assert sold(payment_terms=terms.name) == (MATRIX, "sales partner")
	assert sold(payment_terms=terms.name, sales_partner=partner.name) == (HALF, None)


def test_conditions_on_figures_of_the_customer(sold, customer, figures):
	condition = {"fact": "revenue_365d", "operator": ">=", "value": "1000", "currency": "CNY"}
	half(conditions=[condition])
	figures(customer, revenue_365d=999, currency="CNY")
	assert sold() == (MATRIX, "conditions")
	figures(customer, revenue_365d=1000, currency="CNY")
	assert sold() == (HALF, None)
	assert sold(of="") == (MATRIX, "conditions")


def test_a_customer_entered_a_moment_ago_meets_conditions_without_a_profile(sold):
	newcomer = builders.customer(customer_type="Individual")
	half(
		conditions=[
			{"fact": "customer_type", "operator": "=", "value": "Individual"},
			{"fact": "revenue_365d", "operator": ">=", "value": "1000", "currency": "CNY"},
		]
	)
	assert sold(of=newcomer) == (MATRIX, "conditions")
	builders.sales_invoice(newcomer, getdate(), 1000)
	assert sold(of=newcomer) == (HALF, None)
	assert not frappe.db.exists("Customer Profile", {"customer": newcomer})


def test_a_first_order_is_the_first_order_delivery_or_invoice(sold):
	half(first_order=1)
	assert sold() == (HALF, None)
	buyer = builders.customer()
	builders.sales_order(buyer, getdate())
	assert sold(of=buyer)[1] == "not the first"
	assert sold(of="")[1] == "conditions"


def test_a_promotion_of_another_company_is_not_ours(sold):
	other = frappe.db.get_value("Company", {"name": ("!=", data.HOME.name)})
	half(company=other)
	assert sold() == (MATRIX, "other company")


def test_amounts_are_in_the_currency_of_the_promotion(sold):
	tiers = [{"at_least": 1, "gives": "Discount Amount", "value": 1}]
	offer("Volume Discount", title="A Dollar", currency="USD", products=[{"item": "LAMP-A"}], tiers=tiers)
	rate = sold()[0]
	assert MATRIX - 9 < rate < MATRIX - 5


def test_a_draft_counts_as_if_it_were_active_where_that_is_asked(shop, customer):
	name = half(max_uses=1, needs_coupon=1)
	frappe.get_doc("Sales Promotion", name).db_set("status", "Draft")
	asked = basket(customer, LINES)
	as_it_is = service.price(asked).priced["0"].rate
	tried = service.price(asked, Trial(promotions=frozenset({name}))).priced["0"].rate
	assert (float(as_it_is), float(tried)) == (MATRIX, HALF)


def test_one_that_observes_says_what_it_would_have_given(shop, customer):
	name = half()
	doc = frappe.get_doc("Sales Promotion", name)
	doc.update({"status": "Observing"}).save()
	result = service.price(basket(customer, LINES))
	lost = result.outcome.lost[0]
	assert (lost.refusal.value, lost.detail) == ("observing", {"discount": "88.8"})
	assert (float(result.priced["0"].rate), result.priced["0"].telling) == (MATRIX, True)


def test_the_day_decides_and_not_today(sold):
	half(valid_from="2026-03-01", valid_to="2026-03-31")
	assert sold(date=getdate("2026-03-31")) == (HALF, None)
	assert sold(date=getdate("2026-04-01")) == (MATRIX, "expired")


def test_without_promotions_prices_are_those_before_them(sold):
	half()
	assert sold(promotions=False) == (MATRIX, None)


def test_a_promotion_follows_what_it_names_when_that_is_renamed(shop, customer):
	half()
	asked = service.price(basket(customer, LINES))
	assert float(asked.priced["0"].rate) == HALF
	frappe.rename_doc("Item", "LAMP-A", "LAMP-Z")
	asked = service.price(basket(customer, [("LAMP-Z", 2, "Nos")]))
	assert float(asked.priced["0"].rate) == HALF
