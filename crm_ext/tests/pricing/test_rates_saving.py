# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Rates from the grid in the Desk: all or nothing, and never two that tie."""

import pytest

import frappe

from crm_ext.pricing import rates_api
from crm_ext.pricing.rates import service
from crm_ext.tests.pricing.sheets import GOODS, RATE, counted, keys, make_matrix, put, rates

FIRST, SECOND, THIRD = GOODS


@pytest.fixture
def matrix():
	return make_matrix()


def save(matrix, *rows, deleted=()):
	return service.save_rates(matrix, rows, deleted)


def messages(answer) -> list[tuple]:
	return [(error["idx"], error["fieldname"], error["message"]) for error in answer["errors"]]


def test_rates_are_stored_as_they_are_written_by_people(matrix):
	row = {"item": FIRST.lower(), "min_qty": "1,000", "valid_from": "2026-01-31", "value": "¥77.50"}
	answer = save(matrix, {"idx": 7, **row})
	assert rates(matrix) == [
		{
			"item": FIRST,
			"min_qty": 1000,
			"valid_from": frappe.utils.getdate("2026-01-31"),
			"rate_type": "Rate",
			"value": 77.5,
		}
	]
	assert (answer["saved"], answer["rows"][0]["idx"], answer["rows"][0]["item"]) == (1, 7, FIRST)
	assert frappe.db.exists(RATE, answer["rows"][0]["name"])
	assert counted(matrix) == (1, 1)


def test_with_one_faulty_line_nothing_is_written(matrix):
	answer = save(matrix, {"idx": 1, "item": FIRST, "value": 1}, {"idx": 2, "item": "No Such", "value": "x"})
	assert {(idx, field) for idx, field, _ in messages(answer)} == {(2, "item"), (2, "value")}
	assert "“No Such” is no Item" in str(messages(answer))
	assert (answer["saved"], rates(matrix), counted(matrix)) == (0, [], (0, 0))


def test_of_a_rate_that_is_there_only_what_changes_need_be_given(matrix):
	name, _ = put(matrix, {"item": FIRST, "min_qty": 10, "value": 5}, {"item": SECOND, "value": 6})
	save(matrix, {"name": name, "value": 4})
	assert rates(matrix) == [
		{"item": FIRST, "min_qty": 10, "rate_type": "Rate", "value": 4},
		{"item": SECOND, "rate_type": "Rate", "value": 6},
	]
	assert counted(matrix) == (2, 2)


def test_two_rates_may_swap_what_they_are_for(matrix):
	one, other = put(matrix, {"item": FIRST, "value": 1}, {"item": SECOND, "value": 2})
	save(matrix, {"idx": 1, "name": one, "item": SECOND}, {"idx": 2, "name": other, "item": FIRST})
	assert [(rate["item"], rate["value"]) for rate in rates(matrix)] == [(FIRST, 2), (SECOND, 1)]


def test_a_deleted_rate_makes_room_for_another(matrix):
	(name,) = put(matrix, {"item": FIRST, "value": 1})
	answer = save(matrix, {"idx": 1, "item": FIRST, "value": 2}, deleted=[name])
	assert (answer["saved"], answer["deleted"]) == (1, 1)
	assert [rate["value"] for rate in rates(matrix)] == [2]
	assert counted(matrix) == (2, 1)


def test_two_lines_that_would_tie_are_refused_naming_the_first(matrix):
	answer = save(matrix, {"idx": 4, "item": FIRST, "value": 1}, {"idx": 9, "item": FIRST, "value": 2})
	assert [(idx, field) for idx, field, _ in messages(answer)] == [(9, "")]
	assert "line 4" in str(messages(answer))


def test_a_new_rate_that_ties_with_a_stored_one_is_refused(matrix):
	put(matrix, {"item": FIRST, "value": 1})
	answer = save(matrix, {"idx": 1, "item": FIRST, "value": 2, "valid_to": "2027-01-01"})
	assert "already" in str(messages(answer))
	assert [rate["value"] for rate in rates(matrix)] == [1]


def test_a_rate_that_somebody_else_removed_is_not_written_anew(matrix):
	(name,) = put(matrix, {"item": FIRST, "value": 1})
	save(matrix, deleted=[name])
	answer = save(matrix, {"idx": 1, "name": name, "value": 2})
	assert "removed meanwhile" in str(messages(answer))
	assert rates(matrix) == []


def test_a_rate_is_not_changed_twice_at_once_nor_changed_and_deleted(matrix):
	(name,) = put(matrix, {"item": FIRST, "value": 1})
	twice = save(matrix, {"idx": 1, "name": name, "value": 2}, {"idx": 2, "name": name, "min_qty": 3})
	assert [idx for idx, _, _ in messages(twice)] == [2]
	both = save(matrix, {"idx": 1, "name": name, "value": 2}, deleted=[name])
	assert [idx for idx, _, _ in messages(both)] == [1]
	assert [rate["value"] for rate in rates(matrix)] == [1]


def test_rates_of_another_matrix_are_out_of_reach(matrix):
	other = make_matrix("Other Sheet")
	(name,) = put(other, {"item": FIRST, "value": 1})
	assert save(matrix, {"idx": 1, "name": name, "value": 2})["errors"]
	assert save(matrix, deleted=[name])["deleted"] == 0
	assert [rate["value"] for rate in rates(other)] == [1]


def test_lines_without_numbers_are_counted(matrix):
	answer = save(matrix, {"item": FIRST, "value": 1}, {"item": SECOND, "value": "x"})
	assert [idx for idx, _, _ in messages(answer)] == [2]


def test_a_check_writes_nothing(matrix):
	(name,) = put(matrix, {"item": FIRST, "value": 1})
	answer = rates_api.check_rates(matrix, [{"idx": 1, "item": FIRST, "value": 2}, {"idx": 2, "value": ""}])
	assert [error["idx"] for error in answer["errors"]] == [1, 2]
	assert rates_api.check_rates(matrix, [{"idx": 1, "item": FIRST, "value": 2}], [name]) == {"errors": []}
	assert [rate["value"] for rate in rates(matrix)] == [1]


def test_a_thousand_rates_take_as_many_statements_as_ten(matrix, queries):
	lines = [{"idx": number, "item": FIRST, "min_qty": number, "value": 1} for number in range(1, 1_001)]
	few = queries(lambda: save(matrix, *lines[:10]))
	many = queries(lambda: save(matrix, *lines[10:]))
	assert many <= few <= 15


def test_rates_of_one_document_obey_the_same_rules(matrix):
	put(matrix, {"item": FIRST, "value": 1})
	document = {"doctype": RATE, "matrix": matrix, "value": 2}
	with pytest.raises(frappe.ValidationError, match="already"):
		frappe.get_doc({**document, "item": FIRST}).insert()
	with pytest.raises(frappe.ValidationError, match="must lie between 0 and 100"):
		frappe.get_doc({**document, "rate_type": "Discount Percentage", "value": 120}).insert()
	rate = frappe.get_doc({**document, "item": SECOND, "customer_tag": "High Value"}).insert()
	assert (rate.item_key, rate.customer_key) == (f"Item:{SECOND}", "Customer Tag:High Value")
	assert counted(matrix) == (2, 2)
	rate.value = 3
	rate.save()
	assert counted(matrix) == (3, 2)
	rate.delete()
	assert counted(matrix) == (4, 1)


def test_documents_and_the_grid_give_the_same_keys(matrix):
	row = {"brand": "", "item": FIRST, "min_qty": 2.5, "uom": "Nos", "valid_from": "2026-01-31", "value": 1}
	frappe.get_doc({"doctype": RATE, "matrix": matrix, **row}).insert()
	before = keys(matrix)
	frappe.db.delete(RATE, {"matrix": matrix})
	put(matrix, row)
	assert keys(matrix) == before


def test_a_form_opened_before_does_not_turn_the_version_back(matrix):
	form = frappe.get_doc("Price Matrix", matrix)
	put(matrix, {"item": FIRST, "value": 1})
	form.description = "Typed meanwhile"
	form.save()
	assert counted(matrix) == (1, 1)


def test_rates_go_with_their_matrix(matrix):
	put(matrix, {"item": FIRST, "value": 1})
	frappe.delete_doc("Price Matrix", matrix)
	assert not frappe.db.exists(RATE, {"matrix": matrix})


def test_pages_are_in_the_order_of_the_sheet_and_searched(matrix):
	put(
		matrix,
		{"item": SECOND, "min_qty": 10, "value": 1},
		{"item": SECOND, "value": 2},
		{"item": FIRST, "customer_tag": "High Value", "value": 3},
		{"item_group": frappe.db.get_value("Item", FIRST, "item_group"), "value": 4},
	)
	page = rates_api.get_rates(matrix, start=1, limit=2)
	assert page["total"] == 4
	assert [row["value"] for row in page["rows"]] == [
		row["value"] for row in rates_api.get_rates(matrix)["rows"]
	][1:3]
	assert {row["value"] for row in rates_api.get_rates(matrix, search=SECOND[2:])["rows"]} == {1, 2}
	assert {row["value"] for row in rates_api.get_rates(matrix, search="high val")["rows"]} == {3}
	assert rates_api.get_rates(matrix, search="Customer Tag")["total"] == 0
	assert rates_api.get_rates(matrix, search="%")["total"] == 0
	assert rates_api.get_rates(matrix, filters={"item": SECOND, "min_qty": 10})["total"] == 1
	assert [row["value"] for row in rates_api.get_rates(matrix, order_by="value desc")["rows"]] == [
		4,
		3,
		2,
		1,
	]
	assert rates_api.get_rates(matrix, order_by="1; DROP TABLE x")["total"] == 4


def test_columns_are_those_of_the_sheet():
	columns = rates_api.columns()
	assert [column["label"] for column in columns][:4] == ["Item", "Brand", "Item Group", "Customer"]
	assert next(c for c in columns if c["fieldname"] == "rate_type")["options"][0] == {
		"value": "Rate",
		"label": "Rate",
	}
	assert {column["fieldname"] for column in columns} <= {
		df.fieldname for df in frappe.get_meta(RATE).fields
	}
	assert {c["fieldname"]: c["label"] for c in columns}.items() <= {
		df.fieldname: df.label for df in frappe.get_meta(RATE).fields
	}.items()


@pytest.mark.parametrize("rows", ['{"item": "A"}', "[1]", '"A"'])
def test_what_is_no_list_of_rows_is_refused_with_a_sentence(matrix, rows):
	with pytest.raises(frappe.ValidationError, match="Give a list of objects"):
		rates_api.save_rates(matrix, rows)
