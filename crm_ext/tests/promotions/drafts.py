# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Sales Promotion documents of each kind that are just complete, on the books of the demo company; not saved yet."""

import frappe

from crm_ext.demo import data

LATHE, OIL, DISC = data.LATHE.code, data.OIL.code, data.DISCS.code


def lines(part: str = "Buy", **values) -> list[dict]:
	return [{"part": part, **values}]


def tier(at_least: float, gives: str = "Discount Percentage", value: float = 5, **values) -> dict:
	return {"at_least": at_least, "gives": gives, "value": value, **values}


COMPLETE = {
	"Volume Discount": {"tiers": [tier(1)]},
	"Graduated Discount": {"tiers": [tier(1)]},
	"Bundle": {"products": lines(item=LATHE) + lines(item=OIL, qty=2), "gives": "Rate", "value": 20_500},
	"Add-On": {
		"products": lines(item=LATHE) + lines(part="Get", item=OIL),
		**{"buy_qty": 1, "get_qty": 1, "gives": "Discount Percentage", "value": 50},
	},
	"Buy X Get Y": {"buy_qty": 3, "get_qty": 1, "gives": "Free"},
	"Mix and Match": {"buy_qty": 3, "gives": "Rate", "value": 2_000},
	"Cheapest Free": {"buy_qty": 3, "get_qty": 1, "gives": "Free"},
	"Order Threshold": {"tiers": [tier(1_000)]},
	"Free Shipping": {"minimum_amount": 500},
}


def draft(kind: str, **values):
	"""A promotion of this kind; `values` replace its fields."""
	own = COMPLETE[kind]
	if kind == "Free Shipping":
		account = {"company": data.HOME.name, "is_group": 0, "root_type": "Income"}
		own = {**own, "shipping_account": frappe.db.get_value("Account", account)}
	return frappe.get_doc(
		{
			"doctype": "Sales Promotion",
			"title": f"Test {kind}",
			"kind": kind,
			"company": data.HOME.name,
			"currency": data.HOME.currency,
			**own,
			**values,
		}
	)
