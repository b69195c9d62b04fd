# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What the forms of prices ask the server for."""

import pytest

import frappe

from crm_ext.pricing import desk, rates_api
from crm_ext.tests.pricing.sheets import GOODS, attach, csv, make_matrix, put


@pytest.fixture
def matrix() -> str:
	return make_matrix()


def check(matrix: str, *lines: str) -> str:
	return rates_api.import_file(matrix, attach(csv("Item,Value", *lines)), dry_run=True)["import"]


def test_columns_in_which_any_rate_says_something_are_filled(matrix):
	put(matrix, {"item": GOODS[0], "value": 5}, {"min_qty": 3, "valid_from": "2026-01-01", "value": 4})
	assert desk.filled_columns(matrix) == ["item", "min_qty", "valid_from", "rate_type", "value"]


def test_a_matrix_without_rates_has_no_filled_columns(matrix):
	assert desk.filled_columns(matrix) == []


def test_the_filled_columns_are_found_with_one_look(matrix, queries):
	desk.filled_columns(matrix)
	assert queries(lambda: desk.filled_columns(matrix)) == 1


def test_an_import_tells_how_it_went_and_its_faulty_lines(matrix):
	state = desk.import_state(check(matrix, f"{GOODS[0]},1", f"{GOODS[1]},much"))
	assert (state["status"], state["lines"], state["added"], state["faulty"]) == ("Checked", 2, 1, 1)
	assert [(error["idx"], error["fieldname"]) for error in state["errors"]] == [(3, "value")]


def test_strangers_learn_nothing_of_rates_and_imports(matrix):
	name = check(matrix, f"{GOODS[0]},1")
	frappe.set_user("Guest")
	for ask in (lambda: desk.filled_columns(matrix), lambda: desk.import_state(name)):
		with pytest.raises(frappe.PermissionError):
			ask()
