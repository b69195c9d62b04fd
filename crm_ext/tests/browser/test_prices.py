# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What the seller sees in the Desk is what the engine says, at every step of filling in a document."""

import json
from dataclasses import replace

import pytest
from playwright.sync_api import TimeoutError, expect

import frappe
from frappe.utils import add_days, getdate, nowdate

from crm_ext.demo import data
from crm_ext.pricing import compiled, service
from crm_ext.pricing.basket import Basket, BasketLine
from crm_ext.pricing.store import number
from crm_ext.tests import builders
from crm_ext.tests.browser.desk import settle
from crm_ext.tests.pricing.shop import PRICE_LIST, open_shop

DIALOG = ".modal.show"
WHY = ".grid-row .crm-ext-why"
FALL = f"{DIALOG} .crm-ext-fall"
ADA, BEN = "Ada Lamps", "Ben Lighting"
OTHER_LIST = "Lamp Shop Fair"
SEASON_ENDS = 10
"""Days from today."""


@pytest.fixture(scope="module")
def shop(tagged):
	"""The shop with two customers, committed; gone again afterwards."""
	before = {doctype: set(frappe.get_all(doctype, pluck="name")) for doctype in _MADE}
	whole = frappe.db.get_value("UOM", "Nos", "must_be_whole_number")
	matrix = open_shop()
	for name in (ADA, BEN):
		builders.customer(name, default_price_list=PRICE_LIST)
	season = {"item": "LAMP-E", "value": 29.9, "valid_to": add_days(nowdate(), SEASON_ENDS)}
	for rate in ({"item": "LAMP-A", "customer": BEN, "value": 79.5}, season):
		frappe.get_doc(doctype="Price Matrix Rate", matrix=matrix, rate_type="Rate", **rate).insert()
	frappe.get_doc(
		doctype="Price List", price_list_name=OTHER_LIST, currency="CNY", selling=1, enabled=1
	).insert()
	frappe.get_doc(
		doctype="Item Price", item_code="LAMP-B", price_list=OTHER_LIST, price_list_rate=320
	).insert()
	frappe.db.commit()
	yield matrix
	frappe.db.rollback()
	for doctype in _MADE:
		for name in set(frappe.get_all(doctype, pluck="name")) - before[doctype]:
			frappe.delete_doc(doctype, name, force=True, ignore_permissions=True)
	frappe.db.set_value("UOM", "Nos", "must_be_whole_number", whole)
	frappe.db.delete("Price Matrix Rate", {"matrix": matrix})
	compiled.forget()
	frappe.db.commit()


_MADE = (
	*("Quotation", "Sales Order", "Sales Invoice", "Price Approval", "Price Floor", "Price Matrix"),
	*("Item Price", "Price List", "Item", "Customer"),
)


_SHOWN = "JSON.stringify(cur_frm.doc.items.map((row) => [row.price_list_rate, row.rate]))"


class Form:
	"""A new document in the Desk, and the basket that it is."""

	def __init__(self, desk, doctype: str, customer: str):
		self.page = desk.open(f"{frappe.scrub(doctype).replace('_', '-')}/new", ".form-tabs, .form-page").page
		self.basket = Basket(
			company=data.HOME.name,
			customer=customer,
			date=getdate(nowdate()),
			price_list=PRICE_LIST,
			lines=(),
		)
		party = "party_name" if doctype == "Quotation" else "customer"
		self.party = party
		self.page.wait_for_function(
			f"cur_frm?.doctype === {doctype!r} && cur_frm.doc.items && !cur_frm.setting"
		)
		self.set(company=data.HOME.name, **({"quotation_to": "Customer"} if party == "party_name" else {}))
		self.set(**{party: customer})
		self.page.wait_for_function("list => cur_frm.doc.selling_price_list === list", arg=PRICE_LIST)

	def set(self, **fields) -> None:
		"""Set fields of the document, and wait for what ERPNext does about it."""
		self.page.evaluate("fields => void cur_frm.set_value(fields)", fields)
		self.settle()

	def pick(self, item: str) -> None:
		"""Choose an item in the last row, or in a new one."""
		row = len(self.basket.lines)
		self.page.evaluate(
			"""async ([row, item]) => {
				const doc = cur_frm.doc.items[row] || cur_frm.add_child("items");
				await frappe.model.set_value(doc.doctype, doc.name, "item_code", item);
			}""",
			[row, item],
		)
		self._line(row, BasketLine(key=str(row), item_code=item, uom="Nos"))
		self.settle()

	def type(self, row: int, field: str, value) -> None:
		"""Type a value into a cell of the grid, as a person does."""
		grid_row = self.page.locator(f".grid-body .grid-row[data-idx='{row + 1}']")
		grid_row.locator(".grid-static-col[data-fieldname=qty]").click()  # the row can be edited
		box = grid_row.locator(f"[data-fieldname={field}] input")
		box.fill(str(value))
		box.blur()
		if field in ("qty", "uom"):
			self._line(
				row, replace(self.basket.lines[row], **{field: number(value) if field == "qty" else value})
			)
		self.settle()

	def uom(self, row: int, uom: str) -> None:
		self.page.evaluate(
			"""async ([row, uom]) => {
				const { doctype, name } = cur_frm.doc.items[row];
				await frappe.model.set_value(doctype, name, "uom", uom);
			}""",
			[row, uom],
		)
		self._line(row, replace(self.basket.lines[row], uom=uom))
		self.settle()

	def context(self, **changes) -> None:
		self.basket = replace(self.basket, **changes)

	def save(self) -> str:
		self.page.evaluate("void cur_frm.save()")
		self.page.wait_for_function("!cur_frm.is_new() && !cur_frm.is_dirty()")
		self.settle()
		return self.page.evaluate("cur_frm.doc.name")

	def row(self, row: int, *fields: str) -> list:
		"""Values of a row in the form; an unticked box is 0."""
		get = "([row, fields]) => fields.map((field) => cur_frm.doc.items[row][field] || 0)"
		return self.page.evaluate(get, [row, fields])

	def settle(self) -> None:
		settle(self.page)

	def shows_what_the_engine_says(self) -> None:
		"""Price list rate and rate of each row, once they have come."""
		frappe.db.rollback()  # see what is committed by now
		priced = service.price(self.basket).priced
		expected = [[float(priced[line.key].price)] * 2 for line in self.basket.lines]
		try:
			self.page.wait_for_function(f"expected => {_SHOWN} === JSON.stringify(expected)", arg=expected)
		except TimeoutError:
			assert json.loads(self.page.evaluate(_SHOWN)) == expected

	def _line(self, row: int, line: BasketLine) -> None:
		lines = list(self.basket.lines)
		lines[row : row + 1] = [line]
		self.basket = replace(self.basket, lines=tuple(lines))


@pytest.mark.parametrize("doctype", ["Quotation", "Sales Order", "Sales Invoice"])
def test_the_price_follows_every_change_in_the_form(doctype, manager, shop):
	form = Form(manager, doctype, ADA)
	form.pick("LAMP-A")
	form.pick("LAMP-B")
	form.pick("LAMP-E")
	form.shows_what_the_engine_says()

	form.type(0, "qty", 10)  # over a break
	form.shows_what_the_engine_says()
	form.type(0, "qty", 9)  # and down again
	form.shows_what_the_engine_says()
	form.uom(0, "Box")
	form.shows_what_the_engine_says()
	form.uom(0, "Nos")

	form.set(**{form.party: BEN})
	form.context(customer=BEN)
	form.shows_what_the_engine_says()

	form.set(selling_price_list=OTHER_LIST)
	form.context(price_list=OTHER_LIST)
	form.shows_what_the_engine_says()
	form.set(selling_price_list=PRICE_LIST)
	form.context(price_list=PRICE_LIST)

	late = getdate(add_days(nowdate(), SEASON_ENDS + 1))
	if doctype == "Sales Invoice":
		form.set(set_posting_time=1, posting_date=str(late))
	else:
		form.set(transaction_date=str(late), **({"delivery_date": str(late)} if "Order" in doctype else {}))
	form.context(date=late)
	form.shows_what_the_engine_says()
	form.save()
	form.shows_what_the_engine_says()


def test_a_rate_that_was_typed_stays_and_there_is_a_way_back(manager, shop):
	form = Form(manager, "Sales Order", ADA)
	form.pick("LAMP-A")
	form.shows_what_the_engine_says()  # a price that comes later would replace what is typed
	form.type(0, "rate", 70)
	expect(form.page.locator(".desk-alert", has_text="Row 1 keeps your price")).to_be_visible()
	form.type(0, "qty", 12)
	form.set(customer=BEN)
	form.context(customer=BEN)
	form.settle()
	assert form.row(0, "rate", "crm_ext_price_locked") == [70, 1]

	form.set(delivery_date=add_days(nowdate(), 3))
	form.save()
	assert form.row(0, "rate", "crm_ext_price_locked") == [70, 1]
	form.page.locator(f"{WHY}.is-locked").click()
	expect(form.page.locator(f"{FALL} li").last).to_contain_text("locked")
	manager.see("price-locked", part=form.page.locator(f"{DIALOG} .modal-content"))
	form.page.locator(DIALOG).get_by_role("button", name="Use Automatic Price").click()
	form.shows_what_the_engine_says()
	form.save()
	form.shows_what_the_engine_says()
	assert form.row(0, "crm_ext_price_locked") == [0]


def test_the_form_says_that_prices_follow_the_new_customer(manager, shop):
	form = Form(manager, "Sales Order", ADA)
	form.pick("LAMP-A")
	form.set(delivery_date=add_days(nowdate(), 3))
	form.save()
	form.set(customer=BEN)
	alert = form.page.locator(".desk-alert", has_text="Prices follow the new customer")
	expect(alert).to_contain_text("1 line changed")
	expect(alert).to_have_count(1)


def test_a_click_on_the_mark_explains_the_price(manager, shop):
	form = Form(manager, "Quotation", ADA)
	for item in ("LAMP-A", "LAMP-B", "LAMP-C"):
		form.pick(item)
	form.type(0, "qty", 10)
	form.save()
	form.page.evaluate("frappe.ui.form.editable_row?.toggle_editable_row(false)")
	manager.see("price-marks")
	form.page.locator(WHY).first.click()
	steps = form.page.locator(f"{FALL} li")
	expect(steps.first).to_contain_text(f"The price list {PRICE_LIST} says")
	expect(steps.last).to_contain_text("Lamp Shop 2026 says")
	expect(steps.last.locator(".crm-ext-fall-price")).to_contain_text("81.25")
	dialog = form.page.locator(DIALOG)
	expect(dialog).to_contain_text("gives the same price")
	dialog.get_by_text("What Else Was Considered").click()
	expect(dialog.locator(".crm-ext-losers li").first).to_be_visible()
	manager.see("price-why", part=dialog.locator(".modal-content"))
	assert form.page.locator(".grid-row.editable-row").count() == 0


def test_prices_below_the_floor_are_saved_and_approval_is_asked_for(manager, shop):
	floor = {"title": "Lamps", "cost": "Last Purchase Rate", "minimum_margin": 30}
	frappe.get_doc(doctype="Price Floor", **floor).insert()
	frappe.db.commit()
	form = Form(manager, "Quotation", ADA)
	form.pick("LAMP-A")
	form.shows_what_the_engine_says()  # a price that comes later would replace what is typed
	form.type(0, "rate", 13)
	form.save()
	banner = form.page.locator(".crm-ext-price-banner")
	expect(banner).to_contain_text("Below the price floor: LAMP-A")
	expect(form.page.locator(f"{WHY}.is-below")).to_have_count(1)
	expect(form.page.locator(".desk-alert", has_text="lowest price")).to_be_visible()
	banner.get_by_role("button", name="Request Price Approval").click()
	dialog = form.page.locator(DIALOG)
	form.page.wait_for_function("cur_dialog && cur_dialog.display")
	dialog.locator("textarea").fill("They take the <b>whole</b> lot.")
	manager.see("price-approval-request", part=dialog.locator(".modal-content"))
	dialog.get_by_role("button", name="Request").click()
	expect(banner).to_contain_text("They take the <b>whole</b> lot.")
	banner.get_by_role("button", name="Withdraw").click()
	expect(banner).to_contain_text("Below the price floor: LAMP-A")
