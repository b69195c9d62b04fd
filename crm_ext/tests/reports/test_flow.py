# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import frappe

from crm_ext.crm_ext.report.customer_tag_flow.customer_tag_flow import NONE, execute
from crm_ext.tags.population import NO_TAG, Move, flow, movers
from crm_ext.tests.reports.conftest import GROUP, HIGH, LOW


def moves(past, start: int = 30, end: int = 0) -> dict[tuple[str, str], Move]:
	return {(m.from_tag, m.to_tag): m for m in flow(GROUP, past.ago(start), past.ago(end))}


def run(past, **filters):
	return execute({"tag_group": GROUP, "from_date": past.ago(30), "to_date": past.ago(0), **filters})


def test_a_customer_that_rose_is_counted_from_its_old_tag_to_its_new_one(past):
	past.hold(0, LOW, since=60, until=10)
	past.hold(0, HIGH, since=10)
	found = moves(past)
	assert set(found) == {(LOW, HIGH)}
	assert found[LOW, HIGH].customers == 1


def test_gaining_losing_and_keeping_are_told_apart(past):
	past.hold(0, HIGH, since=5)
	past.hold(1, HIGH, since=60, until=5)
	past.hold(2, HIGH, since=60)
	assert {pair: move.customers for pair, move in moves(past).items()} == {
		(NO_TAG, HIGH): 1,
		(HIGH, NO_TAG): 1,
		(HIGH, HIGH): 1,
	}


def test_what_came_and_went_between_the_two_days_is_no_move(past):
	past.hold(0, HIGH, since=20, until=10)
	assert moves(past) == {}


def test_revenue_is_that_of_the_last_365_days(past, company):
	past.hold(0, HIGH, since=5)
	frappe.db.delete("Customer Profile", {"customer": past.customers[0]})
	profile = frappe.get_doc(doctype="Customer Profile", customer=past.customers[0], revenue_365d=1234.5)
	profile.update({"company": "", "currency": company.currency})
	profile.name = frappe.generate_hash(length=10)
	profile.db_insert()
	assert moves(past)[NO_TAG, HIGH].revenue == 1234.5


def test_the_customers_behind_a_figure_are_those_that_made_the_move(past):
	past.hold(0, LOW, since=60, until=10)
	past.hold(0, HIGH, since=10)
	past.hold(1, HIGH, since=10)
	rows = movers(GROUP, past.ago(30), past.ago(0), from_tag=LOW, to_tag=HIGH)
	assert [row.customer for row in rows] == [past.customers[0]]
	rows = movers(GROUP, past.ago(30), past.ago(0), from_tag=NO_TAG)
	assert [row.customer for row in rows] == [past.customers[1]]


def test_the_matrix_has_a_row_and_a_column_for_each_tag_and_for_none(past):
	past.hold(0, LOW, since=60, until=10)
	past.hold(0, HIGH, since=10)
	columns, rows, _message, chart, summary = run(past)
	assert [row["from_key"] for row in rows] == [HIGH, LOW, NONE]
	assert [column["to_key"] for column in columns if "to_key" in column] == [HIGH, LOW, NONE]
	assert rows[1]["to_0"] == 1
	assert rows[1]["customers"] == 1
	assert {card["label"]: card["value"] for card in summary[:4]} == {
		"Up": 1,
		"Down": 0,
		"Entered": 0,
		"Left": 0,
	}
	assert chart["data"]["labels"] == [LOW]


def test_a_chosen_cell_shows_its_customers(past):
	past.hold(0, HIGH, since=10)
	_columns, rows = run(past, from_tag=NONE, to_tag=HIGH)
	assert [row.customer for row in rows] == [past.customers[0]]


def test_a_seller_sees_neither_count_nor_name_of_a_customer_that_is_not_hers(past, company):
	mine = frappe.get_all(
		"User Permission", filters={"user": company.seller, "allow": "Customer"}, pluck="for_value"
	)
	other = next(place for place, name in enumerate(past.customers) if name not in mine)
	past.hold(other, HIGH, since=10)
	assert moves(past)
	frappe.set_user(company.seller)
	assert moves(past) == {}
	assert movers(GROUP, past.ago(30), past.ago(0)) == []


def test_a_group_of_several_tags_at_once_has_no_flow(past):
	frappe.db.set_value("Customer Tag Group", GROUP, "selection", "Multiple")
	columns, rows, message = run(past)
	assert (columns, rows) == ([], [])
	assert "several" in message


def test_one_query_reads_the_whole_flow(past, queries):
	for place in range(8):
		past.hold(place, HIGH, since=10)
	flow(GROUP, past.ago(30), past.ago(0))
	with queries() as count:
		flow(GROUP, past.ago(30), past.ago(0))
	assert count.number == 1
