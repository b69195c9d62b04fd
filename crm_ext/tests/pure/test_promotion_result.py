# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The arithmetic of a promotion's result, by examples that can be checked by hand."""

from decimal import Decimal

import pytest

from crm_ext.pricing.promotions.result_model import (
	Arm,
	Method,
	Promoted,
	Uplift,
	against_before,
	against_hold_out,
	break_even_uplift,
	ratio,
	too_few,
)
from crm_ext.rules.statistics import Sample


def promoted(**figures) -> Promoted:
	return Promoted(**{name: Decimal(value) for name, value in figures.items()})


def arm(n: int, mean: float, margin: float = 0, variance: float = 100) -> Arm:
	return Arm(revenue=Sample(n, mean, variance, 0.0), margin=Decimal(str(margin)))


def test_a_promotion_costs_its_discounts_and_its_free_goods_at_cost():
	one = promoted(revenue=900, discount=100, gifts=30, gifts_price=80, valued=900, cost=530)
	assert one.spent == 130


def test_the_margin_has_discounts_and_free_goods_taken_off():
	one = promoted(revenue=900, valued=900, discount=100, valued_discount=100, gifts=30, cost=530)
	assert one.margin == 370
	assert one.margin_percent == pytest.approx(41.11, abs=0.01)
	assert one.margin_before == 500  # 1,000 less 500 for the goods that were paid


def test_what_is_taken_off_charges_is_in_the_cost_and_off_the_margin():
	one = promoted(revenue=1000, valued=1000, cost=600, freight=80)
	assert (one.spent, one.given, one.margin, one.margin_before) == (80, 80, 320, 400)
	assert one.break_even == 25


def test_the_sum_of_two_has_the_customers_of_neither():
	both = promoted(revenue=900, lines=1, customers=1) + promoted(revenue=100, lines=2, customers=1)
	assert (both.revenue, both.lines, both.customers) == (1000, 3, 0)


def test_lines_without_a_known_cost_are_in_the_revenue_but_not_in_the_margin():
	one = promoted(revenue=1000, valued=250, cost=100)
	assert (one.margin, one.coverage) == (150, 25.0)


def test_nothing_sold_has_no_percentages():
	one = Promoted()
	assert (one.margin_percent, one.coverage, one.break_even, one.revenue_per_unit_spent) == (None,) * 4


@pytest.mark.parametrize(
	("spent", "margin", "percent"),
	[
		(10, 40, pytest.approx(33.33, abs=0.01)),  # Nagle: 10 off a contribution of 40 needs a third more
		(25, 50, 100.0),
		(0, 50, 0.0),
		(50, 50, None),
		(60, 50, None),
		(5, -10, None),
	],
)
def test_break_even_is_what_makes_the_margin_whole_again(spent, margin, percent):
	assert break_even_uplift(Decimal(spent), Decimal(margin)) == percent


def test_with_the_break_even_uplift_the_margin_is_the_same_as_before():
	spent, margin = Decimal(137), Decimal(911)
	growth = Decimal(break_even_uplift(spent, margin)) / 100
	assert float((1 + growth) * (margin - spent)) == pytest.approx(911)


def test_a_share_of_nothing_or_less_is_no_number():
	assert ratio(Decimal(1), Decimal(0)) is None
	assert ratio(Decimal(1), Decimal(-5)) is None


def test_the_hold_out_group_says_what_those_treated_would_have_bought():
	found = against_hold_out(arm(200, 120, margin=5000), arm(50, 100, margin=1000))
	assert (found.method, found.actual, found.baseline, found.revenue) == (
		Method.HOLD_OUT,
		24000,
		20000,
		4000,
	)
	assert found.percent == pytest.approx(20)
	assert found.margin == 200 * (25 - 20)
	assert found.proven


def test_the_return_is_the_additional_margin_over_the_cost():
	found = against_hold_out(arm(200, 120, margin=5000), arm(50, 100, margin=1000))
	assert found.return_on(Decimal(500)) == 200
	assert found.return_on(Decimal(4000)) == 25
	assert found.return_on(Decimal(0)) is None


def test_a_promotion_that_brought_nothing_returns_minus_its_cost():
	"""Both arms buy for 100 with a cost of 60; the treated pay 10 less."""
	found = against_hold_out(arm(100, 90, margin=3000), arm(100, 100, margin=4000))
	assert found.return_on(Decimal(1000)) == -100


def test_few_customers_give_a_number_but_no_proof():
	found = against_hold_out(arm(200, 120), arm(29, 100))
	assert found.percent == pytest.approx(20)
	assert too_few(found) and not found.proven


def test_a_difference_within_chance_is_not_proven():
	found = against_hold_out(arm(200, 101, variance=90_000), arm(50, 100, variance=90_000))
	assert not (found.proven or too_few(found))


@pytest.mark.parametrize("arms", [(arm(10, 5), Arm()), (Arm(), arm(10, 5)), (Arm(), Arm())])
def test_without_customers_on_both_sides_there_is_no_uplift(arms):
	found = against_hold_out(*arms)
	assert (found.method, found.percent, found.return_on(Decimal(10))) == (Method.NONE, None, None)


def test_the_time_before_is_the_baseline():
	found = against_before(arm(10, 150, margin=600), arm(10, 100, margin=400))
	assert (found.method, found.revenue, found.percent, found.margin) == (Method.BEFORE, 500, 50.0, 200)
	assert found.verdict is None and not found.proven


def test_where_nothing_was_sold_before_there_is_no_uplift():
	found = against_before(arm(10, 150, margin=600), arm(10, 0))
	assert (found.method, found.actual, found.percent) == (Method.NONE, 1500, None)


def test_nothing_known_is_not_zero():
	assert Uplift().percent is None
