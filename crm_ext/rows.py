# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Writing many rows of a DocType at once, as plain SQL: a query builder costs more than the database does."""

from collections.abc import Sequence

import frappe
from frappe.utils import now_datetime

BATCH = 1_000
_META = ("name", "creation", "modified", "owner", "modified_by")


def insert_rows(
	doctype: str,
	columns: Sequence[str],
	rows: Sequence[Sequence],
	*,
	names: Sequence[str] = (),
	ignore_known: bool = False,
) -> None:
	"""Insert new rows, stamped with now and the session's user. Runs no controller.

	Each gets a random name, unless `names` gives them. `ignore_known` leaves rows alone whose name, or other unique
	key, is there already.
	"""
	now, user = now_datetime(), frappe.session.user
	given = iter(names)
	known = "ON DUPLICATE KEY UPDATE `name` = `name`" if ignore_known else ""
	columns_ = ", ".join(f"`{column}`" for column in (*_META, *columns))
	stamp = ", ".join(frappe.db.escape(str(value)) for value in (now, now, user, user))
	places = f"(%s, {stamp}{', %s' * len(columns)})"
	for first in range(0, len(rows), BATCH):
		batch = rows[first : first + BATCH]
		values: list = []
		for row in batch:
			values += (next(given, None) or new_name(), *row)
		frappe.db.sql(
			f"INSERT INTO `tab{doctype}` ({columns_}) VALUES {', '.join([places] * len(batch))} {known}",
			values,
		)


def update_rows(doctype: str, columns: Sequence[str], rows: Sequence[Sequence]) -> None:
	"""Update rows that exist, each with values of its own: (name, value of each column). Runs no controller."""
	names = ", ".join(f"`{column}`" for column in ("name", "modified", *columns))
	places = f"({', '.join(['%s'] * (len(columns) + 2))})"
	changes = ", ".join(f"`{column}` = VALUES(`{column}`)" for column in ("modified", *columns))
	now = now_datetime()
	for first in range(0, len(rows), BATCH):
		batch = rows[first : first + BATCH]
		values = [value for name, *row in batch for value in (name, now, *row)]
		# every name exists, so each row is updated: one statement for rows that all become different
		frappe.db.sql(
			f"""INSERT INTO `tab{doctype}` ({names}) VALUES {", ".join([places] * len(batch))}
			ON DUPLICATE KEY UPDATE {changes}""",
			values,
		)


def new_name() -> str:
	return frappe.generate_hash(length=16)
