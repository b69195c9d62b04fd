# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The invoices of a time as baskets of numbered items, in temporary tables that only this connection sees.

Numbers instead of names, because grouping and joining by names of 140 characters under a language's rules would take
most of the time. The tables are on disk if they must; what comes into memory is bounded by `PAIRS`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import frappe
from frappe.utils import now_datetime

from crm_ext.constants import ALL_COMPANIES
from crm_ext.profile.figures import BRINGS_REVENUE, IS_SALE
from crm_ext.rows import BATCH

ASSOCIATION = "Item Association"
PAIRS = 100_000
"""So many lines beside lines of the same invoice are counted with one statement, or those of a single item."""

LARGEST = 200
"""An invoice of more items tells nothing of what goes with what, and has as many pairs as thousands of others."""

_COMPANIES, _ITEMS, _INVOICES, _LINES, _FOUND = (
	f"crm_ext_association_{name}" for name in ("companies", "items", "invoices", "lines", "found")
)
_FIGURES = ("together", "support", "confidence", "lift")

# Frappe refuses CREATE and DROP inside a transaction, for they commit it; those of temporary tables do not
_INSIDE_A_TRANSACTION = "SET STATEMENT max_statement_time = 0 FOR"


@dataclass(frozen=True, slots=True)
class ItemCount:
	"""In how many invoices of a company an item is, and beside how many lines of other items it stands there."""

	item: int
	company: int
	invoices: int
	pairs: int


@contextmanager
def baskets(since: date, until: date) -> Iterator[None]:
	"""Have the sales of the days after `since` up to `until` as baskets while the block lasts.

	Returns, debit notes and opening balances are no sales; counter sales count by their POS Invoices. Free goods do not
	count, nor items that cannot be sold any more, nor invoices of more than LARGEST items.
	"""
	_drop()
	try:
		_number(_COMPANIES, "SELECT name FROM `tabCompany` ORDER BY name")
		_number(
			_ITEMS,
			"""SELECT name FROM `tabItem`
			WHERE disabled = 0 AND is_sales_item = 1 AND has_variants = 0 ORDER BY name""",
		)
		_number(_INVOICES, _sales(), {"since": since, "until": until})
		_fill_lines()
		_leave_out_large()
		_temporary(
			f"""CREATE TEMPORARY TABLE {_FOUND} (company INT NOT NULL, item INT NOT NULL, suggested INT NOT NULL,
			{", ".join(f"{figure} DOUBLE NOT NULL" for figure in _FIGURES)})"""
		)
		yield
	finally:
		_drop()


def invoices() -> dict[int, int]:
	"""How many invoices each company has: {number of the company: invoices}."""
	return dict(frappe.db.sql(f"SELECT company, COUNT(*) FROM {_INVOICES} GROUP BY company"))


def item_counts() -> list[ItemCount]:
	"""In the order of the items."""
	rows = frappe.db.sql(
		f"""SELECT item, company, COUNT(*), CAST(SUM(size - 1) AS UNSIGNED)
		FROM (SELECT item, company, COUNT(*) OVER (PARTITION BY invoice) AS size FROM {_LINES}) l
		GROUP BY item, company ORDER BY item, company"""
	)
	return [ItemCount(*row) for row in rows]


def together(first: int, last: int, least: int) -> Sequence[tuple[int, int, int, int]]:
	"""(item, other item, company, invoices with both) of the items from `first` to `last`, where these are `least`."""
	return frappe.db.sql(
		f"""SELECT a.item, b.item, a.company, COUNT(*)
		FROM {_LINES} a FORCE INDEX (item) STRAIGHT_JOIN {_LINES} b ON b.invoice = a.invoice AND b.item <> a.item
		WHERE a.item BETWEEN %s AND %s
		GROUP BY a.item, b.item, a.company HAVING COUNT(*) >= %s""",
		(first, last, least),
	)


def keep(rows: Sequence[Sequence]) -> None:
	"""Note associations: company (0: all), item, suggested item, together, support and confidence in percent, lift."""
	for first in range(0, len(rows), BATCH):
		batch = rows[first : first + BATCH]
		places = ", ".join(["(%s, %s, %s, %s, %s, %s, %s)"] * len(batch))
		frappe.db.sql(f"INSERT INTO {_FOUND} VALUES {places}", [value for row in batch for value in row])


def replace() -> None:
	"""Put the noted associations in the place of those of the night before, to be committed at once.

	Two that do so wait for each other.
	"""
	frappe.db.sql("SELECT name FROM `tabDocType` WHERE name = %s FOR UPDATE", ASSOCIATION)
	frappe.db.delete(ASSOCIATION)
	frappe.db.sql(
		f"""INSERT INTO `tab{ASSOCIATION}`
			(name, creation, modified, owner, modified_by, company, item_code, suggested_item, {", ".join(_FIGURES)})
		SELECT REPLACE(UUID(), '-', ''), %(now)s, %(now)s, %(user)s, %(user)s,
			COALESCE(c.name, %(all)s), a.name, b.name, {", ".join(f"f.{figure}" for figure in _FIGURES)}
		FROM {_FOUND} f
		JOIN {_ITEMS} a ON a.id = f.item
		JOIN {_ITEMS} b ON b.id = f.suggested
		LEFT JOIN {_COMPANIES} c ON c.id = f.company""",
		{"now": now_datetime(), "user": frappe.session.user, "all": ALL_COMPANIES},
	)


def clear() -> None:
	frappe.db.delete(ASSOCIATION)


def _sales() -> str:
	"""The invoices that count, with the number of their company."""
	return " UNION ALL ".join(
		f"""SELECT d.name, '{doctype}' AS doctype, c.id AS company
		FROM `tab{doctype}` d JOIN {_COMPANIES} c ON c.name = d.company
		WHERE {BRINGS_REVENUE[doctype]} AND {IS_SALE[doctype]}
			AND d.posting_date > %(since)s AND d.posting_date <= %(until)s"""
		for doctype in BRINGS_REVENUE
	)


def _fill_lines() -> None:
	"""Each item of each invoice once."""
	_temporary(
		f"""CREATE TEMPORARY TABLE {_LINES} (invoice INT UNSIGNED NOT NULL, item INT UNSIGNED NOT NULL,
		company INT UNSIGNED NOT NULL, PRIMARY KEY (invoice, item), KEY item (item, invoice, company))"""
	)
	for doctype in BRINGS_REVENUE:
		frappe.db.sql(
			f"""INSERT IGNORE INTO {_LINES} (invoice, item, company)
			SELECT d.id, i.id, d.company
			FROM {_INVOICES} d
			STRAIGHT_JOIN `tab{doctype} Item` l ON l.parent = d.name
			STRAIGHT_JOIN {_ITEMS} i ON i.name = l.item_code
			WHERE d.doctype = %s AND l.is_free_item = 0 AND l.qty > 0""",
			doctype,
		)


def _leave_out_large() -> None:
	large = frappe.db.sql(
		f"SELECT invoice FROM {_LINES} GROUP BY invoice HAVING COUNT(*) > %s", LARGEST, pluck=True
	)
	if large:
		frappe.db.sql(f"DELETE FROM {_LINES} WHERE invoice IN %s", (large,))
		frappe.db.sql(f"DELETE FROM {_INVOICES} WHERE id IN %s", (large,))


def _number(table: str, select: str, *values: dict) -> None:
	_temporary(
		f"CREATE TEMPORARY TABLE {table} (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, KEY (name)) {select}",
		*values,
	)


def _drop() -> None:
	for table in (_COMPANIES, _ITEMS, _INVOICES, _LINES, _FOUND):
		_temporary(f"DROP TEMPORARY TABLE IF EXISTS {table}")


def _temporary(statement: str, *values: dict) -> None:
	frappe.db.sql(f"{_INSIDE_A_TRANSACTION} {statement}", *values)
