# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""A time in which the demo sold no service, for the tests that compute the sales of the past anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import frappe

from crm_ext.tests.days import today

FIRST = today() - timedelta(days=230)


def day(number: int) -> date:
	return FIRST + timedelta(days=number)


@contextmanager
def put_back(columns: dict[str, str]) -> Iterator[None]:
	"""Afterwards the column of each DocType is as it was before, even if it was changed for good."""
	kept = [(doctype, field, frappe.get_all(doctype, ["name", field])) for doctype, field in columns.items()]
	yield
	frappe.db.rollback()
	for doctype, field, rows in kept:
		for row in rows:
			frappe.db.set_value(doctype, row.name, field, row[field], update_modified=False)
	frappe.db.commit()


def customers_of_tests() -> set[str]:
	return set(frappe.get_all("Customer", {"name": ("like", "Test %")}, pluck="name"))
