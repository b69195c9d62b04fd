# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The measures of item association, on counts that one can check by hand."""

from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_ext.cross_sell.model import Association, added_value, best

ITEMS = "abcdef"
SOME = [{item for place, item in enumerate(ITEMS) if number >> place & 1} for number in range(1, 64)]
STEADY = settings(derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
BASKETS = st.lists(st.sampled_from(SOME), min_size=1, max_size=30)


def association(suggested="b", together=30, with_item=40, with_suggested=50, invoices=200) -> Association:
	return Association(suggested, together, with_item, with_suggested, invoices)


def found(baskets: list[set[str]], item: str) -> list[Association]:
	"""Everything that was ever bought with an item, counted one by one."""

	def among(*items: str) -> int:
		return sum(set(items) <= basket for basket in baskets)

	return [
		Association(other, among(item, other), among(item), among(other), len(baskets))
		for other in ITEMS
		if other != item and among(item, other)
	]


def test_the_measures_are_those_of_the_textbook():
	one = association()
	assert one.support == pytest.approx(30 / 200)
	assert one.confidence == pytest.approx(30 / 40)
	assert one.lift == pytest.approx((30 / 40) / (50 / 200)) == pytest.approx(3)
	assert one.added_value == pytest.approx(30 / 40 - 50 / 200)
	assert added_value(100 * one.confidence, one.lift) == pytest.approx(50)


def test_what_is_bought_together_by_chance_is_not_suggested():
	assert best([association(together=10)], 1) == []
	assert association(together=10).lift == 1
	assert best([association(together=11)], 1)
	assert best([association(together=9)], 1) == []


def test_too_few_invoices_prove_nothing():
	assert best([association()], 31) == []
	assert best([association()], 30)


def test_what_the_item_brings_about_comes_before_what_everybody_buys_and_before_what_hardly_anybody_buys():
	everybody = association("bag", together=36, with_suggested=170)
	hardly_anybody = association("cable", together=5, with_suggested=5)
	because = association("shade", together=30, with_suggested=50)
	assert everybody.confidence > because.confidence
	assert hardly_anybody.lift > because.lift
	assert [one.suggested for one in best([everybody, hardly_anybody, because], 5)] == [
		"shade",
		"cable",
		"bag",
	]


def test_only_the_best_are_kept_and_equal_ones_come_in_the_order_of_their_names():
	given_ = [association(name) for name in "edcba"]
	assert [one.suggested for one in best(given_, 1, keep=3)] == ["a", "b", "c"]
	assert best(reversed(given_), 1, keep=3) == best(given_, 1, keep=3)


@STEADY
@given(BASKETS)
def test_support_and_lift_are_the_same_both_ways_and_shares_stay_shares(baskets):
	for item, other in combinations(ITEMS, 2):
		there = next((one for one in found(baskets, item) if one.suggested == other), None)
		back = next((one for one in found(baskets, other) if one.suggested == item), None)
		assert (there is None) == (back is None)
		if there:
			assert there.support == back.support
			assert there.lift == pytest.approx(back.lift)
			assert 0 < there.support <= there.confidence <= 1
			assert there.lift <= len(baskets)


@STEADY
@given(BASKETS, st.integers(1, 4), st.integers(1, 4))
def test_whatever_is_left_out_is_no_better_than_what_is_kept(baskets, minimum, keep):
	for item in ITEMS:
		everything = found(baskets, item)
		kept = best(everything, minimum, keep)
		assert len(kept) <= keep
		assert all(one.together >= minimum and one.lift > 1 for one in kept)
		worth = [one for one in everything if one.together >= minimum and one.lift > 1]
		left_out = [one.added_value for one in worth if one not in kept]
		assert not left_out or max(left_out) <= kept[-1].added_value
