# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What the forms of prices show besides the documents themselves. Permission first."""

import frappe

from crm_ext.pricing.rates.columns import COLUMNS
from crm_ext.pricing.rates.imports import IMPORT, progress_of

COUNTS = (
	"status",
	"mode",
	"lines",
	"added",
	"updated",
	"unchanged",
	"removed",
	"faulty",
	"message",
	"errors",
)
_IS_SAID = {
	"Link": "IFNULL(`{0}`, '') != ''",
	"Select": "`{0}` != ''",
	"Float": "`{0}` != 0",
	"Date": "`{0}` IS NOT NULL",
}
"""Whether a column has something, by its type."""


@frappe.whitelist(methods=["GET", "POST"])
def filled_columns(matrix: str) -> list[str]:
	"""The columns of the sheet in which any rate of the matrix has something; one look at its rates."""
	frappe.has_permission("Price Matrix", "read", matrix, throw=True)
	parts = ", ".join(f"MAX({_IS_SAID[column.fieldtype].format(column.fieldname)})" for column in COLUMNS)
	found = frappe.db.sql(f"SELECT {parts} FROM `tabPrice Matrix Rate` WHERE matrix = %s", matrix)[0]
	return [column.fieldname for column, any_ in zip(COLUMNS, found, strict=True) if any_]


@frappe.whitelist(methods=["GET", "POST"])
def import_state(name: str) -> dict:
	"""How an import goes: its status and counts, {percent}, and {errors: [{idx, fieldname, message}]}."""
	document = frappe.get_doc(IMPORT, name)
	document.check_permission("read")
	state = {field: document.get(field) for field in COUNTS}
	return {**state, "errors": frappe.parse_json(document.errors) or [], "percent": progress_of(name)}
