# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What customers bought before: for first orders and for cumulative goals. One statement each.

Money is in company currency, net of returns and without tax; sales at the counter count by their POS Invoices.
"""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

import frappe

from crm_ext.constants import ALL_COMPANIES, COOPERATION_DOCTYPES
from crm_ext.pricing.promotions.periods import Purchases
from crm_ext.profile.figures import BRINGS_REVENUE

_DAY = {"Sales Order": "transaction_date"}


def is_first(customers: Collection[str], company: str) -> set[str]:
	"""Those of the customers of whom no order, delivery or invoice of the company was submitted ("": of any company)."""
	if not customers:
		return set()
	bought = " OR ".join(
		f"EXISTS (SELECT 1 {_documents(doctype, company)})" for doctype in COOPERATION_DOCTYPES
	)
	known = frappe.db.sql(
		f"SELECT c.name FROM `tabCustomer` c WHERE c.name IN %(customers)s AND ({bought})",
		{"customers": tuple(customers), "company": company},
		pluck=True,
	)
	return set(customers) - set(known)


def first_days(customers: Collection[str], company: str) -> dict[str, date]:
	"""The day of the first submitted order, delivery or invoice of each customer who has one: for looking back."""
	if not customers:
		return {}
	days = " UNION ALL ".join(
		f"""SELECT c.name AS customer, MIN(d.{_DAY.get(doctype, "posting_date")}) AS day
		FROM `tabCustomer` c JOIN `tab{doctype}` d ON d.customer = c.name
		WHERE c.name IN %(customers)s AND {_submitted(company)} GROUP BY c.name"""
		for doctype in COOPERATION_DOCTYPES
	)
	return dict(
		frappe.db.sql(
			f"SELECT customer, MIN(day) FROM ({days}) first GROUP BY customer",
			{"customers": tuple(customers), "company": company},
		)
	)


def bought_for(customer: str, company: str, start: date, before: date) -> Decimal:
	"""For how much the customer bought from the company, from `start` on and before the day `before`."""
	return purchases([customer], company, start, before).get(customer, Purchases()).between(start, before)


def purchases(customers: Collection[str], company: str, start: date, before: date) -> dict[str, Purchases]:
	"""What each customer who bought anything bought from the company, day by day, from `start` on and before `before`."""
	if not customers or start >= before:
		return {}
	invoices = " UNION ALL ".join(
		f"""SELECT d.customer, d.posting_date AS day, d.base_net_total AS net
		FROM `tab{doctype}` d
		WHERE d.customer IN %(customers)s AND d.company = %(company)s AND {counts}
			AND d.posting_date >= %(start)s AND d.posting_date < %(before)s"""
		for doctype, counts in BRINGS_REVENUE.items()
	)
	amounts: dict[str, list[tuple[date, Decimal]]] = {}
	for customer, day, net in frappe.db.sql(
		f"""SELECT customer, day, CAST(SUM(net) AS CHAR)
		FROM ({invoices}) invoices GROUP BY customer, day""",
		{"customers": tuple(customers), "company": company, "start": start, "before": before},
	):
		amounts.setdefault(customer, []).append((day, Decimal(net)))
	return {customer: Purchases.of(days) for customer, days in amounts.items()}


def _documents(doctype: str, company: str) -> str:
	return f"FROM `tab{doctype}` d WHERE d.customer = c.name AND {_submitted(company)}"


def _submitted(company: str) -> str:
	return "d.docstatus = 1" + ("" if company == ALL_COMPANIES else " AND d.company = %(company)s")
