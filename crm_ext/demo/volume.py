# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""A site of any size for measuring: customers and documents by set-based SQL, the same at every run.

Everything that looks random is a hash of the row's number. Not for a site with real data: what is written here
goes past ERPNext's own validation and has no accounting behind it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import frappe
from frappe.utils import getdate, nowdate

from crm_ext.demo import data, masters

PREFIX = "Seed "
CHUNK = 100_000

LINES = 3
"""Lines of each invoice."""

Progress = Callable[[str, int, int], None]
"""Told (table, rows done, of)."""

Columns = dict[str, str]
"""Column → SQL expression over `n`, the number of the row."""


class AlreadySeeded(frappe.ValidationError):
	"""The site has seed customers already."""


@dataclass(frozen=True, slots=True)
class Volume:
	"""How much to write. What is not asked for follows from the invoices and customers."""

	customers: int
	invoices: int

	@property
	def orders(self) -> int:
		return self.invoices // 5

	@property
	def deliveries(self) -> int:
		return self.invoices // 5

	@property
	def counter_sales(self) -> int:
		return self.invoices // 50

	@property
	def issues(self) -> int:
		return self.customers // 2

	@property
	def communications(self) -> int:
		return self.customers


def seed(volume: Volume, progress: Progress | None = None) -> None:
	"""Fill the site and commit, table by table. Raises AlreadySeeded."""
	if frappe.db.exists("Customer", f"{PREFIX}0000001"):
		raise AlreadySeeded("This site holds seed customers already. Use a new one.")
	if not frappe.db.a_row_exists("Company"):
		masters.run_setup_wizard(getdate(nowdate()))
	masters.make_masters(getdate(nowdate()))
	frappe.db.commit()
	tell = progress or (lambda table, done, of: None)
	filled = list(tables(volume, getdate(nowdate())))
	frappe.db.sql("SET SESSION unique_checks = 0, foreign_key_checks = 0")
	try:
		for table, count, columns in filled:
			_fill(table, count, columns, tell)
	finally:
		frappe.db.sql("SET SESSION unique_checks = 1, foreign_key_checks = 1")
	for table in dict.fromkeys(table for table, _, _ in filled):
		frappe.db.sql(f"ANALYZE TABLE `tab{table}`")
	frappe.clear_cache()


def _fill(table: str, count: int, columns: Columns, tell: Progress):
	"""INSERT … SELECT over numbers 1 to `count`, in portions that fit the undo log."""
	names = ", ".join(f"`{column}`" for column in columns)
	values = ", ".join(columns.values())
	for first in range(1, count + 1, CHUNK):
		last = min(first + CHUNK - 1, count)
		# The numbers are ours; MariaDB's sequence tables take no parameters.
		frappe.db.sql(
			f"INSERT INTO `tab{table}` ({names}) SELECT {values} FROM (SELECT seq AS n FROM seq_{first}_to_{last}) s"
		)
		frappe.db.commit()
		tell(table, last, count)


def _hash(salt: str, number: str = "n") -> str:
	"""A number from 0 to below 1 that depends on the row's number and the salt only.

	Not CRC32: it is linear, so that two salts would not be independent of each other.
	"""
	return f"(CONV(LEFT(MD5(CONCAT('{salt}', {number})), 8), 16, 10) / 4294967296)"


def _one_of(values: tuple[str, ...], chance: str) -> str:
	listed = ", ".join(frappe.db.escape(value) for value in values)
	return f"ELT(1 + FLOOR({chance} * {len(values)}), {listed})"


def _name(prefix: str, number: str = "n", digits: int = 9) -> str:
	return f"CONCAT('{prefix}', LPAD({number}, {digits}, '0'))"


def _common(today: date) -> Columns:
	now = f"'{today} 06:00:00'"
	return {"creation": now, "modified": now, "owner": "'Administrator'", "modified_by": "'Administrator'"}


def tables(volume: Volume, today: date) -> Iterator[tuple[str, int, Columns]]:
	"""(DocType, how many rows, their columns), in the order of writing."""
	common = _common(today)
	yield "Customer", volume.customers, {**common, **_customer()}
	document = Document(volume.customers, today)
	yield "Sales Invoice", volume.invoices, {**common, **document.sales_invoice()}
	yield (
		"Sales Invoice Item",
		volume.invoices * LINES,
		{**common, **document.invoice_line("Sales Invoice", LINES)},
	)
	yield "Sales Order", volume.orders, {**common, **document.order()}
	yield "Delivery Note", volume.deliveries, {**common, **document.delivery()}
	yield "POS Invoice", volume.counter_sales, {**common, **document.counter_sale()}
	yield "POS Invoice Item", volume.counter_sales, {**common, **document.invoice_line("POS Invoice", 1)}
	yield "Issue", volume.issues, {**common, **document.issue()}
	yield "Communication", volume.communications, {**common, **document.communication()}


def _customer() -> Columns:
	groups = tuple(name for name, parent in data.CUSTOMER_GROUPS if parent)
	territories = tuple(name for name, _ in data.TERRITORIES if name != "Home Market")
	return {
		"name": _name(PREFIX, digits=7),
		"customer_name": _name(PREFIX, digits=7),
		"naming_series": "'CUST-.YYYY.-'",
		"customer_type": "'Company'",
		"customer_group": _one_of(groups, _hash("group")),
		"territory": _one_of(territories, _hash("territory")),
		"industry": "'Manufacturing'",
		"language": "'en'",
	}


class Document:
	"""The columns of each document: a few customers buy much, some never, most of it in the last two years."""

	def __init__(self, customers: int, today: date):
		self.customers = customers
		self.today = today

	def customer(self, salt: str) -> str:
		"""Skewed towards low numbers; the last tenth never appears."""
		return _name(PREFIX, f"1 + FLOOR(POW({_hash(salt)}, 1.5) * {self.customers} * 0.9)", 7)

	def day(self, salt: str, number: str = "n") -> str:
		"""Four in five within two years, the others within the four years before today."""
		age = f"IF({_hash(salt + 'old', number)} < 0.8, 0, 730) + FLOOR({_hash(salt + 'day', number)} * 730)"
		return f"(DATE '{self.today}' - INTERVAL ({age}) DAY)"

	def company(self, salt: str, number: str = "n") -> str:
		home, pacific = (frappe.db.escape(company.name) for company in data.COMPANIES)
		return f"IF({_hash(salt + 'company', number)} < 0.85, {home}, {pacific})"

	def currency(self, salt: str) -> str:
		return f"IF({_hash(salt + 'company')} < 0.85, '{data.HOME.currency}', '{data.PACIFIC.currency}')"

	def is_return(self, doctype: str, invoice: str = "n") -> str:
		return f"({_hash(doctype + 'return', invoice)} < 0.03)"

	def amount(self, doctype: str, invoice: str, line: str) -> str:
		"""Net amount of a line, 10.00 to 5,000.00, ten times as much on every tenth invoice, negative if returned."""
		number = f"{invoice}, '-', {line}"
		size = f"10 + ROUND({_hash(doctype + 'amount', number)} * 4990, 2)"
		sign = f"IF({self.is_return(doctype, invoice)}, -1, 1)"
		return f"({sign} * ({size}) * IF({_hash(doctype + 'big', invoice)} < 0.1, 10, 1))"

	def net(self, doctype: str, lines: int) -> str:
		return "(" + " + ".join(self.amount(doctype, "n", str(line)) for line in range(1, lines + 1)) + ")"

	def sales_invoice(self) -> Columns:
		doctype = "Sales Invoice"
		day, net = self.day(doctype), self.net(doctype, LINES)
		unpaid = f"{day} > DATE '{self.today}' - INTERVAL 180 DAY AND {_hash('unpaid')} < 0.2"
		return {
			**self.invoice(doctype, "SEED-SINV-", LINES),
			"due_date": f"{day} + INTERVAL 30 DAY",
			"outstanding_amount": f"IF({unpaid} AND NOT {self.is_return(doctype)}, {net}, 0)",
			"status": f"IF({unpaid}, 'Unpaid', 'Paid')",
		}

	def counter_sale(self) -> Columns:
		return {**self.invoice("POS Invoice", "SEED-PSINV-", 1), "is_pos": "1", "status": "'Paid'"}

	def invoice(self, doctype: str, prefix: str, lines: int) -> Columns:
		net = self.net(doctype, lines)
		return {
			"name": _name(prefix),
			"docstatus": f"IF({_hash(doctype + 'cancelled')} < 0.02, 2, 1)",
			"customer": self.customer(doctype),
			"company": self.company(doctype),
			"currency": self.currency(doctype),
			"party_account_currency": self.currency(doctype),
			"conversion_rate": "1",
			"posting_date": self.day(doctype),
			"is_opening": "'No'",
			"is_return": self.is_return(doctype),
			**dict.fromkeys(("net_total", "base_net_total", "grand_total", "base_grand_total"), net),
		}

	def invoice_line(self, doctype: str, lines: int) -> Columns:
		"""Numbered through: line `n` belongs to invoice ⌈n / lines⌉."""
		invoice, line = f"(1 + FLOOR((n - 1) / {lines}))", f"(1 + (n - 1) % {lines})"
		prefix = "SEED-SINV-" if doctype == "Sales Invoice" else "SEED-PSINV-"
		amount = self.amount(doctype, invoice, line)
		valuation = {"incoming_rate": f"IF({_hash('valued')} < 0.7, ABS({amount}) * 0.6, 0)"}
		pick = _hash(doctype + "item")
		returned = f"IF({self.is_return(doctype, invoice)}, -1, 1)"
		return {
			"name": _name(f"{prefix}L"),
			"docstatus": f"IF({_hash(doctype + 'cancelled', invoice)} < 0.02, 2, 1)",
			"parent": _name(prefix, invoice),
			"parenttype": f"'{doctype}'",
			"parentfield": "'items'",
			"idx": line,
			"item_code": _one_of(tuple(item.code for item in data.ITEMS), pick),
			"item_name": _one_of(tuple(item.name for item in data.ITEMS), pick),
			"item_group": _one_of(tuple(item.group for item in data.ITEMS), pick),
			"qty": returned,
			"stock_qty": returned,
			**dict.fromkeys(("rate", "base_net_rate"), f"ABS({amount})"),
			**dict.fromkeys(("amount", "base_amount", "net_amount", "base_net_amount"), amount),
			**(valuation if doctype == "Sales Invoice" else {}),
		}

	def order(self) -> Columns:
		return {
			"name": _name("SEED-SO-"),
			"docstatus": "1",
			"customer": self.customer("order"),
			"company": self.company("order"),
			"currency": self.currency("order"),
			"transaction_date": self.day("order"),
			"base_net_total": f"ROUND({_hash('ordered')} * 10000, 2)",
			"status": "'Completed'",
		}

	def delivery(self) -> Columns:
		return {
			"name": _name("SEED-DN-"),
			"docstatus": "1",
			"customer": self.customer("delivery"),
			"company": self.company("delivery"),
			"currency": self.currency("delivery"),
			"posting_date": self.day("delivery"),
			"status": "'Completed'",
		}

	def issue(self) -> Columns:
		return {
			"name": _name("SEED-ISS-"),
			"subject": "'Seed issue'",
			"customer": self.customer("issue"),
			"company": self.company("issue"),
			"opening_date": self.day("issue"),
			"status": f"IF({_hash('open')} < 0.1, 'Open', 'Closed')",
		}

	def communication(self) -> Columns:
		media = ("Email", "Phone", "Chat", "SMS", "Meeting", "Visit", "Other")
		return {
			"name": _name("SEED-COM-"),
			"subject": "'Seed communication'",
			"communication_type": "'Communication'",
			"communication_medium": _one_of(media, _hash("medium")),
			"communication_date": self.day("communication"),
			"sent_or_received": "'Sent'",
			"reference_doctype": "'Customer'",
			"reference_name": self.customer("communication"),
		}
