# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Hundreds of active promotions of every kind in turn, written without their checks, for counting and for clocks."""

from collections.abc import Iterator, Sequence

import frappe

from crm_ext.demo import data
from crm_ext.pricing import compiled
from crm_ext.pricing.promotions.live import WEEKDAYS

TABLES = ("Promotion Item", "Promotion Tier")
SPAN = 3
"""So many products has each."""


def promote(title: str, number: int, *, own: Sequence[str], few: int, others: Sequence[str]) -> None:
	"""So many promotions, a few of them for items of their `own`, the rest for `others`; their names begin with `title`."""
	account = frappe.db.get_value(
		"Account", {"company": data.HOME.name, "is_group": 0, "root_type": "Income"}
	)
	for place in range(number):
		codes = own if place < few else others
		items = [codes[(place * SPAN + step) % len(codes)] for step in range(SPAN)]
		_write(f"{title} {place:04}", _kind(place, items, account))
	compiled.forget()


def drop(title: str) -> None:
	mine = {"parent": ("like", f"{title}%"), "parenttype": "Sales Promotion"}
	for table in TABLES:
		frappe.db.delete(table, mine)
	frappe.db.delete("Sales Promotion", {"name": ("like", f"{title}%")})
	compiled.forget()


def _write(name: str, values: dict) -> None:
	doc = frappe.get_doc(
		{
			"doctype": "Sales Promotion",
			"title": name,
			"status": "Active",
			"version": 1,
			"combination": "Best for the Customer",
			"company": data.HOME.name,
			"currency": data.HOME.currency,
			**dict.fromkeys(WEEKDAYS, 1),
			**values,
		}
	)
	doc.name = name
	for child in doc.get_all_children():
		child.update({"name": frappe.generate_hash(length=10), "parent": name})
		child.db_insert()
	doc.db_insert()


def _kind(number: int, items: Sequence[str], account: str) -> dict:
	kinds = [*_kinds(items, account)]
	return kinds[number % len(kinds)]


def _kinds(items: Sequence[str], account: str) -> Iterator[dict]:
	"""What each kind has of its own, for the same products."""
	products = [{"part": "Buy", "item": item, "qty": 1} for item in items]
	numbered = [{**product, "component": place} for place, product in enumerate(products, 1)]
	reduced = [*products[:2], {**products[2], "part": "Get"}]
	tiers = [{"at_least": least, "gives": "Discount Percentage", "value": least} for least in (3, 7)]
	threshold = [{"at_least": 500, "gives": "Discount Percentage", "value": 2}]
	percent, for_free = {"gives": "Discount Percentage"}, {"gives": "Free"}
	yield {"kind": "Volume Discount", "products": products, "tiers": tiers, "tiers_by": "Quantity"}
	yield {"kind": "Graduated Discount", "products": products, "tiers": tiers}
	yield {"kind": "Bundle", "products": numbered, "value": 8, **percent}
	yield {"kind": "Add-On", "products": reduced, "buy_qty": 1, "get_qty": 1, "value": 30, **percent}
	yield {"kind": "Buy X Get Y", "products": products, "buy_qty": 3, "get_qty": 1, **for_free}
	yield {"kind": "Mix and Match", "products": products, "buy_qty": 3, "gives": "Rate", "value": 120}
	yield {"kind": "Cheapest Free", "products": products, "buy_qty": 4, "get_qty": 1, **for_free}
	yield {"kind": "Order Threshold", "products": products, "tiers": threshold}
	shipping = {"minimum_amount": 500, "shipping_account": account}
	yield {"kind": "Free Shipping", "products": products, **shipping}
