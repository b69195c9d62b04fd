# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""All SQL of redemptions: the uses of promotions by documents.

Rows are found first and then changed by their names: nothing is locked that belongs to another document.
"""

from collections.abc import Collection, Sequence
from decimal import Decimal

import frappe
from frappe.utils import now_datetime

from crm_ext.pricing.promotions.claiming import Claim
from crm_ext.pricing.promotions.origins import Origin
from crm_ext.rows import insert_rows

REDEMPTION = "Promotion Redemption"
RESERVED, REDEEMED, RELEASED = "Reserved", "Redeemed", "Released"

_COLUMNS = (
	*("promotion", "coupon", "status", "customer", "company", "reference_doctype", "reference_name"),
	*("currency", "discount", "charged", "exchange", "redeemed_at", "version"),
)
_INVOICED_BY = {"Sales Order": "sales_order", "Delivery Note": "delivery_note"}
"""The documents that invoices are made from, and the field of a line that names them."""


def insert(doc, claims: Sequence[Claim], status: str) -> None:
	"""Enter the uses of a document that is being submitted."""
	currency = frappe.get_cached_value("Company", doc.company, "default_currency")
	at = now_datetime() if status == REDEEMED else None
	rows = [
		(
			*(claim.promotion, claim.coupon or None, status, claim.customer, doc.company),
			*(doc.doctype, doc.name, currency, claim.discount, claim.charge, claim.exchange, at),
			claim.live.version,
		)
		for claim in claims
	]
	insert_rows(REDEMPTION, _COLUMNS, rows)


def of_documents(origins: Collection[Origin], status: Sequence[str] = (RESERVED, REDEEMED)) -> list[dict]:
	"""The uses of documents that have one of these states."""
	if not origins:
		return []
	return frappe.db.sql(
		f"""SELECT name, promotion, coupon, status, customer, company, reference_doctype, reference_name, discount,
			charged, exchange
		FROM `tab{REDEMPTION}`
		WHERE (reference_doctype, reference_name) IN %s AND status IN %s ORDER BY name""",
		(tuple(tuple(origin) for origin in origins), tuple(status)),
		as_dict=True,
	)


def set_status(names: Collection[str], status: str, before: Sequence[str]) -> None:
	"""Have uses go from one of the states before to another."""
	at = now_datetime()
	frappe.db.sql(
		f"""UPDATE `tab{REDEMPTION}` SET status = %s, redeemed_at = %s, modified = %s
		WHERE name IN %s AND status IN %s""",
		(status, at if status == REDEEMED else None, at, tuple(names), tuple(before)),
	)


def give_back(name: str, discount: Decimal, charge: Decimal) -> None:
	"""Deduct from a use what a return gives back, in company currency and in that of the promotion; negative: add it."""
	frappe.db.sql(
		f"""UPDATE `tab{REDEMPTION}` SET discount = discount - %s, charged = charged - %s, modified = %s
		WHERE name = %s""",
		(discount, charge, now_datetime(), name),
	)


def still_invoiced(origins: Collection[Origin], but: Origin) -> set[Origin]:
	"""The documents of which there is a submitted invoice other than this one."""
	found: set[Origin] = set()
	for doctype, field in _INVOICED_BY.items():
		names = tuple(origin.name for origin in origins if origin.doctype == doctype)
		if not names:
			continue
		invoices = " UNION ".join(
			f"""SELECT line.{field} FROM `tab{invoice} Item` line JOIN `tab{invoice}` d ON d.name = line.parent
			WHERE line.{field} IN %(names)s AND d.docstatus = 1 AND d.is_return = 0
				AND NOT ('{invoice}' = %(doctype)s AND d.name = %(name)s)"""
			for invoice in ("Sales Invoice", "POS Invoice")
		)
		rows = frappe.db.sql(invoices, {"names": names, "doctype": but.doctype, "name": but.name})
		found |= {Origin(doctype, name) for (name,) in rows}
	return found


def forget(doctype: str, name: str) -> None:
	"""Delete the uses of a document that is deleted."""
	frappe.db.delete(REDEMPTION, {"reference_doctype": doctype, "reference_name": name})
