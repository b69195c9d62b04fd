# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The lowest price an item was sold at in the days before, and the document that proves it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import frappe
from frappe.utils import getdate

from crm_ext.profile.figures import BRINGS_REVENUE, IS_SALE

DAYS = 30
"""What the law of the European Union asks for where a price is announced as reduced (Directive 98/6/EC, art. 6a)."""

LONGEST = 3_660


@dataclass(frozen=True, slots=True)
class Lowest:
	"""`rate`: for one stock unit, in company currency, without tax. `document`: (DocType, name), the latest with it."""

	rate: Decimal
	date: date
	document: tuple[str, str]


def lowest_rates(
	items: Collection[str],
	company: str,
	customer: str | None = None,
	days: int = DAYS,
	as_of: date | None = None,
) -> dict[str, Lowest]:
	"""What the items were sold at least, in the `days` that end with `as_of` (today): {item code: Lowest}.

	Submitted invoices of the company count, of one customer or of all; returns, debit notes, opening balances and free
	goods do not. An item that was not sold is left out. One statement.
	"""
	if not items:
		return {}
	until = as_of or getdate()
	rows = frappe.db.sql(
		f"""
		SELECT item_code, rate, day, doctype, document
		FROM (
			SELECT sold.*, ROW_NUMBER() OVER (
				PARTITION BY item_code ORDER BY rate, day DESC, document DESC) AS place
			FROM ({" UNION ALL ".join(_sold(doctype, customer) for doctype in BRINGS_REVENUE)}) sold
		) ranked
		WHERE place = 1
		""",
		{
			"items": tuple(items),
			"company": company,
			"customer": customer,
			"since": until - timedelta(days=min(max(days, 1), LONGEST)),
			"until": until,
		},
		as_dict=True,
	)
	return {
		row.item_code: Lowest(Decimal(str(row.rate)), row.day, (row.doctype, row.document)) for row in rows
	}


def _sold(doctype: str, customer: str | None) -> str:
	"""The lines of one kind of invoice; sales at the counter count by their POS Invoices."""
	return f"""
		SELECT l.item_code, l.base_net_rate / IF(l.conversion_factor > 0, l.conversion_factor, 1) AS rate,
			d.posting_date AS day, '{doctype}' AS doctype, d.name AS document
		FROM `tab{doctype} Item` l
		JOIN `tab{doctype}` d ON d.name = l.parent
		WHERE l.item_code IN %(items)s AND l.is_free_item = 0 AND l.base_net_rate > 0 AND l.qty > 0
			AND d.company = %(company)s AND d.posting_date > %(since)s AND d.posting_date <= %(until)s
			AND {BRINGS_REVENUE[doctype]} AND {IS_SALE[doctype]}
			{"AND d.customer = %(customer)s" if customer else ""}
	"""
