# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Intervals against published values, and against the truth that they must cover."""

from collections.abc import Callable, Sequence
from itertools import product
from math import comb, inf
from random import Random

import pytest

from crm_ext.rules.statistics import (
	FEW_LARGE,
	INCLUDES_ZERO,
	SMALLEST_ARM,
	TOO_FEW,
	Sample,
	difference_of_means,
	difference_of_shares,
	newcombe,
	t_quantile,
	welch,
)

T_TABLE = ((5, 2.5706), (10, 2.2281), (29, 2.0452), (30, 2.0423), (100, 1.9840), (inf, 1.9600))
"""Student's t, 95 % of both sides (R. A. Fisher and F. Yates, Statistical Tables, III)."""

NEWCOMBE_TABLE = (
	((56, 70), (48, 80), 0.0524, 0.3339),
	((9, 10), (3, 10), 0.1705, 0.8090),
	((6, 7), (2, 7), 0.0582, 0.8062),
	((5, 56), (0, 29), -0.0381, 0.1926),
	((0, 10), (0, 20), -0.1611, 0.2775),
	((0, 10), (0, 10), -0.2775, 0.2775),
	((10, 10), (0, 20), 0.6791, 1.0000),
	((10, 10), (0, 10), 0.6075, 1.0000),
)
"""R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10."""

DRAWS = 2_000


def sample(values: Sequence[float]) -> Sample:
	n = len(values)
	mean = sum(values) / n
	moments = [sum((value - mean) ** power for value in values) for power in (2, 3)]
	return Sample(n, mean, moments[0] / (n - 1), moments[1] / n)


def arms(one: Callable, n: int, other: Callable, m: int, draws: int = DRAWS) -> list[tuple[Sample, Sample]]:
	return [(sample([one() for _ in range(n)]), sample([other() for _ in range(m)])) for _ in range(draws)]


@pytest.mark.parametrize("freedom, value", T_TABLE)
def test_the_quantile_of_t_is_that_of_the_table(freedom, value):
	assert t_quantile(0.975, freedom) == pytest.approx(value, abs=3e-4 if freedom < 10 else 5e-5)
	assert t_quantile(0.025, freedom) == pytest.approx(-value, abs=3e-4)


def test_welch_agrees_with_a_worked_example():
	"""The first of Wikipedia's “Welch's t-test”: t = -2.46 with 24.9 degrees of freedom, for which 95 % are 2.060."""
	first = sample([27.5, 21, 19, 23.6, 17, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19, 21.7, 21.4])
	second = sample([27.1, 22, 20.8, 23.4, 23.4, 23.5, 25.8, 22, 24.8, 20.2, 21.9, 22.1, 22.9, 20.5, 24.4])
	difference = first.mean - second.mean
	reach = 2.060 * difference / -2.46
	assert welch(first, second) == pytest.approx((difference - reach, difference + reach), abs=0.01)


@pytest.mark.parametrize("first, second, low, high", NEWCOMBE_TABLE)
def test_the_interval_of_shares_is_the_published_one(first, second, low, high):
	assert newcombe(first, second) == pytest.approx((low, high), abs=5e-5)


def test_the_interval_of_means_covers_the_truth_as_often_as_it_says():
	random = Random(1947)
	drawn = arms(lambda: random.gauss(130, 60), 60, lambda: random.gauss(100, 20), 30)
	covered = sum(low <= 30 <= high for low, high in (welch(*both) for both in drawn))
	assert 0.93 <= covered / DRAWS <= 0.97


@pytest.mark.parametrize("n, p, m, q", [(60, 0.3, 40, 0.2), (200, 0.3, 30, 0.2), (30, 0.5, 30, 0.5)])
def test_the_interval_of_shares_covers_the_truth_as_often_as_it_says(n, p, m, q):
	"""No draws: the probability of every outcome is known."""

	def chance(hits: int, of: int, share: float) -> float:
		return comb(of, hits) * share**hits * (1 - share) ** (of - hits)

	covered = 0.0
	for a, b in product(range(n + 1), range(m + 1)):
		low, high = newcombe((a, n), (b, m))
		covered += chance(a, n, p) * chance(b, m, q) * (low <= p - q <= high)
	assert 0.93 <= covered <= 0.97


def skewed(random: Random, factor: float = 1) -> Callable[[], float]:
	"""Revenue as it is: most bring nothing, a few very much."""
	return lambda: factor * random.lognormvariate(6, 1.2) if random.random() < 0.4 else 0.0


def test_few_large_customers_do_not_prove_a_rule_that_does_nothing():
	random = Random(1937)
	drawn = arms(skewed(random), 270, skewed(random), 30, draws=1_000)
	verdicts = [difference_of_means(*both) for both in drawn]
	by_interval = sum(verdict.reason != INCLUDES_ZERO for verdict in verdicts)
	proven = sum(verdict.proven for verdict in verdicts)
	assert by_interval > 100 > 50 >= proven
	assert {verdict.reason for verdict in verdicts if not verdict.proven} == {INCLUDES_ZERO, FEW_LARGE}


def test_a_rule_that_works_is_found_among_few_large_customers_too():
	random = Random(1937)
	drawn = arms(skewed(random, 2), 900, skewed(random), 300, draws=100)
	assert sum(difference_of_means(*both).proven for both in drawn) > 75


def test_a_clear_difference_is_proven_with_its_interval():
	verdict = difference_of_means(Sample(100, 1300, 400**2), Sample(50, 1000, 300**2))
	assert verdict.proven and verdict.reason == ""
	assert verdict.low < verdict.difference == 300 < verdict.high
	assert verdict.low == pytest.approx(300 - 1.980 * (40**2 + 300**2 / 50) ** 0.5, abs=0.5)


def test_a_difference_whose_interval_includes_zero_is_not_proven():
	verdict = difference_of_shares((40, 100), (20, 60))
	assert not verdict.proven and verdict.reason == INCLUDES_ZERO
	assert verdict.low < 0 < verdict.difference < verdict.high


@pytest.mark.parametrize("n, m", [(SMALLEST_ARM - 1, 1000), (1000, SMALLEST_ARM - 1), (0, 0)])
def test_too_few_customers_have_a_difference_and_no_interval(n, m):
	for verdict in (
		difference_of_means(Sample(n, 5, 1), Sample(m, 1, 1)),
		difference_of_shares((n, n), (0, m)),
	):
		assert (verdict.low, verdict.high, verdict.proven, verdict.reason) == (None, None, False, TOO_FEW)


def test_the_smallest_arm_is_judged():
	verdict = difference_of_means(Sample(SMALLEST_ARM, 5, 1), Sample(SMALLEST_ARM, 1, 1))
	assert verdict.proven


def test_arms_in_which_nobody_buys_prove_nothing():
	assert difference_of_means(Sample(40), Sample(40)).reason == INCLUDES_ZERO
	assert difference_of_shares((0, 40), (0, 40)).reason == INCLUDES_ZERO


def test_the_sign_follows_the_order_of_the_arms():
	first, second = Sample(100, 10, 4, 1), Sample(80, 12, 9, -2)
	one, other = difference_of_means(first, second), difference_of_means(second, first)
	assert (one.difference, one.low, one.high) == pytest.approx((-other.difference, -other.high, -other.low))
	assert one.proven == other.proven
