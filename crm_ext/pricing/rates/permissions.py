# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Who may see rates and imports: whoever may read their matrix, which may be one of another company."""

import frappe

from crm_ext.pricing.rates.store import MATRIX
from crm_ext.profile.permissions import of_readable


def query_conditions(user: str | None = None, doctype: str | None = None) -> str:
	"""Restrict a list of a DocType with a `matrix` link to the matrices that the user may read."""
	return of_readable(MATRIX, f"`tab{doctype}`.matrix", user)


def has_permission(doc, ptype: str | None = None, user: str | None = None) -> bool:
	"""Whether the user may read the matrix of a document. From Frappe 16 on, None would deny."""
	return not doc.matrix or bool(frappe.has_permission(MATRIX, "read", doc=doc.matrix, user=user))
