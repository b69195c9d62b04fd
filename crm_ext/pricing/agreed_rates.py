# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The prices of the lines that lines were made from, as they are now."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import frappe

from crm_ext.pricing.agreed import Source
from crm_ext.pricing.store import number


@dataclass(frozen=True, slots=True)
class AgreedRate:
	"""Rates are in `currency` for one `uom`; of `factor` stock units. `customer` is empty for a quotation to a Lead."""

	document: str
	customer: str
	item_code: str
	currency: str
	uom: str
	factor: Decimal
	rate: Decimal
	net_rate: Decimal


def agreed_rates(sources: Iterable[Source]) -> dict[Source, AgreedRate]:
	"""What was agreed in the submitted ones of these lines. One statement, whatever they are lines of."""
	of: dict[tuple[str, str], list[Source]] = {}
	rows: dict[str, list[str]] = {}
	for source in sources:
		of.setdefault((source.doctype, source.row), []).append(source)
		rows.setdefault(source.doctype, []).append(source.row)
	if not rows:
		return {}
	found = frappe.db.sql(
		" UNION ALL ".join(
			f"""SELECT '{doctype}', s.name, d.name, {_customer_of(doctype)},
				s.item_code, d.currency, s.uom, s.conversion_factor, s.rate, s.net_rate
			FROM `tab{doctype} Item` s JOIN `tab{doctype}` d ON d.name = s.parent
			WHERE s.name IN %s AND s.docstatus = 1"""
			for doctype in rows
		),
		[tuple(names) for names in rows.values()],
	)
	return {
		source: AgreedRate(
			document, customer, item, currency, uom, number(factor or 1), number(rate), number(net_rate)
		)
		for doctype, row, document, customer, item, currency, uom, factor, rate, net_rate in found
		for source in of[doctype, row]
	}


def _customer_of(doctype: str) -> str:
	return "IF(d.quotation_to = 'Customer', d.party_name, '')" if doctype == "Quotation" else "d.customer"
