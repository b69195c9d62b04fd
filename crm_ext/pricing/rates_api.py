# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The rates of price matrices over REST and for the Desk. Permission first; errors speak the user's language.

A row is an object of the columns' fieldnames, with `idx`, by which errors name it, and the `name` of a rate that is
there already. Of such a rate only the fields that change need to be given.
"""

import frappe
from frappe import _
from frappe.utils import cint

from crm_ext.errors import speaking
from crm_ext.exceptions import WrongShape
from crm_ext.incoming import a_text, an_object, objects, texts
from crm_ext.pricing.rates import exporting, imports, listing, service

MATRIX, RATE, IMPORT = "Price Matrix", "Price Matrix Rate", "Price Matrix Import"
MOST_AT_ONCE = 5_000
"""Rates in one answer."""
FARTHEST = 10**9


@frappe.whitelist(methods=["GET", "POST"])
def columns() -> list[dict]:
	"""The columns of the sheet: [{fieldname, label, fieldtype, options}], labels translated.

	The options of a Select are [{value, label}], those of a Link its DocType.
	"""
	frappe.has_permission(RATE, "read", throw=True)
	return listing.columns()


@frappe.whitelist(methods=["GET", "POST"])
@speaking
def get_rates(
	matrix: str,
	start: int | str = 0,
	limit: int | str = 500,
	search: str = "",
	filters: dict | str | None = None,
	order_by: str = "item",
) -> dict:
	"""Rates of a matrix: {total, rows: [{name, <fieldname>: value…}]}.

	`search` is part of the name of an item, brand, customer, place…; `filters` are {fieldname: value}, a value with
	“%” being a pattern; `order_by` is a fieldname, with “ desc” for the reverse.
	"""
	_check(matrix, "read")
	return listing.rates(
		matrix,
		start=min(max(cint(start), 0), FARTHEST),
		limit=min(max(cint(limit), 1), MOST_AT_ONCE),
		search=(search or "").strip(),
		filters={field: a_text(value, field) for field, value in an_object(filters, "filters").items()},
		order_by=order_by,
	)


@frappe.whitelist(methods=["POST"])
@speaking
def check_rates(matrix: str, rows: list | str, deleted: list | str | None = None) -> dict:
	"""What is wrong with rows: {errors: [{idx, fieldname, message}]}. Writes nothing.

	An error without fieldname is one of the line as a whole. `deleted`: names of rates that would make room.
	"""
	_check(matrix, "read")
	return {"errors": service.check_rates(matrix, _rows(rows), _names(deleted))}


@frappe.whitelist(methods=["POST"])
@speaking
def save_rates(matrix: str, rows: list | str | None = None, deleted: list | str | None = None) -> dict:
	"""Write rows and delete rates by name, all or nothing.

	{saved, deleted, errors: [{idx, fieldname, message}], rows: [as stored, with name and idx]}; with errors nothing is
	written.
	"""
	_check(matrix, "write")
	return service.save_rates(matrix, _rows(rows), _names(deleted))


@frappe.whitelist(methods=["POST"])
@speaking
def import_file(
	matrix: str, file_url: str, mode: str = "Add and Update", dry_run: bool | int | str = True
) -> dict:
	"""Check a file, or import it: {import: name of a Price Matrix Import}, which tells how it goes.

	A large file is left to a worker; a small one is done when this answers. `mode`: Add and Update, or Replace All.
	"""
	_check(matrix, "write")
	document = frappe.get_doc(doctype=IMPORT, matrix=matrix, file=file_url, mode=mode).insert()
	imports.start(document, dry_run=bool(cint(dry_run)))
	return {"import": document.name}


@frappe.whitelist(methods=["POST"])
@speaking
def run_import(name: str, dry_run: bool | int | str = False) -> dict:
	"""Check or import the file of a Price Matrix Import (again): {import: its name}."""
	document = frappe.get_doc(IMPORT, name)
	document.check_permission("write")
	_check(document.matrix, "write")
	imports.start(document, dry_run=bool(cint(dry_run)))
	return {"import": document.name}


@frappe.whitelist(methods=["GET", "POST"])
@speaking
def export(matrix: str, file_type: str = "CSV") -> None:
	"""Download the rates of a matrix as CSV or XLSX, in the form in which they can be imported again."""
	_check(matrix, "read")
	frappe.has_permission(RATE, "export", throw=True)
	_download(matrix, *exporting.file(file_type, listing.all_rates(matrix)))


@frappe.whitelist(methods=["GET", "POST"])
@speaking
def template(matrix: str, file_type: str = "XLSX") -> None:
	"""Download a file with nothing but the headings."""
	_check(matrix, "read")
	_download(matrix, *exporting.file(file_type, ()))


def _check(matrix: str, ptype: str) -> None:
	"""Raises PermissionError unless the user may read, or write, this matrix and rates in general.

	Whether there is such a matrix is not told.
	"""
	for doctype in (MATRIX, RATE):
		frappe.has_permission(doctype, ptype, throw=True)
	if not (frappe.db.exists(MATRIX, matrix) and frappe.has_permission(MATRIX, ptype, doc=matrix)):
		frappe.throw(_("You do not have access to this price matrix."), frappe.PermissionError)


def _rows(given: list | str | None) -> list[dict]:
	try:
		rows = objects(given, "rows")
	except WrongShape:
		frappe.throw(
			_("Give a list of objects such as {0}.").format('{"idx": 1, "item": "A-1", "value": 10}')
		)
	for number, row in enumerate(rows, 1):
		for field, value in row.items():
			if field == "name" or isinstance(value, str):
				a_text(value, f"rows {number}: {field}")
	return rows


def _names(given: list | str | None) -> list[str]:
	return texts(given, "deleted")


def _download(matrix: str, extension: str, content: bytes) -> None:
	frappe.response.filename = f"{matrix} {_('Rates')}.{extension}"
	frappe.response.filecontent = content
	frappe.response.type = "download"
