# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Documents that use promotions, and what is counted of them."""

from decimal import Decimal

import frappe

from crm_ext.pricing.promotions.usage import NOTHING, Key, Used, read
from crm_ext.tests.pricing.shop import unsaved
from crm_ext.tests.promotions.running import offer

PRICE = 88.8
"""What a LAMP-A costs before promotions."""


def ten_percent(**values) -> str:
	"""An active promotion: 10 % off LAMP-A."""
	tiers = [{"at_least": 1, "gives": "Discount Percentage", "value": 10}]
	return offer("Volume Discount", products=[{"item": "LAMP-A"}], tiers=tiers, **values)


def submitted(doctype: str, customer: str, lines=(("LAMP-A", 1, "Nos"),), **values):
	doc = unsaved(doctype, customer, list(lines), **values)
	doc.insert()
	doc.submit()
	return doc


def counted(promotion: str, customer: str = "", coupon: str = "") -> Used:
	key = Key(promotion, customer, coupon)
	return read([key]).get(key, NOTHING)


def uses_of(promotion: str) -> list[tuple]:
	"""(document, status, discount, charged) of its uses, the first one first."""
	rows = frappe.get_all(
		"Promotion Redemption",
		{"promotion": promotion},
		["reference_name", "status", "discount", "charged"],
		order_by="creation, name",
	)
	return [(row.reference_name, row.status, round(row.discount, 2), round(row.charged, 2)) for row in rows]


def coupon(promotion: str, code: str = "LAMP-CODE", **batch) -> str:
	"""A public code for a promotion; `batch` replaces fields of its batch. Returns the code."""
	own = {"title": f"Batch {frappe.generate_hash(length=6)}", "kind": "Public Code", "public_code": code}
	frappe.get_doc(
		{"doctype": "Coupon Batch", "promotion": promotion, "currency": "CNY", **own, **batch}
	).insert()
	return code


def money(amount: float) -> Decimal:
	return Decimal(str(amount))
