# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Lists of rates show those of the matrices that the user may read."""

import pytest

import frappe

from crm_ext.pricing.rates.permissions import query_conditions
from crm_ext.tests.pricing.people import person
from crm_ext.tests.pricing.sheets import GOODS, RATE, make_matrix, put

SHARED, OTHER = "Shared Matrix", "Other Matrix"


@pytest.fixture(autouse=True)
def matrices():
	for title in (SHARED, OTHER):
		put(make_matrix(title), {"item": GOODS[0], "value": 5})


def seen(user: str) -> set[str]:
	"""The matrices whose rates a list would show, could the user list rates at all."""
	ours = f"matrix IN ('{SHARED}', '{OTHER}')"
	found = frappe.db.sql(
		f"SELECT matrix FROM `tab{RATE}` WHERE {ours} AND {query_conditions(user, RATE) or 'true'}",
		pluck=True,
	)
	return set(found)


def test_who_reads_matrices_sees_the_rates_of_all():
	assert seen(person("Seller of Rates", "Sales User")) == {SHARED, OTHER}


def test_who_reads_no_matrix_but_a_shared_one_sees_the_rates_of_that_one():
	user = person("Rate Reader", "Support Team")
	assert seen(user) == set()
	frappe.share.add("Price Matrix", SHARED, user)
	assert seen(user) == {SHARED}
