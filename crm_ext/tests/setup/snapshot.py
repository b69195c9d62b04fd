# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Everything a site's database holds, in a form that can be compared.

	python -m crm_ext.tests.setup.snapshot SITE

prints {"columns": {table: [column]}, "rows": {table: {row: digest}}}. NULL and "" count as the same.
"""

import json
import sys
from hashlib import md5

import frappe

KEYS = {
	"tabSingles": ("doctype", "field"),
	"tabDefaultValue": ("parent", "defkey"),
	"tabDocField": ("parent", "fieldname"),
	"tabDocPerm": ("parent", "role", "permlevel", "idx"),
	"tabInstalled Application": ("app_name",),
	"__UserSettings": ("user", "doctype"),
	"__global_search": ("doctype", "name"),
}
"""What identifies a row where its name does not: a migration may write it anew under another name."""

PASSING = ("name", "creation", "modified", "modified_by")


def take(site: str) -> dict:
	frappe.init(site, sites_path=".")
	frappe.connect()
	tables = frappe.db.get_tables(cached=False)
	columns = {table: frappe.db.get_table_columns_description(table) for table in tables}
	names = {table: sorted(column["name"] for column in described) for table, described in columns.items()}
	return {"columns": names, "rows": {table: _rows(table, names[table]) for table in tables}}


def _rows(table: str, columns: list[str]) -> dict[str, str]:
	key = KEYS.get(table, ("name",))
	if not set(key) <= set(columns):
		return {}
	rows = frappe.db.sql(f"SELECT * FROM `{table}`", as_dict=True)
	return {" / ".join(str(row[column]) for column in key): _digest(row) for row in rows}


def _digest(row: dict) -> str:
	values = [
		(column, str(value)) for column, value in sorted(row.items()) if value and column not in PASSING
	]
	return md5(repr(values).encode(), usedforsecurity=False).hexdigest()


if __name__ == "__main__":
	json.dump(take(sys.argv[1]), sys.stdout)
