# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What the nightly run makes of invoices."""

from datetime import timedelta

import pytest


def test_the_figures_are_those_of_the_invoices(trade):
	trade.sell("PEN", "INK", times=3)
	trade.sell("PEN", times=1)
	trade.sell("INK", "MAP", times=1)
	trade.sell("MAP", times=3)
	found = trade.associations()
	assert set(found) == {("PEN", "INK"), ("INK", "PEN")}
	one = found["PEN", "INK"]
	assert one.together == 3
	assert one.support == pytest.approx(100 * 3 / 8)
	assert one.confidence == pytest.approx(100 * 3 / 4)
	assert one.lift == pytest.approx((3 / 4) / (4 / 8))


def test_the_minimum_of_the_settings_counts(trade):
	trade.sell("PEN", "INK", times=3)
	trade.sell("MAP", times=3)
	trade.settings(minimum=4)
	assert trade.associations() == {}
	trade.settings(minimum=3)
	assert set(trade.associations()) == {("PEN", "INK"), ("INK", "PEN")}


def test_only_invoices_of_the_last_months_count(trade):
	trade.settings(months=3, minimum=2)
	trade.sell("PEN", "INK", times=2, days_ago=80)
	trade.sell("MAP", "BAG", times=2, days_ago=100)
	trade.sell("CUP", "TEA", times=2, days_ago=0)
	trade.sell("CUP")
	yesterday = trade.TODAY - timedelta(days=1)
	assert {item for pair in trade.associations(today=yesterday) for item in pair} == {"PEN", "INK"}


def test_with_no_months_there_are_no_suggestions(trade):
	trade.sell("PEN", "INK", times=2)
	trade.sell("MAP")
	assert trade.associations()
	trade.settings(months=0)
	assert trade.associations() == {}


def test_an_item_on_two_lines_of_an_invoice_counts_once(trade):
	trade.sell("PEN", "PEN", "INK")
	trade.sell("MAP")
	assert trade.associations() == {}


def test_returns_drafts_and_cancelled_invoices_do_not_count(trade):
	from crm_ext.tests import builders

	sold = trade.sell("PEN", "INK", times=2)
	trade.sell("MAP", times=4)
	before = trade.associations()["PEN", "INK"]
	for invoice in sold:
		builders.credit_note(invoice, trade.TODAY, lines=(0, 1))
	trade.sell("PEN", "INK", submit=False)
	trade.sell("PEN", "INK")[0].cancel()
	assert trade.associations()["PEN", "INK"] == before


def test_free_goods_do_not_count(trade):
	import frappe

	for invoice in trade.sell("PEN", "INK", times=2):
		frappe.db.set_value("Sales Invoice Item", invoice.items[1].name, "is_free_item", 1)
	trade.sell("MAP", times=4)
	assert trade.associations() == {}


def test_items_that_cannot_be_sold_any_more_are_not_suggested(trade):
	import frappe

	trade.sell("PEN", "INK", times=2)
	trade.sell("MAP", "BAG", times=2)
	frappe.db.set_value("Item", "INK", "disabled", 1)
	frappe.db.set_value("Item", "BAG", "is_sales_item", 0)
	assert trade.associations() == {}


def test_counter_sales_count_by_their_own_invoices_and_not_again_when_consolidated(trade):
	import frappe

	from crm_ext.tests import builders

	trade.item("PEN"), trade.item("INK")
	trade.sell("MAP", times=2)
	customer = builders.customer()
	counter = [
		builders.pos_invoice(customer, trade.TODAY, 200, items=[("PEN", 100, 1), ("INK", 100, 1)])
		for _ in range(2)
	]
	assert trade.associations()["PEN", "INK"].together == len(counter)
	consolidated = trade.sell("PEN", "INK")
	frappe.db.set_value("Sales Invoice", consolidated[0].name, "is_consolidated", 1)
	assert trade.associations()["PEN", "INK"].together == len(counter)


def test_each_company_has_its_own_and_all_have_theirs_together(trade):
	from crm_ext.demo import data

	abroad = {"company": data.PACIFIC.name, "currency": "USD"}
	trade.sell("PEN", "INK")
	trade.sell("PEN", "INK", **abroad)
	trade.sell("CUP", "TEA", times=2, **abroad)
	trade.sell("MAP", times=2)
	assert trade.associations() == {}
	assert set(trade.associations(data.PACIFIC.name)) == {("CUP", "TEA"), ("TEA", "CUP")}
	both = trade.associations("")
	assert both["PEN", "INK"].together == 2
	assert both["PEN", "INK"].support == pytest.approx(100 * 2 / 6, abs=1e-4)
	assert set(both) == {("PEN", "INK"), ("INK", "PEN"), ("CUP", "TEA"), ("TEA", "CUP")}


def test_an_invoice_of_very_many_items_tells_nothing(trade, monkeypatch):
	from crm_ext.cross_sell import store

	trade.sell("PEN", "INK", times=2)
	trade.sell("MAP", times=2)
	before = trade.associations()
	monkeypatch.setattr(store, "LARGEST", 3)
	trade.sell("PEN", "INK", "BAG")
	with_three = trade.associations()
	assert with_three["PEN", "INK"].together == 3
	trade.sell("PEN", "INK", "BAG", "MAP", times=2)
	assert trade.associations() == with_three != before


def test_slices_of_any_size_find_the_same(trade, monkeypatch):
	from crm_ext.cross_sell import store

	codes = [f"ITEM-{number}" for number in range(8)]
	for first in range(8):
		trade.sell(*(codes[(first + step * (first + 1)) % 8] for step in range(4)), times=2)
	whole = trade.associations()
	assert whole
	for pairs in (1, 7, 60):
		monkeypatch.setattr(store, "PAIRS", pairs)
		assert trade.associations() == whole


def test_the_database_counts_as_one_does_by_hand(trade):
	from random import Random

	from crm_ext.cross_sell.model import Association, best

	dice = Random(5)
	baskets = [dice.sample(["PEN", "INK", "MAP", "BAG", "CUP"], dice.randint(1, 4)) for _ in range(25)]
	for basket in baskets:
		trade.sell(*basket)

	def among(*items):
		return sum(set(items) <= set(basket) for basket in baskets)

	names = sorted({name for basket in baskets for name in basket})
	expected = {
		(item, one.suggested): (one.together, round(one.lift, 3))
		for item in names
		for one in best(
			(
				Association(other, among(item, other), among(item), among(other), len(baskets))
				for other in names
				if other != item
			),
			2,
		)
	}
	found = trade.associations()
	assert {pair: (row.together, row.lift) for pair, row in found.items()} == expected


def test_a_second_run_puts_its_own_in_the_place_of_the_first_and_leaves_no_table_behind(trade):
	import frappe

	trade.sell("PEN", "INK", times=2)
	trade.sell("MAP", times=2)
	first = trade.associations()
	assert trade.associations() == first
	trade.sell("PEN", "INK")
	assert trade.associations()["PEN", "INK"].together == 3
	with pytest.raises(frappe.db.ProgrammingError):
		frappe.db.sql("SELECT * FROM crm_ext_association_lines")


def test_a_run_that_dies_leaves_the_old_ones(trade, monkeypatch):
	import frappe

	from crm_ext.cross_sell import store

	trade.sell("PEN", "INK", times=2)
	trade.sell("MAP", times=2)
	first = trade.associations()
	trade.sell("PEN", "INK", days_ago=5)
	monkeypatch.setattr(store, "together", lambda *_: 1 / 0)
	with pytest.raises(ZeroDivisionError):
		trade.associations()
	rows = frappe.get_all("Item Association", {"company": trade.COMPANY}, ["item_code", "together"])
	assert {row.item_code: row.together for row in rows} == {
		pair[0]: row.together for pair, row in first.items()
	}


def test_deleting_an_item_is_not_hindered_by_its_associations(trade):
	import frappe

	trade.item("PEN"), trade.item("INK")
	frappe.get_doc(
		doctype="Item Association", item_code="PEN", suggested_item="INK", company=trade.COMPANY
	).insert()
	frappe.delete_doc("Item", "INK")
	assert not frappe.db.exists("Item", "INK")
