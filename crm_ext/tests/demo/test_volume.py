# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The measuring site is filled by plain SQL; here its statements are only read, nothing is written."""

from datetime import date
from decimal import Decimal

import pytest

import frappe

from crm_ext.demo import volume

TODAY = date(2026, 3, 31)
TABLES = (
	"Customer",
	"Sales Invoice",
	"Sales Invoice Item",
	"Sales Order",
	"Delivery Note",
	"POS Invoice",
	"POS Invoice Item",
	"Issue",
	"Communication",
)


def columns_of(table: str) -> volume.Columns:
	size = volume.Volume(customers=1000, invoices=1000)
	return next(columns for name, _, columns in volume.tables(size, TODAY) if name == table)


def rows(table: str, count: int) -> list[dict]:
	"""The first rows that would be written."""
	columns = columns_of(table)
	listed = ", ".join(f"{expression} AS `{column}`" for column, expression in columns.items())
	return frappe.db.sql(f"SELECT {listed} FROM (SELECT seq AS n FROM seq_1_to_{count}) s", as_dict=True)


def test_all_these_tables_are_filled():
	size = volume.Volume(customers=1000, invoices=1000)
	assert [name for name, _, _ in volume.tables(size, TODAY)] == list(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_every_column_exists(table):
	assert set(columns_of(table)) <= set(frappe.db.get_table_columns(table))


@pytest.mark.parametrize("table", TABLES)
def test_the_rows_are_the_same_at_every_run_and_differ_from_each_other(table):
	first = rows(table, 50)
	assert first == rows(table, 50)
	assert len({row.name for row in first}) == 50


def test_an_invoice_is_the_sum_of_its_lines():
	lines = {}
	for line in rows("Sales Invoice Item", 300):
		lines[line.parent] = lines.get(line.parent, Decimal(0)) + Decimal(str(line.base_net_amount))
	for invoice in rows("Sales Invoice", 100):
		assert round(Decimal(str(invoice.base_net_total)), 2) == round(lines[invoice.name], 2)


def test_returns_are_few_and_negative():
	invoices = rows("Sales Invoice", 1000)
	returned = [invoice for invoice in invoices if invoice.is_return]
	assert 10 <= len(returned) <= 60
	assert all(invoice.base_net_total < 0 for invoice in returned)
	assert all(invoice.base_net_total > 0 for invoice in invoices if not invoice.is_return)


def test_two_companies_and_four_years_are_covered():
	invoices = rows("Sales Invoice", 1000)
	assert len({invoice.company for invoice in invoices}) == 2
	ages = [(TODAY - invoice.posting_date).days for invoice in invoices]
	assert 0 <= min(ages) <= max(ages) < 1460
	assert 0.7 < sum(age < 730 for age in ages) / len(ages) < 0.9


def test_only_invoices_of_the_last_half_year_are_unpaid():
	unpaid = [invoice for invoice in rows("Sales Invoice", 1000) if invoice.outstanding_amount]
	assert unpaid
	assert all((TODAY - invoice.posting_date).days < 180 for invoice in unpaid)


def test_a_tenth_of_the_customers_never_bought():
	bought = {invoice.customer for invoice in rows("Sales Invoice", 1000)}
	assert bought <= {f"{volume.PREFIX}{number:07}" for number in range(1, 901)}


def test_a_site_is_filled_only_once():
	frappe.db.sql(
		"INSERT INTO `tabCustomer` (name, customer_name) VALUES (%s, %s)", (f"{volume.PREFIX}0000001",) * 2
	)
	with pytest.raises(volume.AlreadySeeded):
		volume.seed(volume.Volume(customers=1, invoices=1))
