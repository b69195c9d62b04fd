# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What others bought with it, under the items of a draft."""

import re

import pytest
from playwright.sync_api import expect

import frappe

from crm_ext.demo import data
from crm_ext.rows import insert_rows
from crm_ext.tests.browser.desk import settle

CUSTOMER = data.CUSTOMERS[0].name
STRIP = ".crm-ext-cross-sell"
TOLD = re.compile(r"62\.5%.*\nLift 4\.2:.*\nSupport 1\.75%: 42")
COLUMNS = ("item_code", "suggested_item", "company", "together", "support", "confidence", "lift")


@pytest.fixture(scope="module")
def pairs(tagged):
	"""What goes with the demo's lathe and what with its installation, committed; gone again afterwards."""
	frappe.db.delete("Item Association")
	insert_rows(
		"Item Association",
		COLUMNS,
		[
			("WB-LATHE", "WB-FITTING", data.HOME.name, 42, 1.75, 62.5, 4.2),
			("WB-LATHE", "WB-OIL", data.HOME.name, 30, 1.25, 44, 1.3),
			("WB-FITTING", "WB-OIL", data.HOME.name, 60, 2.5, 71, 2.9),
		],
	)
	frappe.db.commit()
	yield
	frappe.db.rollback()
	frappe.db.delete("Item Association")
	frappe.db.commit()


def new(desk, doctype: str, party: str):
	page = desk.open(f"{doctype.lower().replace(' ', '-')}/new", ".form-tabs, .form-page").page
	page.wait_for_function(f"cur_frm?.doctype === {doctype!r} && cur_frm.doc.items && !cur_frm.setting")
	lists = {"selling_price_list": data.PRICE_LISTS[0][0]}
	for fields in ({"company": data.HOME.name, party: CUSTOMER}, lists):
		page.evaluate("fields => cur_frm.set_value(fields)", fields)
		settle(page)
	page.evaluate(
		"""async (item) => {
			const row = cur_frm.doc.items[0] || cur_frm.add_child("items");
			await frappe.model.set_value(row.doctype, row.name, "item_code", item);
		}""",
		"WB-LATHE",
	)
	return page


@pytest.mark.parametrize("doctype, party", [("Quotation", "party_name"), ("Sales Order", "customer")])
def test_one_click_adds_what_others_bought_with_it(pairs, seller, doctype, party):
	page = new(seller, doctype, party)
	strip = page.locator(STRIP)
	offers = strip.get_by_role("button")
	expect(strip).to_contain_text("Often bought together")
	expect(offers).to_have_count(2)
	expect(offers.first).to_have_attribute("data-item", "WB-FITTING")
	expect(offers.first).to_have_attribute("title", TOLD)
	if doctype == "Quotation":
		strip.scroll_into_view_if_needed()
		seller.see("cross-sell")

	offers.first.click()
	page.wait_for_function("cur_frm.doc.items[1]?.item_name && cur_frm.doc.items[1].uom")
	assert page.evaluate("cur_frm.doc.items.map((row) => [row.item_code, row.qty])") == [
		["WB-LATHE", 1],
		["WB-FITTING", 1],
	]
	expect(offers).to_have_count(1)
	expect(offers).to_have_attribute("data-item", "WB-OIL")

	offers.click()
	page.wait_for_function("cur_frm.doc.items[2]?.item_name")
	expect(strip).to_have_count(0)


def test_a_manager_finds_the_associations_in_a_list(pairs, manager):
	page = manager.open("item-association", ".list-row").page
	expect(page.locator(".list-row-container .list-row")).to_have_count(3)
