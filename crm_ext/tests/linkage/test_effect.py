# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The effect of a rule: who counts, when, and with what."""

import pytest

import frappe

from crm_ext.demo import data
from crm_ext.exceptions import NoExchangeRate
from crm_ext.linkage.effect import BASELINE, BUYERS, CHANGE, HELD_OUT, REVENUE, effect, effects
from crm_ext.rules.statistics import TOO_FEW, UNLIKE
from crm_ext.tests.linkage.past import ago, customers, invoices, linkage_rule, runs

RULE = "Call the Dormant"


@pytest.fixture(autouse=True)
def no_other_runs(company):
	frappe.db.delete("Linkage Run")
	return linkage_rule(RULE)


@pytest.fixture
def trial():
	"""`trial(60, 40)` runs the rule for so many, 100 days ago, and holds so many out; returns both."""

	def draw(treated: int, held_out: int) -> tuple[list[str], list[str]]:
		names = customers(treated + held_out)
		runs(RULE, names[:treated])
		runs(RULE, names[treated:], HELD_OUT)
		return names[:treated], names[treated:]

	return draw


def measured(outcome: str = REVENUE, days: int = 90):
	return effect(RULE, days).of(outcome)


def means(outcome: str = REVENUE, days: int = 90) -> tuple[float, float]:
	one = measured(outcome, days)
	return one.treated.mean, one.held_out.mean


def counts() -> tuple[int, int]:
	one = measured()
	return one.treated.n, one.held_out.n


def test_revenue_counts_in_the_window_after_the_run_and_in_one_as_long_before(trial):
	(treated,), (held_out,) = trial(1, 1)
	sold = ((191, 1), (190, 2), (101, 4), (100, 8), (99, 16), (10, 32), (9, 64))
	invoices([(treated, days, amount) for days, amount in sold])
	invoices([(held_out, 50, 5)])
	assert means(REVENUE) == (16 + 32, 5)
	assert means(BASELINE) == (2 + 4, 0)
	assert means(CHANGE) == (16 + 32 - 2 - 4, 5)


def test_revenue_means_what_it_means_in_the_profile(company):
	"""Returns, counter sales, debit notes, opening balances and foreign currency, as the demo has them."""
	from crm_ext.profile.service import profile_of, refresh

	yesterday = ago(1)
	frappe.db.sql("UPDATE `tabCurrency Exchange` SET date = %s WHERE date > %s", (yesterday, yesterday))
	names = sorted(company.customers.values())
	refresh(names, as_of=yesterday)
	for window in (30, 90, 365):
		frappe.db.delete("Linkage Run")
		runs(RULE, names, days_ago=window + 1)
		runs(RULE, customers(1, f"Nobody {window}"), HELD_OUT, days_ago=window + 1)
		total = sum(profile_of(name)[f"revenue_{window}d"] for name in names)
		assert total
		assert means(days=window)[0] * len(names) == pytest.approx(total, abs=0.01)


def test_the_arm_of_a_customer_is_that_of_its_first_run(trial):
	trial(3, 2)
	late = customers(1, "Later")
	runs(RULE, late, HELD_OUT, days_ago=100)
	runs(RULE, late, days_ago=98)
	assert counts() == (3, 3)


def test_what_became_of_a_run_is_no_matter(trial):
	trial(1, 1)
	for status in ("Waiting", "Failed", "Dead Letter", "Cancelled"):
		runs(RULE, customers(1, status), status)
	assert counts() == (5, 1)


def test_what_was_not_drawn_by_lot_does_not_count(trial):
	trial(1, 1)
	for status in ("Outranked", "Stopped"):
		runs(RULE, customers(1, status), status)
	runs(RULE, customers(1, "Observed"), "Observed", shadow=1)
	runs(RULE, customers(1, "Observed Out"), HELD_OUT, shadow=1)
	runs("Another Rule", customers(1, "Elsewhere"))
	assert counts() == (1, 1)


def test_customers_whose_window_is_not_over_do_not_count(trial):
	trial(1, 1)
	for days_ago in (90, 91):
		both = customers(2, f"Recent {days_ago}")
		runs(RULE, both[:1], days_ago=days_ago)
		runs(RULE, both[1:], HELD_OUT, days_ago=days_ago)
	assert counts() == (2, 2)


def test_before_the_first_and_after_the_last_one_held_out_nobody_counts(trial):
	trial(1, 1)
	runs(RULE, customers(5, "Early"), days_ago=130)
	runs(RULE, customers(5, "Late"), days_ago=95)
	assert counts() == (1, 1)


def test_a_clear_effect_is_proven_in_revenue_and_in_buyers(trial):
	treated, held_out = trial(60, 40)
	invoices([(name, 50, 1000 + place % 7) for place, name in enumerate(treated) if place % 4])
	invoices([(name, 50, 1000 + place % 7) for place, name in enumerate(held_out) if not place % 4])
	revenue, buyers = measured(REVENUE), measured(BUYERS)
	assert revenue.verdict.proven and 250 < revenue.verdict.low < 500 < revenue.verdict.high < 750
	assert (buyers.treated.mean, buyers.held_out.mean) == (0.75, 0.25)
	assert buyers.verdict.proven and 0.3 < buyers.verdict.low < 0.5 < buyers.verdict.high < 0.7
	assert not measured(BASELINE).verdict.proven


def test_what_the_arms_brought_before_is_taken_off_the_change(trial):
	treated, held_out = trial(40, 40)
	for names, more in ((treated, 100), (held_out, 0)):
		invoices([(name, 150, 1000 * place) for place, name in enumerate(names)])
		invoices([(name, 50, 1000 * place + more + place % 3) for place, name in enumerate(names)])
	assert not measured(REVENUE).verdict.proven
	assert measured(CHANGE).verdict.proven
	assert measured(CHANGE).verdict.difference == pytest.approx(100)


def test_the_spread_is_that_of_the_customers(trial):
	treated, _ = trial(4, 1)
	invoices([(name, 50, amount) for name, amount in zip(treated, (0, 10, 20, 90), strict=True)])
	sample = measured().treated
	deviations = [amount - 30 for amount in (0, 10, 20, 90)]
	assert sample.variance == pytest.approx(sum(d**2 for d in deviations) / 3)
	assert sample.third == pytest.approx(sum(d**3 for d in deviations) / 4)


def test_a_buyer_has_a_sale_and_not_only_a_refund(trial):
	(one, other), _ = trial(2, 1)
	invoices([(one, 50, 10), (one, 40, 10), (other, 50, -10)])
	frappe.db.set_value("Sales Invoice", {"customer": other}, "is_return", 1)
	assert measured(BUYERS).treated.mean == 0.5
	assert means()[0] == 5


def test_arms_of_unlike_times_prove_nothing(trial):
	treated, _ = trial(60, 40)
	runs(RULE, customers(40, "Later Held Out"), HELD_OUT, days_ago=95)
	invoices([(name, 50, 1000 + place % 7) for place, name in enumerate(treated)])
	verdict = measured().verdict
	assert (verdict.proven, verdict.reason) == (False, UNLIKE)
	assert verdict.low > 900


def test_small_arms_have_no_interval(trial):
	treated, _ = trial(29, 40)
	invoices([(name, 50, 1000) for name in treated])
	assert {one.verdict.reason for one in effect(RULE, 90).outcomes} == {TOO_FEW}


def test_only_rules_that_held_anybody_out_have_an_effect(trial):
	assert effects(90) == []
	assert counts() == (0, 0)
	trial(1, 1)
	runs(linkage_rule("Another Rule"), customers(1, "Elsewhere"))
	assert [one.rule for one in effects(90)] == [RULE]


def test_a_customer_may_belong_to_different_arms_of_two_rules(trial):
	treated, held_out = trial(1, 1)
	runs(linkage_rule("Another Rule"), treated, HELD_OUT)
	runs("Another Rule", held_out)
	invoices([(treated[0], 50, 100)])
	found = {one.rule: one.of(REVENUE) for one in effects(90)}
	assert (found[RULE].treated.mean, found[RULE].held_out.mean) == (100, 0)
	assert (found["Another Rule"].treated.mean, found["Another Rule"].held_out.mean) == (0, 100)


def test_money_is_in_the_reporting_currency(trial, company):
	(one,), _ = trial(1, 1)
	invoices([(one, 50, 10)], data.PACIFIC.name)
	assert means()[0] == pytest.approx(70)
	assert effect(RULE, 90).currency == company.currency


def test_without_an_exchange_rate_there_is_no_effect_rather_than_a_wrong_one(trial):
	(one,), _ = trial(1, 1)
	frappe.db.delete("Currency Exchange")
	frappe.db.set_single_value("Currency Exchange Settings", "disabled", 1)
	assert counts() == (1, 1)
	invoices([(one, 50, 10)], data.PACIFIC.name)
	with pytest.raises(NoExchangeRate):
		effect(RULE, 90)


def test_only_customers_that_the_user_may_read_count(company):
	mine = frappe.get_all("User Permission", {"user": company.seller, "allow": "Customer"}, pluck="for_value")
	others = [name for name in company.customers.values() if name not in mine]
	runs(RULE, [mine[0], *others[:3]])
	runs(RULE, [mine[1], *others[3:5]], HELD_OUT)
	assert counts() == (4, 3)
	frappe.set_user(company.seller)
	assert counts() == (1, 1)
	frappe.set_user(company.agent)
	assert counts() == (0, 0)


def test_the_number_of_queries_does_not_depend_on_the_number_of_customers(trial, queries):
	trial(2, 2)
	effects(90)
	few = queries(lambda: effects(90))
	many = customers(500, "Many")
	runs(RULE, many[:400])
	runs(RULE, many[400:], HELD_OUT)
	runs(linkage_rule("Another Rule"), many, HELD_OUT)
	invoices([(name, 50, 1) for name in many])
	assert queries(lambda: effects(90)) == few
