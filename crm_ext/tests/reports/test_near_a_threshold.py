# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import pytest

import frappe

from crm_ext.crm_ext.report.customers_near_a_threshold.customers_near_a_threshold import execute
from crm_ext.profile.service import refresh


@pytest.fixture
def refreshed(company):
	refresh()
	return company


def rows_of(**filters) -> dict[tuple[str, str], dict]:
	_columns, rows, _message, _chart = execute({"tag_group": "Value", **filters})
	return {(row["customer"], row["direction"]): row for row in rows}


def test_one_fen_short_of_a_tag_is_near_it(refreshed):
	row = rows_of(percent=1)[refreshed.customers["Birchwood Presses"], "up"]
	assert row["next_tag"] == "High Value"
	assert row["missing"] == pytest.approx(0.01)
	assert row["currency"] == refreshed.currency


def test_exactly_at_the_threshold_is_near_losing_the_tag(refreshed):
	row = rows_of(percent=1)[refreshed.customers["Azure Kiln Works"], "down"]
	assert (row["tag"], row["missing"]) == ("High Value", 0)


def test_the_percentage_widens_the_circle(refreshed):
	assert set(rows_of(percent=1)) < set(rows_of(percent=60))


def test_a_direction_shows_only_its_rows(refreshed):
	assert {direction for _customer, direction in rows_of(percent=60, direction="up")} == {"up"}


def test_a_seller_sees_only_the_customers_that_are_hers(refreshed):
	mine = set(
		frappe.get_all(
			"User Permission", filters={"user": refreshed.seller, "allow": "Customer"}, pluck="for_value"
		)
	)
	everybody = {customer for customer, _direction in rows_of(percent=100)}
	assert everybody - mine
	frappe.set_user(refreshed.seller)
	assert {customer for customer, _direction in rows_of(percent=100)} == everybody & mine


def test_who_may_not_read_customers_sees_none(refreshed):
	assert rows_of(percent=100)
	frappe.set_user(refreshed.agent)
	assert rows_of(percent=100) == {}


def test_without_a_group_the_report_asks_for_one(refreshed):
	columns, rows, message = execute({})
	assert (columns, rows) == ([], [])
	assert message
