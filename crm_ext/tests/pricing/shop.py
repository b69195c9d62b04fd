# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""A shop with list prices and one matrix that uses every way to give a price, for the tests of documents and paths."""

import frappe
from frappe.utils import nowdate

from crm_ext.compat import counter_sales_by_pos_invoice
from crm_ext.demo import data
from crm_ext.pricing.basket import Basket, BasketLine
from crm_ext.pricing.store import number

PRICE_LIST = "Lamp Shop"
MATRIX = "Lamp Shop 2026"
LISTED = {"LAMP-A": 100, "LAMP-B": 250.5, "LAMP-C": 19.99, "LAMP-D": None, "LAMP-E": 33.35}
"""Items with their price in the price list; LAMP-D has none, LAMP-E no rate."""

RATES = (
	{"item": "LAMP-A", "rate_type": "Rate", "value": 88.8},
	{"item": "LAMP-A", "rate_type": "Rate", "value": 81.25, "min_qty": 10},
	{"item": "LAMP-A", "rate_type": "Rate", "value": 950, "uom": "Box"},
	{"item": "LAMP-B", "rate_type": "Discount Percentage", "value": 12.5},
	{"item": "LAMP-B", "rate_type": "Discount Amount", "value": 3, "currency": "USD", "min_qty": 5},
	{"item": "LAMP-C", "rate_type": "Markup on Cost", "value": 33.3},
	{"item": "LAMP-D", "rate_type": "Rate", "value": 7.77, "currency": "USD"},
)


def open_shop(customer_rate: dict | None = None, **matrix) -> str:
	"""Items, their list prices and the active matrix; returns the name of the matrix."""
	if not frappe.db.exists("Price List", PRICE_LIST):
		frappe.get_doc(
			doctype="Price List", price_list_name=PRICE_LIST, currency="CNY", selling=1, enabled=1
		).insert()
	frappe.db.set_value("UOM", "Nos", "must_be_whole_number", 0)
	for code, price in LISTED.items():
		item(code, price)
	doc = frappe.get_doc(doctype="Price Matrix", title=MATRIX, currency="CNY", **matrix).insert()
	for rate in (*RATES, *([customer_rate] if customer_rate else [])):
		frappe.get_doc(doctype="Price Matrix Rate", matrix=doc.name, **rate).insert()
	doc.reload()
	doc.status = "Active"
	doc.save()
	return doc.name


def item(code: str, price: float | None, **values) -> str:
	frappe.get_doc(
		{
			"doctype": "Item",
			"item_code": code,
			"item_group": data.ITEM_GROUPS[1][0],
			"stock_uom": "Nos",
			"is_stock_item": 0,
			"valuation_rate": 12,
			"last_purchase_rate": 12,
			"uoms": [{"uom": "Nos", "conversion_factor": 1}, {"uom": "Box", "conversion_factor": 12}],
			**values,
		}
	).insert()
	frappe.db.set_value("Item", code, "last_purchase_rate", 12)
	if price:
		frappe.get_doc(
			doctype="Item Price", item_code=code, price_list=PRICE_LIST, price_list_rate=price
		).insert()
	return code


def native_rule(**values):
	"""A Pricing Rule of ERPNext for LAMP-A, unless `values` says otherwise."""
	return frappe.get_doc(
		{
			"doctype": "Pricing Rule",
			"title": frappe.generate_hash(length=6),
			"apply_on": "Item Code",
			"items": [{"item_code": "LAMP-A"}],
			"selling": 1,
			"company": data.HOME.name,
			"currency": "CNY",
			**values,
		}
	).insert()


def basket(customer: str, lines: list[tuple], **values) -> Basket:
	"""`lines`: (item, qty, uom)."""
	return Basket(
		**{
			"company": data.HOME.name,
			"customer": customer,
			"date": frappe.utils.getdate(nowdate()),
			"price_list": PRICE_LIST,
			"lines": tuple(
				BasketLine(key=str(place), item_code=code, qty=number(qty), uom=uom)
				for place, (code, qty, uom) in enumerate(lines)
			),
			**values,
		}
	)


def unsaved(doctype: str, customer: str, lines: list[tuple], **values):
	"""A selling document as a program would send it: no price, nothing that ERPNext fills in itself."""
	return frappe.get_doc(as_sent(doctype, customer, lines, **values))


def as_sent(doctype: str, customer: str, lines: list[tuple], **values) -> dict:
	party = {"customer": customer}
	if doctype == "Quotation":
		party = {"quotation_to": "Customer", "party_name": customer}
	head = {"Sales Order": {"delivery_date": nowdate()}, "POS Invoice": _counter_sale()}.get(doctype, {})
	return {
		"doctype": doctype,
		"company": data.HOME.name,
		"selling_price_list": PRICE_LIST,
		"items": [{"item_code": code, "qty": qty, "uom": uom} for code, qty, uom in lines],
		**party,
		**head,
		**values,
	}


def _counter_sale() -> dict:
	"""By POS Invoice, in a shift of today, as version 16 wants it."""
	counter_sales_by_pos_invoice()
	shift = {"pos_profile": data.SHOP, "status": "Open"}
	frappe.db.set_value("POS Opening Entry", shift, "period_start_date", frappe.utils.now_datetime())
	return {
		"is_pos": 1,
		"pos_profile": data.SHOP,
		"payments": [{"mode_of_payment": "Cash", "amount": 100_000}],
	}
