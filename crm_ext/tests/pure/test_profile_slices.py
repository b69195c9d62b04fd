# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

from crm_ext.profile.slices import CustomerSlice, slices


def test_slices_are_distinct_sorted_and_of_the_given_size():
	assert [s.names for s in slices(["c", "a", "", "b", "a"], 2)] == [("a", "b"), ("c",)]


def test_no_customers_make_no_slice():
	assert list(slices([], 2)) == []


def test_named_customers_are_one_list_parameter():
	chunk = CustomerSlice.of(["a", "b"])
	assert chunk.size == 2
	assert chunk.where("c.name") == ("c.name IN %s", (("a", "b"),))
	assert chunk.named("c.name") % chunk.params == "c.name IN ('a', 'b')"


def test_a_range_is_bounded_by_its_ends():
	chunk = CustomerSlice(first="a", last="f", size=6)
	assert chunk.where("c.name") == ("c.name BETWEEN %s AND %s", ("a", "f"))
	assert chunk.named("c.name") % chunk.params == "c.name BETWEEN a AND f"
