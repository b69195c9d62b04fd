# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Rows of Promotion Sale and Promotion Redemption as they stand after documents were submitted, for tests of figures."""

from datetime import date

import frappe

from crm_ext.demo import data
from crm_ext.tests.pricing.people import person


def promotion(title: str, *, status: str = "Active", **values) -> str:
	"""A Sales Promotion in any status, without the way there."""
	doc = frappe.get_doc(
		{
			"doctype": "Sales Promotion",
			"title": title,
			"kind": "Volume Discount",
			"currency": data.HOME.currency,
			"company": data.HOME.name,
			"tiers": [{"at_least": 1, "gives": "Discount Percentage", "value": 10}],
			**values,
		}
	).insert()
	if status != "Draft":
		doc.db_set("status", status)
	return doc.name


def sale(promotion: str, customer: str, day: date, revenue: float, discount: float, **values) -> str:
	"""One promoted line of an invoice of its own; returns the name that the invoice would have."""
	company = values.get("company", data.HOME.name)
	invoice = values.get("reference_name") or f"TEST-{frappe.generate_hash(length=8)}"
	_insert(
		"Promotion Sale",
		promotion=promotion,
		customer=customer,
		posting_date=day,
		currency=next(one.currency for one in data.COMPANIES if one.name == company),
		revenue=revenue,
		discount=discount,
		stock_qty=1,
		**{
			"company": company,
			"reference_doctype": "Sales Invoice",
			"reference_name": invoice,
			"row": frappe.generate_hash(length=10),
			"item_code": data.VISIT.code,
			**values,
		},
	)
	return invoice


def redemption(
	promotion: str, customer: str, discount: float = 0, status: str = "Redeemed", **values
) -> None:
	_insert(
		"Promotion Redemption",
		promotion=promotion,
		customer=customer,
		discount=discount,
		status=status,
		**{
			"company": data.HOME.name,
			"reference_doctype": "Sales Invoice",
			"reference_name": f"TEST-{frappe.generate_hash(length=8)}",
			**values,
		},
	)


def used(promotion: str, uses: int = 0, customers: int = 0, amount: float = 0) -> None:
	"""What is counted against the limits of a promotion."""
	_insert(
		"Promotion Usage",
		promotion=promotion,
		coupon="",
		customer="",
		uses=uses,
		customers=customers,
		amount=amount,
	)


def seller() -> str:
	"""A Sales User who has never asked before, for Redis remembers what people may read."""
	return person(f"Seller {frappe.generate_hash(length=6)}", "Sales User")


def manager_of(only: str = "", allow: str = "Customer") -> str:
	"""A Sales Manager who has never asked before; `only`: restricted to it."""
	user = person(f"Manager {frappe.generate_hash(length=6)}", "Sales Manager", "Sales User")
	if only:
		frappe.get_doc(doctype="User Permission", user=user, allow=allow, for_value=only).insert()
	return user


def _insert(doctype: str, **values) -> None:
	frappe.get_doc(doctype=doctype, name=frappe.generate_hash(length=10), **values).db_insert()
