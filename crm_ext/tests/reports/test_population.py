# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

from datetime import date

import frappe

from crm_ext.crm_ext.report.customer_tag_population.customer_tag_population import execute
from crm_ext.tags.population import points, population
from crm_ext.tests.reports.conftest import GROUP, HIGH, LOW


def counts(past, tag: str, *days_ago: int) -> list[int]:
	days = [past.ago(days) for days in days_ago]
	return population(days, group=GROUP).get(tag, [0] * len(days))


def test_a_tag_counts_from_its_first_day_until_the_day_before_it_ended(past):
	past.hold(0, HIGH, since=10, until=5)
	assert counts(past, HIGH, 11, 10, 6, 5, 4) == [0, 1, 1, 0, 0]


def test_an_open_tag_counts_today(past):
	past.hold(0, HIGH, since=3)
	past.hold(1, HIGH, since=2)
	assert counts(past, HIGH, 3, 2, 1, 0) == [1, 2, 2, 2]


def test_a_customer_who_changed_tags_counts_once_each_day(past):
	past.hold(0, LOW, since=10, until=4)
	past.hold(0, HIGH, since=4)
	assert counts(past, LOW, 5, 4) == [1, 0]
	assert counts(past, HIGH, 5, 4) == [0, 1]


def test_observed_tags_do_not_count(past):
	past.hold(0, HIGH, since=3, shadow=1)
	assert counts(past, HIGH, 0) == [0]


def test_a_seller_sees_only_the_customers_that_are_hers(past, company):
	mine = [
		past.customers.index(name)
		for name in frappe.get_all(
			"User Permission", filters={"user": company.seller, "allow": "Customer"}, pluck="for_value"
		)
	]
	others = [place for place in range(len(past.customers)) if place not in mine]
	past.hold(mine[0], HIGH, since=3)
	past.hold(others[0], HIGH, since=3)
	past.hold(others[1], HIGH, since=3)
	assert counts(past, HIGH, 0) == [3]
	frappe.set_user(company.seller)
	assert counts(past, HIGH, 0) == [1]


def test_who_may_not_read_customers_counts_none(past, company):
	past.hold(0, HIGH, since=3)
	frappe.set_user(company.agent)
	assert counts(past, HIGH, 0) == [0]


def test_daily_points_are_every_day():
	assert points(date(2026, 1, 30), date(2026, 2, 1), "Daily") == [
		date(2026, 1, 30),
		date(2026, 1, 31),
		date(2026, 2, 1),
	]


def test_weekly_points_count_back_from_the_end():
	assert points(date(2026, 1, 1), date(2026, 1, 20), "Weekly") == [
		date(2026, 1, 6),
		date(2026, 1, 13),
		date(2026, 1, 20),
	]


def test_monthly_points_are_the_month_ends_and_the_end_itself():
	assert points(date(2026, 1, 15), date(2026, 3, 10), "Monthly") == [
		date(2026, 1, 31),
		date(2026, 2, 28),
		date(2026, 3, 10),
	]


def test_a_month_end_as_the_end_appears_once():
	assert points(date(2026, 1, 15), date(2026, 2, 28), "Monthly") == [date(2026, 1, 31), date(2026, 2, 28)]


def test_the_report_has_a_column_for_each_tag_by_rank_and_the_newest_day_first(past):
	past.hold(0, HIGH, since=3)
	past.hold(1, LOW, since=20)
	columns, rows, _message, chart = execute({"tag_group": GROUP, "interval": "Daily"})
	assert [column["label"] for column in columns[1:]] == [HIGH, LOW]
	assert rows[0] == {"day": past.today, "tag_0": 1, "tag_1": 1}
	assert len(rows) == 31
	assert [line["values"][-1] for line in chart["data"]["datasets"]] == [1, 1]


def test_a_group_without_a_past_has_rows_of_zero_and_no_chart(past):
	_columns, rows, _message, chart = execute({"tag_group": GROUP, "interval": "Monthly"})
	assert chart is None
	assert rows


def test_one_query_reads_any_number_of_points(past, queries):
	past.hold(0, HIGH, since=300)
	days = [past.ago(days) for days in range(300, -1, -1)]
	population(days, group=GROUP)
	with queries() as count:
		population(days, group=GROUP)
	assert count.number == 1
