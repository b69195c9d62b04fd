# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What is missing for the next tag, and when the present one would go, on the demo company."""

from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta

import frappe
from frappe.utils import add_days, getdate, nowdate

from crm_ext.profile.service import refresh
from crm_ext.tags import outlook, service


@pytest.fixture
def ahead(company):
	"""`ahead("Azure Kiln Works", "Value")` is the outlook of a demo customer in one group."""

	def look(name: str, group: str) -> dict:
		customer = company.customers[name]
		refresh([customer])
		return next(row for row in outlook.outlook(customer) if row["group"] == group)

	return look


@pytest.fixture
def today() -> date:
	return getdate(nowdate())


@pytest.mark.parametrize(
	"name, group, next_tag, missing",
	[
		("Birchwood Presses", "Value", "High Value", [("revenue_365d", 0.01)]),
		("Drift Harbour Supplies", "Grade", "Silver", [("cooperation_days", 1)]),
		("Hollow Oak Crafts", "Grade", "Gold", [("revenue_365d", 150_000), ("cooperation_days", 185)]),
	],
)
def test_the_gap_to_the_next_tag(ahead, name, group, next_tag, missing):
	row = ahead(name, group)
	assert row["next_tag"] == next_tag
	assert [(gap["fact"], round(gap["missing"], 2)) for gap in row["gaps"]] == missing


def test_whoever_has_the_highest_tag_has_no_next(ahead):
	assert ahead("Azure Kiln Works", "Value")["next_tag"] is None


@pytest.mark.parametrize("name, months, to", [("Juniper Row", 3, "Dormant"), ("Lowmoor Rail", 6, "Lost")])
def test_a_status_drops_on_the_day_after_its_last_month(ahead, today, name, months, to):
	row = ahead(name, "Status")
	assert (row["drops_on"], row["drops_to"]) == (add_days(today, 1), to)


def test_revenue_that_leaves_the_year_drops_the_tag_on_that_day(ahead, today):
	row = ahead("Pinecrest Timber", "Value")
	assert (row["drops_on"], row["drops_to"]) == (today + timedelta(days=1), "Potential")


def test_a_tag_that_time_alone_raises_is_no_drop(ahead, today):
	row = ahead("Copper Lantern", "Grade")
	assert (row["rises_on"], row["rises_to"]) == (today + timedelta(days=1), "Platinum")
	assert row["drops_on"] is None


def test_the_outlook_agrees_with_a_refresh_on_that_day(ahead, company):
	for name in ("Azure Kiln Works", "Juniper Row", "Kestrel Yard"):
		row = ahead(name, "Status")
		customer = company.customers[name]
		refresh([customer], as_of=row["drops_on"] - timedelta(days=1))
		assert row["tag"] in {held["tag"] for held in service.tags_of(customer)}
		refresh([customer], as_of=row["drops_on"])
		assert row["drops_to"] in {held["tag"] for held in service.tags_of(customer)}


def test_grace_and_minimum_stay_delay_the_drop(ahead, today):
	row = ahead("Pinecrest Timber", "Grade")
	silver = frappe.get_doc("Customer Tag", "Silver")
	ceased = today + timedelta(days=1)
	assert row["keeps_until"] == today + timedelta(days=silver.minimum_stay_days)
	assert row["drops_on"] == ceased + timedelta(days=silver.grace_days)


def test_a_tag_given_for_a_time_drops_when_the_time_is_over(ahead, company, today):
	last_day = today + relativedelta(days=20)
	service.assign(company.customers["Iron Quay"], "Gold", reason="For a while.", until=last_day, lock=True)
	row = ahead("Iron Quay", "Grade")
	assert (row["tag"], row["drops_on"]) == ("Gold", last_day + timedelta(days=1))


def test_customers_near_a_threshold_from_below_and_from_above(company):
	refresh(company.customers.values())
	rows = outlook.near_threshold("Value", 1)
	found = {(row["customer"], row["direction"], row["next_tag"]) for row in rows}
	customers = company.customers
	assert (customers["Birchwood Presses"], "up", "High Value") in found
	assert (customers["Eastgate Joinery"], "up", "Mid Value") in found
	assert (customers["Azure Kiln Works"], "down", None) in found
	assert customers["Hollow Oak Crafts"] not in {row["customer"] for row in rows}
