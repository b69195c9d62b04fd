# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What a company sold, line by line, with all that the price of a line depends on, so that it can be priced anew.

The price of a line was agreed in its *deal*: the Sales Order it came from, else the invoice itself. The deal gives the
day, the quantity and the circumstances. Sales at the counter count by their POS Invoices, not once more consolidated.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal

import frappe
from frappe.utils import get_time

from crm_ext.pricing.store import number
from crm_ext.profile.figures import BRINGS_REVENUE, IS_SALE

DAYS_AT_ONCE = 7

ORIGIN = {"Sales Invoice": "sales_invoice_item", "POS Invoice": "pos_invoice_item"}
"""Which field of a returned line names the line it was sold with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
	"""Where and when prices were agreed; an empty `currency` or list is the company's or the customer's own.

	`time` is in site time: when an invoice was posted, or an order entered.
	"""

	doctype: str
	name: str
	customer: str
	date: date
	currency: str
	price_list: str
	conversion_rate: Decimal
	plc_conversion_rate: Decimal
	pos_profile: str
	branch: str
	territory: str
	sales_channel: str
	payment_terms: str
	sales_partner: str
	time: time


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldLine:
	"""One line of an invoice. Rates are in the document's currency for one `uom`, the amounts in company currency.

	`key` is the line's own in its deal, `agreed_qty` the quantity agreed there. `rate` is what was sold at, `net_rate` the
	same without tax and after the discount of the document, `list_rate` what discounts were taken from. `cost` is of one
	stock unit, None where the invoice has none. `ruled`: Pricing Rules of ERPNext acted on it.
	"""

	doctype: str
	document: str
	row: str
	day: date
	deal: Deal
	key: str
	item_code: str
	uom: str
	factor: Decimal
	batch_no: str
	qty: Decimal
	agreed_qty: Decimal
	list_rate: Decimal
	rate: Decimal
	net_rate: Decimal
	exchange_rate: Decimal
	cost: Decimal | None
	ruled: bool
	kept: str
	"""Why its price would not have changed, whatever the rules: see KEPT; empty if it would."""

	@property
	def sold(self) -> Decimal:
		return self.qty * self.net_rate * self.exchange_rate


KEPT = {
	"locked": "Price locked by the user",
	"blanket": "Price of a blanket order",
	"switched off": "Automatic prices switched off (Ignore Pricing Rule)",
	"correction": "Debit note",
	"internal": "Sold to a company of one's own",
}
_KEPT = """CASE
	WHEN {correction} THEN 'correction' WHEN {internal} THEN 'internal' WHEN d.ignore_pricing_rule = 1 THEN 'switched off'
	WHEN l.crm_ext_price_locked = 1 THEN 'locked' WHEN soi.blanket_order > '' THEN 'blanket' ELSE '' END"""


def sold_lines(company: str, since: date, until: date, only: dict | None = None) -> Iterator[list[SoldLine]]:
	"""The lines of the sales from `since` to `until`, a week at a time; `only`: {customer} or {item_code}.

	Free goods and lines without a price are left out, returns too: see `returned`.
	"""
	day = since
	while day <= until:
		last = min(day + timedelta(days=DAYS_AT_ONCE - 1), until)
		yield _read(company, day, last, only or {})
		day = last + timedelta(days=1)


def weeks(since: date, until: date) -> int:
	"""How many lists `sold_lines` yields."""
	return -(-((until - since).days + 1) // DAYS_AT_ONCE)


def returned(company: str, since: date) -> dict[tuple[str, str], Decimal]:
	"""How much came back of each line since then: {(DocType, row): quantity}."""
	found: dict[tuple[str, str], Decimal] = {}
	for doctype, origin in ORIGIN.items():
		for row, qty in frappe.db.sql(
			f"""SELECT l.{origin}, -SUM(l.qty)
			FROM `tab{doctype}` d JOIN `tab{doctype} Item` l ON l.parent = d.name
			WHERE d.company = %(company)s AND d.posting_date >= %(since)s AND d.is_return = 1
				AND {BRINGS_REVENUE[doctype]} AND l.{origin} > ''
			GROUP BY l.{origin}""",
			{"company": company, "since": since},
		):
			found[doctype, row] = Decimal(str(qty))
	return found


def _read(company: str, since: date, until: date, only: dict) -> list[SoldLine]:
	rows = frappe.db.sql(
		" UNION ALL ".join(_select(doctype, only) for doctype in BRINGS_REVENUE)
		+ " ORDER BY day, document, idx",
		{"company": company, "since": since, "until": until, **only},
		as_dict=True,
	)
	deals: dict[tuple[str, str], Deal] = {}
	return [_line(row, deals) for row in rows]


_OF_DEAL = (
	("customer", "d.customer"),
	("currency", "d.currency"),
	("price_list", "d.selling_price_list"),
	("conversion_rate", "d.conversion_rate"),
	("plc_conversion_rate", "d.plc_conversion_rate"),
	("pos_profile", "d.pos_profile"),
	("branch", "d.crm_ext_branch"),
	("territory", "d.territory"),
	("sales_channel", "d.crm_ext_sales_channel"),
	("payment_terms", "d.payment_terms_template"),
	("sales_partner", "d.sales_partner"),
	("time", "d.posting_time"),
)
_IN_ORDER = {"pos_profile": "so.crm_ext_pos_profile", "time": "TIME(so.creation)"}


def _select(doctype: str, only: dict) -> str:
	"""The lines of one kind of invoice between two days. An order in other units or currency is no deal for them."""
	deal = ", ".join(
		f"IF(so.name IS NULL, {column}, {_IN_ORDER.get(name, column.replace('d.', 'so.'))}) AS {name}"
		for name, column in _OF_DEAL
	)
	has_cost = doctype == "Sales Invoice"
	kept = _KEPT.format(
		correction=f"NOT ({IS_SALE[doctype]})", internal="d.is_internal_customer = 1" if has_cost else "FALSE"
	)
	return f"""
		SELECT '{doctype}' AS doctype, d.name AS document, l.name AS row_name, l.idx, d.posting_date AS day,
			IF(so.name IS NULL, '{doctype}', 'Sales Order') AS deal_doctype, COALESCE(so.name, d.name) AS deal,
			COALESCE(so.transaction_date, d.posting_date) AS date, {deal},
			IF(so.name IS NULL, l.name, soi.name) AS line_key, IF(so.name IS NULL, l.qty, soi.qty) AS agreed_qty,
			l.item_code, l.uom, l.conversion_factor, l.batch_no, l.qty, l.price_list_rate, l.rate, l.net_rate,
			COALESCE(l.pricing_rules, '') NOT IN ('', '[]') AS ruled,
			d.conversion_rate AS exchange_rate, {"l.incoming_rate" if has_cost else "0"} AS cost, {kept} AS kept
		FROM `tab{doctype}` d
		JOIN `tab{doctype} Item` l ON l.parent = d.name
		LEFT JOIN `tabSales Order Item` soi ON soi.name = l.so_detail
			AND soi.item_code = l.item_code AND soi.uom = l.uom AND soi.docstatus = 1
		LEFT JOIN `tabSales Order` so ON so.name = soi.parent
			AND so.customer = d.customer AND so.currency = d.currency
		WHERE d.company = %(company)s AND d.posting_date >= %(since)s AND d.posting_date <= %(until)s
			AND {BRINGS_REVENUE[doctype]} AND d.is_return = 0
			AND l.item_code > '' AND l.is_free_item = 0 AND l.qty > 0 AND l.net_rate > 0
			{"AND d.customer = %(customer)s" if only.get("customer") else ""}
			{"AND l.item_code = %(item_code)s" if only.get("item_code") else ""}
	"""


def _line(row: dict, deals: dict[tuple[str, str], Deal]) -> SoldLine:
	key = (row.deal_doctype, row.deal)
	if key not in deals:
		deals[key] = Deal(
			doctype=row.deal_doctype,
			name=row.deal,
			date=row.date,
			**{name: _value(name, row[name]) for name, _column in _OF_DEAL},
		)
	return SoldLine(
		doctype=row.doctype,
		document=row.document,
		row=row.row_name,
		day=row.day,
		deal=deals[key],
		key=row.line_key,
		item_code=row.item_code,
		uom=row.uom or "",
		factor=number(row.conversion_factor) or Decimal(1),
		batch_no=row.batch_no or "",
		qty=number(row.qty),
		agreed_qty=number(row.agreed_qty),
		list_rate=number(row.price_list_rate),
		rate=number(row.rate),
		net_rate=number(row.net_rate),
		exchange_rate=number(row.exchange_rate) or Decimal(1),
		cost=number(row.cost) if row.cost and row.cost > 0 else None,
		ruled=bool(row.ruled),
		kept=row.kept,
	)


def _value(name: str, value: object) -> object:
	if name == "time":
		return get_time(value) if value is not None else time.min
	return number(value) if name.endswith("conversion_rate") else value or ""
