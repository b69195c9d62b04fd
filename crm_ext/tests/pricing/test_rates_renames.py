# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Rates follow what they name through its life."""

import pytest

import frappe

from crm_ext.pricing.rates import rekeying, store
from crm_ext.pricing.rates.columns import LINKS, keys_of
from crm_ext.tests import builders
from crm_ext.tests.pricing.sheets import GOODS, RATE, counted, keys, make_matrix, put, rates

FIRST, SECOND, _ = GOODS


@pytest.fixture
def matrix():
	return make_matrix()


def expected(matrix: str) -> set[tuple]:
	"""The keys as Python computes them from the columns."""
	names = frappe.get_all(RATE, {"matrix": matrix}, pluck="name")
	found = store.by_name(matrix, names).values()
	texts = [field for field, _ in LINKS]
	return {
		tuple(keys_of({**row, **{field: row[field] or "" for field in texts}}, matrix).values())
		for row in found
	}


def make(doctype: str, name: str, field: str, **values) -> str:
	return frappe.get_doc({"doctype": doctype, field: name, **values}).insert().name


@pytest.fixture
def named():
	"""A record of each DocType that a rate can name."""
	one = {
		"brand": make("Brand", "Willow", "brand"),
		"branch": make("Branch", "Harbour", "branch"),
		"uom": make("UOM", "Crate", "uom_name"),
		"sales_channel": make("Sales Channel", "By Phone", "channel_name"),
		"item_group": make("Item Group", "Old Tools", "item_group_name", parent_item_group="All Item Groups"),
		"territory": make("Territory", "Far North", "territory_name", parent_territory="All Territories"),
		"customer_group": make(
			"Customer Group",
			"Old Friends",
			"customer_group_name",
			parent_customer_group="All Customer Groups",
		),
		"customer": builders.customer("Rated Trading"),
	}
	doctypes = dict(LINKS)
	return {field: (doctypes[field], name) for field, name in one.items()}


@pytest.mark.parametrize(
	"field",
	["brand", "branch", "uom", "sales_channel", "item_group", "territory", "customer_group", "customer"],
)
def test_a_renamed_record_takes_its_rates_along(matrix, named, field):
	doctype, name = named[field]
	put(
		matrix,
		{field: name, "min_qty": 2.5, "valid_from": "2026-01-31", "value": 1},
		{field: name, "currency": "USD", "value": 2},
	)
	frappe.rename_doc(doctype, name, f"{name} Anew", force=True)
	assert {rate[field] for rate in rates(matrix)} == {f"{name} Anew"}
	assert keys(matrix) == expected(matrix)
	assert len(keys(matrix)) == 2


def test_a_renamed_item_takes_its_rates_along(matrix):
	put(matrix, {"item": FIRST, "value": 1}, {"item": SECOND, "value": 2})
	frappe.rename_doc("Item", FIRST, "WB-RENAMED", force=True)
	assert {rate["item"] for rate in rates(matrix)} == {"WB-RENAMED", SECOND}
	assert keys(matrix) == expected(matrix)


def test_a_renamed_tag_takes_its_rates_along(matrix):
	put(matrix, {"customer_tag": "High Value", "value": 1})
	frappe.rename_doc("Customer Tag", "High Value", "Very High Value", force=True)
	assert keys(matrix) == expected(matrix)


def test_a_renamed_matrix_takes_its_rates_along(matrix):
	put(matrix, {"item": FIRST, "value": 1}, {"item": SECOND, "customer_tag": "High Value", "value": 2})
	frappe.rename_doc("Price Matrix", matrix, "Sheet Anew")
	assert keys("Sheet Anew") == expected("Sheet Anew")
	assert len(keys("Sheet Anew")) == 2


def test_of_two_rates_that_a_merge_makes_equal_the_targets_own_stays(matrix):
	old, new = builders.customer("Merged Trading"), builders.customer("Merging Trading")
	put(
		matrix,
		{"customer": old, "item": FIRST, "value": 1},
		{"customer": old, "item": SECOND, "value": 2},
		{"customer": new, "item": FIRST, "value": 3},
	)
	frappe.rename_doc("Customer", old, new, merge=True, force=True)
	assert [(rate["item"], rate["customer"], rate["value"]) for rate in rates(matrix)] == [
		(FIRST, new, 3),
		(SECOND, new, 2),
	]
	assert keys(matrix) == expected(matrix)
	assert counted(matrix) == (2, 2)
	assert any("1 rates of Sheet" in message.message for message in frappe.get_message_log())


def test_a_merge_of_units_removes_what_would_tie(matrix):
	old, new = make("UOM", "Crate", "uom_name"), make("UOM", "Case of Wine", "uom_name")
	put(matrix, {"item": FIRST, "uom": new, "value": 1}, {"item": FIRST, "uom": old, "value": 2})
	frappe.rename_doc("UOM", old, new, merge=True, force=True)
	assert [(rate["uom"], rate["value"]) for rate in rates(matrix)] == [(new, 1)]
	assert counted(matrix) == (2, 1)


def test_the_rates_of_a_deleted_customer_go_along(matrix):
	customer = builders.customer()
	put(matrix, {"customer": customer, "value": 1}, {"item": FIRST, "value": 2})
	frappe.delete_doc("Customer", customer)
	assert [rate["value"] for rate in rates(matrix)] == [2]
	assert counted(matrix) == (2, 1)


def test_an_item_that_has_rates_is_not_deleted(matrix):
	put(matrix, {"brand": make("Brand", "Willow", "brand"), "value": 1})
	with pytest.raises(frappe.LinkExistsError):
		frappe.delete_doc("Brand", "Willow")


def test_a_rename_without_rates_costs_no_more_than_two_statements(matrix, queries):
	put(matrix, {"item": FIRST, "value": 1})
	assert queries(lambda: rekeying.rekey("item", SECOND)) <= 2
