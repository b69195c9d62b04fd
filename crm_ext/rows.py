# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Writing many rows of a DocType at once, as plain SQL: a query builder costs more than the database does."""

from collections.abc import Sequence

import frappe
from frappe.utils import now_datetime

BATCH = 1_000
_META = ("name", "creation", "modified", "owner", "modified_by")


def insert_rows(doctype: str, columns: Sequence[str], rows: Sequence[Sequence]) -> None:
	"""Insert new rows, each with a random name and stamped with now and the session's user. Runs no controller."""
	now, user = now_datetime(), frappe.session.user
	names = ", ".join(f"`{column}`" for column in (*_META, *columns))
	places = f"({', '.join(['%s'] * (len(_META) + len(columns)))})"
	for first in range(0, len(rows), BATCH):
		batch = rows[first : first + BATCH]
		values: list = []
		for row in batch:
			values += (frappe.generate_hash(length=16), now, now, user, user, *row)
		frappe.db.sql(
			f"INSERT INTO `tab{doctype}` ({names}) VALUES {', '.join([places] * len(batch))}", values
		)
