# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""An invented shop for the benchmarks of prices: items with a list price, customers, an order. Their names begin with a title."""

from collections.abc import Callable, Sequence

import frappe
from frappe.utils import nowdate

from crm_ext.demo import data
from crm_ext.profile.service import refresh
from crm_ext.rows import insert_rows


def item_code(title: str, place: int) -> str:
	return f"{title} {place:05}"


def item_codes(title: str, number: int) -> list[str]:
	return [item_code(title, place) for place in range(number)]


def lines_of(title: str, number: int, step: float) -> list[dict]:
	"""Lines of the first items, with seven different quantities."""
	return [
		{"item_code": code, "qty": 1 + place % 7 * step}
		for place, code in enumerate(item_codes(title, number))
	]


def make_items(title: str, codes: Sequence[str], price: Callable[[int], float]) -> None:
	"""The items, and the price list of the title with their prices, by their places."""
	group, uom, currency = frappe.db.get_value("Item Group", {"is_group": 0}), "Nos", data.HOME.currency
	insert_rows(
		"Item",
		("item_code", "item_name", "item_group", "stock_uom", "is_sales_item"),
		[(code, code, group, uom, 1) for code in codes],
		names=codes,
	)
	insert_rows(
		"UOM Conversion Detail",
		("parent", "parenttype", "parentfield", "uom", "conversion_factor"),
		[(code, "Item", "uoms", uom, 1) for code in codes],
	)
	frappe.get_doc(
		doctype="Price List", price_list_name=title, currency=currency, selling=1, enabled=1
	).insert()
	insert_rows(
		"Item Price",
		("item_code", "price_list", "price_list_rate", "currency", "selling", "uom"),
		[(code, title, price(place), currency, 1, uom) for place, code in enumerate(codes)],
	)


def make_customer(title: str, name: str) -> None:
	"""A customer with a profile, as all have but those of the last minutes."""
	frappe.get_doc(
		doctype="Customer",
		customer_name=name,
		default_price_list=title,
		customer_group=frappe.db.get_value("Customer Group", {"is_group": 0}),
		territory=frappe.db.get_value("Territory", {"is_group": 0}),
	).insert()
	refresh([name])


def insert_order(title: str, lines: list[dict]) -> None:
	"""A Sales Order of the customer of the title."""
	frappe.get_doc(
		doctype="Sales Order",
		customer=title,
		company=data.HOME.name,
		selling_price_list=title,
		delivery_date=nowdate(),
		items=lines,
	).insert()


def delete_all(title: str) -> None:
	mine = f"{title}%"
	frappe.db.delete("Item Price", {"price_list": title})
	frappe.db.delete("UOM Conversion Detail", {"parent": ("like", mine)})
	for doctype in ("Customer Profile", "Customer Tag Assignment"):
		frappe.db.delete(doctype, {"customer": ("like", mine)})
	for doctype in ("Item", "Customer", "Price List"):
		frappe.db.delete(doctype, {"name": ("like", mine)})
	frappe.db.commit()
	frappe.clear_cache()
