# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""At the counter: the tile, the cart and the saved invoice have one price."""

import pytest
from playwright.sync_api import expect

import frappe
from frappe.utils import getdate, now_datetime

from crm_ext.demo import data
from crm_ext.pricing import service
from crm_ext.pricing.basket import Basket, BasketLine
from crm_ext.pricing.store import number
from crm_ext.tests.browser.desk import settle
from crm_ext.tests.browser.test_prices import ADA, BEN, shop  # noqa: F401 (a fixture)
from crm_ext.tests.pricing.shop import PRICE_LIST


@pytest.fixture
def till(manager, shop, tagged):  # noqa: F811
	"""The point of sale with the shift of the manager, who sells from the price list of the shop."""
	shift = {"pos_profile": data.SHOP, "status": "Open"}
	before = frappe.db.get_value("POS Opening Entry", shift, ["name", "user", "period_start_date"])
	frappe.db.set_value(
		"POS Opening Entry", before[0], {"user": tagged.manager, "period_start_date": now_datetime()}
	)
	frappe.db.set_value("POS Profile", data.SHOP, "selling_price_list", PRICE_LIST)
	frappe.clear_document_cache("POS Profile", data.SHOP)
	frappe.db.commit()
	yield manager.open("point-of-sale", ".items-selector .item-wrapper")
	frappe.db.rollback()
	frappe.db.set_value("POS Opening Entry", before[0], {"user": before[1], "period_start_date": before[2]})
	frappe.db.set_value("POS Profile", data.SHOP, "selling_price_list", data.PRICE_LISTS[0][0])
	frappe.clear_document_cache("POS Profile", data.SHOP)
	frappe.db.commit()


def engine(customer: str, item: str, qty: float = 1) -> float:
	frappe.db.rollback()  # see what is committed by now
	basket = Basket(
		company=data.HOME.name,
		customer=customer,
		date=getdate(),
		price_list=PRICE_LIST,
		pos_profile=data.SHOP,
		lines=(BasketLine(key="1", item_code=item, qty=number(qty), uom="Nos"),),
	)
	return float(service.price(basket).priced["1"].price)


def tile(page, item: str):
	return page.locator(f".items-selector .item-wrapper[data-item-code='{item}']")


def choose(page, customer: str) -> None:
	reset = page.locator(".reset-customer-btn")
	if reset.count():
		reset.click()
	page.locator(".customer-field input").fill(customer)
	page.locator(".customer-field .awesomplete [role=option]", has_text=customer).first.click()
	expect(page.locator(".customer-section .customer-name")).to_have_text(customer)


def cart(page) -> list:
	"""[[item, quantity, rate]] once nothing is under way."""
	settle(page)
	return page.evaluate("cur_pos.frm.doc.items.map((row) => [row.item_code, row.qty, row.rate])")


def test_tile_cart_and_invoice_have_the_price_of_the_customer(till):
	page = till.page
	choose(page, ADA)
	for item in ("LAMP-A", "LAMP-D"):
		expect(tile(page, item)).to_have_attribute("data-rate", f"{engine(ADA, item):g}")
		tile(page, item).click()
		page.wait_for_function(
			"([item, rate]) => cur_pos.frm.doc.items.some((row) => row.item_code === item && row.rate === rate)",
			arg=[item, engine(ADA, item)],
		)
		settle(page)

	for qty in range(2, 11):  # to the break at 10: always the same row, whatever its price
		tile(page, "LAMP-A").click()
		page.wait_for_function("qty => cur_pos.frm.doc.items[0].qty === qty", arg=qty)
		settle(page)
	page.wait_for_function("rate => cur_pos.frm.doc.items[0].rate === rate", arg=engine(ADA, "LAMP-A", 10))
	assert [row[:2] for row in cart(page)] == [["LAMP-A", 10], ["LAMP-D", 1]]
	till.see("price-point-of-sale")

	choose(page, BEN)
	expect(tile(page, "LAMP-A")).to_have_attribute("data-rate", f"{engine(BEN, 'LAMP-A'):g}")
	page.wait_for_function("rate => cur_pos.frm.doc.items[0].rate === rate", arg=engine(BEN, "LAMP-A", 10))

	shown = cart(page)
	page.evaluate("void cur_pos.frm.save()")
	page.wait_for_function("!cur_pos.frm.is_new() && !cur_pos.frm.is_dirty()")
	assert cart(page) == shown
	name, doctype = page.evaluate("[cur_pos.frm.doc.name, cur_pos.frm.doc.doctype]")
	frappe.db.rollback()
	saved = frappe.get_doc(doctype, name)
	assert [[row.item_code, row.qty, row.rate] for row in saved.items] == shown
	frappe.delete_doc(doctype, name, force=True)
	frappe.db.commit()
