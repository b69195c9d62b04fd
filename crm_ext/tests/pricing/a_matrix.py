# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""A Price Matrix with a few rates, in any status, for those tests that only need prices to differ."""

import frappe

from crm_ext.demo import data
from crm_ext.pricing import compiled

_FAMILIES = {
	"item_key": ("item", "brand", "item_group"),
	"customer_key": ("customer", "customer_tag", "customer_group"),
	"place_key": ("pos_profile", "branch", "territory", "sales_channel"),
}
_MEANS = {"Discount": "Discount Percentage"}


def matrix(title: str, *rates: dict, status: str = "Draft", **values) -> str:
	"""`matrix("Spring", {"item": code, "Rate": 90}, …)`: each rate names what it is for, and what it gives."""
	doc = frappe.get_doc(
		{
			"doctype": "Price Matrix",
			"title": title,
			"company": data.HOME.name,
			"currency": data.HOME.currency,
			"quantity_breaks": "Volume",
			"sum_equal_items": 1,
			**values,
		}
	).insert()
	for rate in rates:
		_rate(doc.name, rate).db_insert()
	put = {"status": status, "rate_count": len(rates), "rates_version": 1}
	frappe.db.set_value("Price Matrix", doc.name, put)
	compiled.forget()
	return doc.name


def _rate(matrix: str, given: dict):
	kind, value = next(
		(name, given[name]) for name in ("Rate", "Discount", "Markup on Cost") if name in given
	)
	row = {name: given[name] for name in given if name != kind}
	keys = {
		key: next((f"{frappe.unscrub(name)}:{row[name]}" for name in family if name in row), "")
		for key, family in _FAMILIES.items()
	}
	if row.get("pos_profile"):
		keys["place_key"] = f"POS Profile:{row['pos_profile']}"
	return frappe.get_doc(
		doctype="Price Matrix Rate",
		name=frappe.generate_hash(length=10),
		matrix=matrix,
		rate_type=_MEANS.get(kind, kind),
		value=value,
		rate_key=frappe.generate_hash(length=40),
		**keys,
		**row,
	)
