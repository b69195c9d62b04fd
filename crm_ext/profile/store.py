# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The rows of Customer Profile: locking, writing, reading. Set-based; what the figures mean is in `figures.py`."""

from collections.abc import Iterator, Sequence
from datetime import date

import frappe
from frappe.utils import now_datetime

from crm_ext.constants import ALL_COMPANIES
from crm_ext.profile.figures import FIGURES, Scope, read, scopes_table, scores_of, select_figures
from crm_ext.profile.slices import SIZE, CustomerSlice
from crm_ext.settings import settings

# Item groups are joined into one text, for which the server's own limit may be as low as 1 kB.
_LONG_TEXTS = "SET STATEMENT group_concat_max_len = 1048576 FOR"

_META = ("name", "creation", "modified", "modified_by", "owner")
_NEW = "REPLACE(UUID(), '-', ''), %(now)s, %(now)s, %(user)s, %(user)s"


def everybody(size: int = SIZE) -> Iterator[CustomerSlice]:
	"""All customers of the site as ranges of at most `size`, in the order of the database."""
	last = ""
	while True:
		first, last, count = frappe.db.sql(
			"""SELECT MIN(name), MAX(name), COUNT(*)
			FROM (SELECT name FROM `tabCustomer` WHERE name > %s ORDER BY name LIMIT %s) next""",
			(last, size),
		)[0]
		if not count:
			return
		yield CustomerSlice(first=first, last=last, size=count)


def lock(customers: CustomerSlice) -> None:
	"""Lock the rows over all companies of the slice until the transaction ends; create those that are missing.

	In the order of the customers. Whoever refreshes or tags the same customers waits here, before it reads.
	"""
	where, values = customers.where("customer")
	locked = frappe.db.sql(
		f"""SELECT name FROM `tabCustomer Profile`
		WHERE {where} AND company = %s ORDER BY customer FOR UPDATE""",
		(*values, ALL_COMPANIES),
	)
	# locked before they are inserted: the other way round two transactions would hold what both need
	if len(locked) < customers.size:
		frappe.db.sql(
			f"""INSERT INTO `tabCustomer Profile` ({", ".join(_META)}, customer, company)
			SELECT {_NEW}, c.name, %(all_companies)s
			FROM `tabCustomer` c
			LEFT JOIN `tabCustomer Profile` p ON p.customer = c.name AND p.company = %(all_companies)s
			WHERE {customers.named("c.name")} AND p.name IS NULL
			ORDER BY c.name
			ON DUPLICATE KEY UPDATE modified = VALUES(modified)""",
			{**_stamp(), **customers.params, "all_companies": ALL_COMPANIES},
		)


def write_figures(customers: CustomerSlice, scopes: Sequence[Scope], as_of: date) -> None:
	"""Compute the figures of the slice and store them, in one statement."""
	table, params = scopes_table(scopes)
	columns = ("customer", "company", "currency", *FIGURES)
	written = ("modified", "modified_by", "currency", "as_of", *FIGURES)
	frappe.db.sql(
		f"""{_LONG_TEXTS} INSERT INTO `tabCustomer Profile` ({", ".join((*_META, "as_of", *columns))})
		SELECT {_NEW}, %(as_of)s, {", ".join(f"f.{column}" for column in columns)}
		FROM ({select_figures(customers, table)}) f
		ON DUPLICATE KEY UPDATE {", ".join(f"{column} = VALUES({column})" for column in written)}""",
		{**_stamp(), **params, **_inputs(customers, as_of)},
	)


def write_scores(customers: CustomerSlice, scopes: Sequence[Scope]) -> None:
	"""Score the stored figures of the slice again, by other edges."""
	table, params = scopes_table(scopes)
	scores = scores_of(
		"DATEDIFF(p.as_of, p.last_cooperation)",
		"p.invoice_count_365d",
		"p.revenue_365d",
		"p.last_cooperation IS NOT NULL",
	)
	frappe.db.sql(
		f"""UPDATE `tabCustomer Profile` p JOIN {table} sc ON sc.company = p.company
		SET {", ".join(f"p.{column} = {score}" for column, score in scores.items())}
		WHERE {customers.named("p.customer")}""",
		{**params, **customers.params},
	)


def select(
	customer: str, company: str, expressions: Sequence[str], scopes: Sequence[Scope], as_of: date
) -> tuple | None:
	"""Expressions over `c` (the customer) and `p` (its figures in the scope as they are on `as_of`), not stored."""
	table, params = scopes_table(scopes)
	customers = CustomerSlice.of([customer])
	rows = frappe.db.sql(
		f"""{_LONG_TEXTS} SELECT {", ".join(f"({expression})" for expression in expressions)}
		FROM `tabCustomer` c JOIN ({select_figures(customers, table)}) p ON p.customer = c.name
		WHERE p.company = %(company)s""",
		{**params, **_inputs(customers, as_of), "company": company},
	)
	return rows[0] if rows else None


def read_row(customer: str, company: str) -> dict | None:
	"""The stored row of a customer and scope; None for a figure that is missing."""
	columns = ", ".join(f"{read(column)} AS {column}" for column in FIGURES)
	rows = frappe.db.sql(
		f"""SELECT p.customer, p.company, p.currency, p.as_of, p.modified, {columns}
		FROM `tabCustomer Profile` p WHERE p.customer = %s AND p.company = %s""",
		(customer, company),
		as_dict=True,
	)
	return rows[0] if rows else None


def first_with_documents(companies: Sequence[str], customers: CustomerSlice) -> str | None:
	"""The first of these companies with which a customer of the slice has documents."""
	where, values = customers.where("customer")
	rows = frappe.db.sql(
		f"""SELECT company FROM `tabCustomer Profile` WHERE {where} AND company IN %s
		ORDER BY company LIMIT 1""",
		(*values, tuple(companies)),
	)
	return rows[0][0] if rows else None


def days_of(customer: str, company: str, since: date) -> tuple[tuple[str, date], ...]:
	"""(kind, day) of the documents of a customer and scope after a day; kind: sale, due, issue or other."""
	scope = "AND company = %(company)s" if company else ""
	of_customer = f"customer = %(customer)s {scope}"
	return frappe.db.sql(
		f"""SELECT 'sale', posting_date FROM `tabSales Invoice`
			WHERE {of_customer} AND docstatus = 1 AND posting_date > %(since)s
		UNION SELECT 'sale', posting_date FROM `tabPOS Invoice`
			WHERE {of_customer} AND docstatus = 1 AND posting_date > %(since)s
		UNION SELECT 'due', due_date FROM `tabSales Invoice`
			WHERE {of_customer} AND docstatus = 1 AND outstanding_amount > 0 AND due_date > %(since)s
		UNION SELECT 'issue', opening_date FROM `tabIssue` WHERE {of_customer} AND opening_date > %(since)s
		UNION SELECT 'other', transaction_date FROM `tabSales Order`
			WHERE {of_customer} AND docstatus = 1 AND transaction_date > %(since)s
		UNION SELECT 'other', posting_date FROM `tabDelivery Note`
			WHERE {of_customer} AND docstatus = 1 AND posting_date > %(since)s""",
		{"customer": customer, "company": company, "since": since},
	)


def delete_orphans() -> None:
	"""Delete the rows of customers that were deleted while they were being refreshed."""
	frappe.db.sql(
		"""DELETE p FROM `tabCustomer Profile` p
		LEFT JOIN `tabCustomer` c ON c.name = p.customer WHERE c.name IS NULL"""
	)


def delete(customer: str) -> None:
	"""Delete every row of a customer."""
	frappe.db.delete("Customer Profile", {"customer": customer})


def _inputs(customers: CustomerSlice, as_of: date) -> dict:
	return {**customers.params, "as_of": as_of, "life_years": settings().expected_life_years or 0}


def _stamp() -> dict:
	return {"now": now_datetime(), "user": frappe.session.user}
