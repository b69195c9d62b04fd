# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Documents made from others, and in another currency: what is shown before saving is what the saved one has."""

import json

import pytest
from playwright.sync_api import expect

import frappe
from frappe.utils import add_days, nowdate

from erpnext.selling.doctype.quotation.quotation import make_sales_order

from crm_ext.tests.browser.desk import FREE_ROW, settle
from crm_ext.tests.browser.test_prices import ADA, OTHER_LIST, shop  # noqa: F401 (a fixture)
from crm_ext.tests.browser.test_promotions_selling import BULB, SHOWN, WEEK, Promoted, offers  # noqa: F401 (a fixture)
from crm_ext.tests.pricing.shop import unsaved

ORDER = "erpnext.selling.doctype.sales_order.sales_order."
INVOICE = "erpnext.accounts.doctype.sales_invoice.sales_invoice."
COUNTER = "erpnext.accounts.doctype.pos_invoice.pos_invoice."
DELIVERY = "erpnext.stock.doctype.delivery_note.delivery_note."
MAPPED = (
	("Quotation", "Sales Order", "erpnext.selling.doctype.quotation.quotation.make_sales_order"),
	("Sales Order", "Sales Invoice", f"{ORDER}make_sales_invoice"),
	("Sales Order", "Delivery Note", f"{ORDER}make_delivery_note"),
	("Delivery Note", "Sales Invoice", f"{DELIVERY}make_sales_invoice"),
	("Sales Invoice", "Delivery Note", f"{INVOICE}make_delivery_note"),
	("Sales Invoice", "Sales Invoice", f"{INVOICE}make_sales_return"),
	("Delivery Note", "Delivery Note", f"{DELIVERY}make_sales_return"),
	("POS Invoice", "POS Invoice", f"{COUNTER}make_sales_return"),
)
SOLD = [["LAMP-B", 3, 219.19, 197.27], ["LAMP-E", 2, 29.9, 29.9], ["LAMP-D", 1, 0, 0]]
"""Ten percent off from three on, and a gift for two."""


def sold(doctype: str, **values):
	"""A submitted document with a promoted line and a gift, committed; gone again with the offers."""
	doc = unsaved(doctype, ADA, [("LAMP-B", 3, "Nos"), ("LAMP-E", 2, "Nos")], **values).insert()
	doc.submit()
	frappe.db.commit()
	return doc


def opened(desk, doc):
	return desk.open(f"{frappe.scrub(doc.doctype).replace('_', '-')}/{doc.name}", ".form-page:visible").page


def made(page, doctype: str, how: str, **arguments) -> None:
	"""Wait for the new document that a click on Create, Duplicate or Amend opens."""
	page.evaluate(how, arguments)
	page.wait_for_function(
		"doctype => cur_frm.doctype === doctype && cur_frm.is_new() && !cur_frm.setting", arg=doctype
	)
	settle(page)


def shown(page) -> list:
	return json.loads(page.evaluate(SHOWN))


def save(page) -> None:
	page.evaluate("void cur_frm.save()")
	page.wait_for_function("!cur_frm.is_new() && !cur_frm.is_dirty()")
	settle(page)


@pytest.mark.parametrize("doctype, other, method", MAPPED)
def test_what_is_made_from_another_has_the_agreed_prices_from_the_start(
	doctype,
	other,
	method,
	manager,
	offers,  # noqa: F811
):
	page = opened(manager, sold(doctype))
	assert shown(page) == SOLD
	made(
		page,
		other,
		"({ method }) => void frappe.model.open_mapped_doc({ method, frm: cur_frm })",
		method=method,
	)
	sign = -1 if doctype == other else 1
	agreed = [[item, sign * qty, *rates] for item, qty, *rates in SOLD]
	assert shown(page) == agreed
	page.evaluate(
		"""qty => {
			const { doctype, name } = cur_frm.doc.items[0];
			return frappe.model.set_value(doctype, name, "qty", qty);
		}""",
		sign * 2,
	)
	if other == "Sales Order":
		page.evaluate("day => cur_frm.set_value('delivery_date', day)", str(add_days(nowdate(), 1)))
	settle(page)
	agreed[0][1] = sign * 2
	assert shown(page) == agreed
	save(page)
	assert shown(page) == agreed


@pytest.mark.parametrize("field, value", [("conversion_rate", 2), ("selling_price_list", OTHER_LIST)])
def test_a_saved_draft_of_an_agreed_document_keeps_its_prices(field, value, manager, offers):  # noqa: F811
	manager.expects(*FREE_ROW)
	order = make_sales_order(sold("Quotation", currency="USD", conversion_rate=8).name)
	order.delivery_date = nowdate()
	order.insert()
	frappe.db.commit()
	page = opened(manager, order)
	agreed = shown(page)
	page.evaluate("fields => void cur_frm.set_value(fields)", {field: value})
	settle(page)
	assert shown(page) == agreed
	save(page)
	assert shown(page) == agreed


def test_a_duplicate_is_priced_as_if_it_were_typed(manager, offers):  # noqa: F811
	page = opened(manager, sold("Sales Order"))
	made(page, "Sales Order", "() => void cur_frm.copy_doc()")
	page.evaluate("day => cur_frm.set_value('delivery_date', day)", str(add_days(nowdate(), 1)))
	settle(page)
	before = shown(page)
	save(page)
	assert shown(page) == before == SOLD


def test_an_amended_order_keeps_its_prices(manager, offers):  # noqa: F811
	order = sold("Sales Order")
	order.cancel()
	frappe.db.commit()
	page = opened(manager, order)
	made(page, "Sales Order", "() => void cur_frm.amend_doc()")
	before = shown(page)
	save(page)
	assert shown(page) == before == SOLD


def test_in_another_currency(manager, offers):  # noqa: F811
	form = Promoted(manager, "Quotation", ADA)
	form.set(currency="USD")
	form.set(conversion_rate=8)
	form.pick("LAMP-B")
	form.pick("LAMP-E")
	form.type(0, "qty", 3)
	form.type(1, "qty", 2)
	expect(form.panel()).to_contain_text(f"{WEEK} saves")
	expect(form.panel()).to_contain_text(f"{BULB} gives 1 LAMP-D free.")
	before = shown(form.page)
	assert [row[0] for row in before] == ["LAMP-B", "LAMP-E", "LAMP-D"]
	assert before[0][3] == pytest.approx(before[0][2] * 0.9, abs=0.01)
	form.save()
	assert shown(form.page) == before
