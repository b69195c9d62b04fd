# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import pytest

import frappe

from crm_ext.crm_ext.report.linkage_rule_effect.linkage_rule_effect import execute
from crm_ext.demo import data
from crm_ext.linkage.effect import HELD_OUT
from crm_ext.tests.linkage.past import customers, invoices, linkage_rule, runs

RULE = "Call the Dormant"


@pytest.fixture(autouse=True)
def the_rule(company):
	frappe.db.delete("Linkage Run")
	return linkage_rule(RULE)


@pytest.fixture
def trial():
	"""Sixty treated customers, of whom every second buys for about 1,000; of forty held out, every fourth."""
	names = customers(100)
	treated, held_out = names[:60], names[60:]
	runs(RULE, treated)
	runs(RULE, held_out, HELD_OUT)
	buyers = treated[::2] + held_out[::4]
	invoices([(name, 50, 1000 + place % 7) for place, name in enumerate(buyers)])


def rows(**filters) -> dict[str, dict]:
	return {row["outcome"]: row for row in execute(filters)[1]}


def test_each_outcome_has_both_sides_a_difference_and_a_verdict(trial, company):
	found = rows(rule=RULE)
	assert list(found) == [
		"Revenue",
		"Customers with an Invoice",
		"Revenue Before",
		"Change of Revenue",
	]
	revenue = found["Revenue"]
	assert (revenue["treated_n"], revenue["held_out_n"], revenue["currency"]) == (60, 40, company.currency)
	assert revenue["difference"] == pytest.approx(revenue["treated"] - revenue["held_out"])
	assert revenue["low"] < revenue["difference"] < revenue["high"]
	assert revenue["indicator"] == "green"
	shares = found["Customers with an Invoice"]
	assert (shares["treated"], shares["held_out"], shares["currency"]) == (50, 25, "")


def test_a_proven_difference_is_told_with_its_interval(trial):
	found = rows(rule=RULE)
	assert found["Revenue"]["verdict"] == "+251 (from 61 to 440)"
	assert found["Customers with an Invoice"]["verdict"] == "+25.0 points (from 5.5 to 41.4)"
	assert found["Revenue Before"]["verdict"] == "no difference proven"


def test_what_is_not_proven_says_so_and_why(trial):
	frappe.db.delete("Linkage Run", {"customer": ("in", [f"Past {number:04}" for number in range(25, 60)])})
	assert rows(rule=RULE)["Revenue"]["verdict"] == ("not proven: fewer than 30 on one side")


def test_a_difference_that_may_be_chance_is_not_proven(trial):
	frappe.db.delete("Sales Invoice", {"customer": ("like", "Past 000%")})
	verdict = rows(rule=RULE)["Customers with an Invoice"]["verdict"]
	assert verdict.startswith("not proven: +16.7 points (from -")


def test_sides_that_differed_before_are_a_warning(trial):
	invoices([(f"Past {number:04}", 150, 1000 + number % 7) for number in range(60)])
	before = rows(rule=RULE)["Revenue Before"]
	assert before["verdict"].startswith("the sides differed before: +1,003 (from ")
	assert before["indicator"] == "orange"


def test_one_rule_is_drawn_before_and_after_and_several_side_by_side(trial):
	_columns, _rows, _message, chart = execute({"rule": RULE})
	assert chart["data"]["labels"] == ["Revenue Before", "Revenue"]
	assert [side["values"][0] for side in chart["data"]["datasets"]] == [0, 0]
	runs(linkage_rule("Another Rule"), customers(2, "Other"), HELD_OUT)
	chart = execute({})[3]
	assert chart["data"]["labels"] == ["Another Rule", RULE]
	assert chart["data"]["datasets"][1]["values"][0] == 0


def test_the_message_says_how_it_is_computed(trial, company):
	message = execute({"days": "180"})[2]
	assert "180 days" in message and company.currency in message and "95 %" in message


def test_another_window_than_offered_is_the_usual_one(trial):
	assert "90 days" in execute({"days": "7"})[2]


def test_rules_that_hold_nobody_out_are_left_out_unless_asked_for():
	runs(RULE, customers(3))
	_columns, found, _message, chart = execute({})
	assert (found, chart) == ([], None)
	assert rows(rule=RULE)["Revenue"]["verdict"].startswith("not proven: fewer")


def test_a_missing_exchange_rate_is_told(trial, company):
	frappe.db.set_single_value("Currency Exchange Settings", "disabled", 1)
	frappe.db.delete("Currency Exchange")
	invoices([("Past 0000", 50, 10)], data.PACIFIC.name)
	with pytest.raises(frappe.ValidationError, match="exchange rate from USD"):
		execute({"rule": RULE})


def test_a_seller_sees_only_the_customers_that_are_hers(company):
	mine = frappe.get_all("User Permission", {"user": company.seller, "allow": "Customer"}, pluck="for_value")
	others = [name for name in company.customers.values() if name not in mine]
	runs(RULE, [mine[0], *others[:3]])
	runs(RULE, [mine[1], *others[3:5]], HELD_OUT)
	revenue = rows(rule=RULE)["Revenue"]
	assert (revenue["treated_n"], revenue["held_out_n"]) == (4, 3)
	frappe.set_user(company.seller)
	revenue = rows(rule=RULE)["Revenue"]
	assert (revenue["treated_n"], revenue["held_out_n"]) == (1, 1)


def test_who_may_not_read_customers_counts_none(trial, company):
	frappe.set_user(company.agent)
	assert execute({})[1] == []
