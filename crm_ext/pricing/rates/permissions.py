# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Who may see rates and imports: whoever may read their matrix, which may be one of another company."""

import frappe
from frappe.model.db_query import DatabaseQuery

from crm_ext.pricing.rates.store import MATRIX

NOBODY = "1 = 0"


def query_conditions(user: str | None = None, doctype: str | None = None) -> str:
	"""Restrict a list of a DocType with a `matrix` link to the matrices that the user may read."""
	user = user or frappe.session.user
	if user == "Administrator":
		return ""
	try:
		readable = DatabaseQuery(MATRIX, user=user).build_match_conditions()
	except frappe.PermissionError:
		frappe.clear_last_message()
		return NOBODY
	if not readable:
		return ""
	return f"`tab{doctype}`.matrix IN (SELECT `tab{MATRIX}`.name FROM `tab{MATRIX}` WHERE {readable})"


def has_permission(doc, ptype: str | None = None, user: str | None = None) -> bool:
	"""Whether the user may read the matrix of a document. From Frappe 16 on, None would deny."""
	return not doc.matrix or bool(frappe.has_permission(MATRIX, "read", doc=doc.matrix, user=user))
