# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Who is chosen to look after a customer."""

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_ext.linkage.account_managers import By, Coverage, Manager, choose, covering

HARBOUR = ["Harbour", "North Coast", "Home Market", "World"]
"""The customer's territory and those above it."""


def manager(user: str, *coverage: tuple[str, str], capacity: int = 0) -> Manager:
	rows = tuple(Coverage(territory=territory, industry=industry) for territory, industry in coverage)
	return Manager(user=user, capacity=capacity, coverage=rows)


def chosen(*managers: Manager, by: By = By.BOTH, industry: str = "Steel", **loads: int) -> str | None:
	found = choose(covering(managers, territories=HARBOUR, industry=industry, by=by), loads)
	return found and found.user


def test_without_coverage_a_manager_covers_everybody():
	assert chosen(manager("anna")) == "anna"


@pytest.mark.parametrize(
	("coverage", "covers"),
	[
		(("Harbour", ""), True),
		(("Home Market", ""), True),
		(("River Towns", ""), False),
		(("", "Steel"), True),
		(("", "Food"), False),
		(("North Coast", "Steel"), True),
		(("North Coast", "Food"), False),
		(("", ""), True),
	],
)
def test_a_row_fits_by_territory_or_one_above_it_and_by_industry(coverage, covers):
	assert (chosen(manager("anna", coverage)) == "anna") == covers


def test_one_fitting_row_is_enough():
	assert chosen(manager("anna", ("River Towns", ""), ("", "Food"), ("World", "Steel"))) == "anna"


def test_a_customer_without_territory_or_industry_is_covered_by_rows_that_leave_them_empty():
	managers = [manager("anna", ("World", "")), manager("bo", ("", "Steel")), manager("cai", ("", ""))]
	assert {m.user for m in covering(managers, territories=[], industry="", by=By.BOTH)} == {"cai"}


@pytest.mark.parametrize("by", [By.TERRITORY, By.BOTH])
def test_the_nearest_territory_comes_first_whatever_the_load(by):
	far, near = manager("far", ("Home Market", "")), manager("near", ("North Coast", ""))
	assert chosen(manager("anywhere"), far, near, by=by, near=50) == "near"


@pytest.mark.parametrize("by", [By.INDUSTRY, By.BOTH])
def test_who_names_the_industry_comes_before_who_takes_any(by):
	assert chosen(manager("any"), manager("steel", ("", "Steel")), by=by, steel=50) == "steel"


def test_by_industry_the_territory_only_limits():
	near, far = manager("near", ("Harbour", "Steel")), manager("far", ("World", "Steel"))
	assert chosen(near, far, by=By.INDUSTRY, near=2, far=1) == "far"


def test_by_load_the_coverage_only_limits():
	near, far, other = manager("near", ("Harbour", "")), manager("far"), manager("other", ("River Towns", ""))
	assert chosen(near, far, other, by=By.LOAD, near=2, far=1) == "far"


def test_the_load_counts_in_relation_to_the_capacity():
	assert chosen(manager("small", capacity=10), manager("large", capacity=100), small=2, large=10) == "large"


def test_who_has_no_limit_counts_as_having_the_largest_capacity():
	limited, free = manager("limited", capacity=100), manager("free")
	assert chosen(limited, free, limited=10, free=11) == "limited"
	assert chosen(limited, free, limited=11, free=10) == "free"


def test_who_is_full_is_left_out_and_nobody_is_chosen_if_all_are():
	near, far = manager("near", ("Harbour", ""), capacity=3), manager("far", capacity=3)
	assert chosen(near, far, near=3) == "far"
	assert chosen(near, far, near=3, far=4) is None


def test_equals_fall_to_the_first_by_name():
	assert chosen(manager("bo", capacity=5), manager("anna", capacity=10), bo=1, anna=2) == "anna"


COVERAGE = st.builds(
	Coverage,
	territory=st.sampled_from(["", *HARBOUR, "River Towns"]),
	industry=st.sampled_from(["", "Steel", "Food"]),
)
MANAGERS = st.lists(
	st.builds(
		Manager,
		user=st.sampled_from("abcdef"),
		capacity=st.integers(0, 4),
		coverage=st.lists(COVERAGE, max_size=3).map(tuple),
	),
	max_size=6,
	unique_by=lambda one: one.user,
)


@given(managers=MANAGERS, by=st.sampled_from(By), customers=st.integers(1, 12), order=st.randoms())
def test_one_customer_after_the_other_nobody_is_overloaded_and_the_order_of_the_managers_means_nothing(
	managers, by, customers, order
):
	shuffled = list(managers)
	order.shuffle(shuffled)
	loads: Counter[str] = Counter()
	for _ in range(customers):
		distances = covering(managers, territories=HARBOUR, industry="Steel", by=by)
		one = choose(distances, loads)
		assert one == choose(covering(shuffled, territories=HARBOUR, industry="Steel", by=by), loads)
		if one is None:
			assert all(m.capacity and loads[m.user] >= m.capacity for m in distances)
			return
		loads[one.user] += 1
	assert all(not m.capacity or loads[m.user] <= m.capacity for m in managers)


@given(managers=MANAGERS, loads=st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 5)))
def test_nobody_as_close_and_with_room_has_a_smaller_share_of_its_capacity(managers, loads):
	distances = covering(managers, territories=HARBOUR, industry="Steel", by=By.BOTH)
	one = choose(distances, loads)
	for other in distances:
		load = loads.get(other.user, 0)
		if one and one.capacity and other.capacity and load < other.capacity:
			assert distances[one] <= distances[other]
			if distances[one] == distances[other]:
				assert Fraction(loads.get(one.user, 0), one.capacity) <= Fraction(load, other.capacity)
