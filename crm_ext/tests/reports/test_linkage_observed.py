# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import pytest

import frappe

from crm_ext.crm_ext.report.linkage_rules_observed.linkage_rules_observed import execute
from crm_ext.tests.linkage.past import ago, customers, linkage_rule, runs

RULE = "Visit the Large"
TASK = "Create a Task: Visit"


@pytest.fixture(autouse=True)
def the_rule(company):
	frappe.db.delete("Linkage Run")
	frappe.db.delete("Linkage Run Action")
	return linkage_rule(RULE, "Observing")


def observe(names, days_ago, **values):
	return runs(RULE, names, "Observed", days_ago, shadow=1, **values)


def test_each_week_and_action_has_a_row():
	name, other = customers(2)
	observe([name, other], ago(0).weekday() + 3, actions=[(TASK, "Would Run")])
	_columns, rows, message, _chart = execute({})
	assert message is None
	monday = ago(ago(0).weekday() + 7)
	figures = ("week", "text", "times", "customers", "changes", "unchanged", "failures")
	assert [tuple(row[figure] for figure in figures) for row in rows] == [
		(monday, "Would run", 2, 2, None, None, None),
		(monday, TASK, 2, 2, 2, 0, 0),
	]
	assert (rows[0]["rule"], rows[0]["example"]) == (RULE, name)


def test_the_chart_shows_every_week_between_the_first_and_the_last():
	observe(customers(1), 0)
	observe(customers(3, "Before"), 21)
	chart = execute({})[3]
	assert chart["data"]["datasets"] == [{"name": RULE, "values": [3, 0, 0, 1]}]
	assert len(chart["data"]["labels"]) == 4


def test_the_filters_narrow_it_down():
	observe(customers(1), 3)
	runs(linkage_rule("Another Rule", "Observing"), customers(1, "Other"), "Observed", 30, shadow=1)
	assert {row["rule"] for row in execute({})[1]} == {RULE, "Another Rule"}
	assert {row["rule"] for row in execute({"rule": RULE})[1]} == {RULE}
	assert {row["rule"] for row in execute({"to_date": ago(10)})[1]} == {"Another Rule"}
	assert {row["rule"] for row in execute({"from_date": ago(10)})[1]} == {RULE}


def test_without_observations_there_are_no_rows_and_no_chart():
	_columns, rows, _message, chart = execute({})
	assert (rows, chart) == ([], None)


def test_a_seller_sees_only_the_customers_that_are_hers(company):
	mine = frappe.get_all("User Permission", {"user": company.seller, "allow": "Customer"}, pluck="for_value")
	others = [name for name in company.customers.values() if name not in mine]
	observe([mine[0], *others[:3]], 3, actions=[(TASK, "Would Run")])
	assert execute({})[1][0]["times"] == 4
	frappe.set_user(company.seller)
	rows = execute({})[1]
	assert [row["times"] for row in rows] == [1, 1]
	assert rows[0]["example"] == mine[0]
	frappe.set_user(company.agent)
	assert execute({})[1] == []


@pytest.mark.parametrize("report", ["Linkage Rule Effect", "Linkage Rules Observed"])
def test_the_reports_are_for_sales(company, report):
	for user, may in ((company.manager, True), (company.seller, True), (company.agent, False)):
		frappe.set_user(user)
		assert bool(frappe.get_doc("Report", report).is_permitted()) == may
