# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Who may see what belongs to a customer: whoever may read the customer."""

import frappe
from frappe import _
from frappe.model.db_query import DatabaseQuery

NOBODY = "1 = 0"


def query_conditions(user: str | None = None, doctype: str | None = None) -> str:
	"""Restrict a list of a DocType with a `customer` link to the customers that the user may read.

	User Permissions, “if owner”, shares and other apps' conditions on Customer all count, for they are Frappe's own.
	"""
	return of_readable("Customer", f"`tab{doctype}`.customer", user)


def of_readable(doctype: str, link: str, user: str | None = None) -> str:
	"""A condition: the column `link` names a document of a DocType that the user may read. Empty: all may be seen."""
	user = user or frappe.session.user
	readable = "" if user == "Administrator" else _readable(doctype, user)
	return readable and f"{link} IN (SELECT `tab{doctype}`.name FROM `tab{doctype}` WHERE {readable})"


def has_permission(doc, ptype: str | None = None, user: str | None = None) -> bool:
	"""Whether the user may read the customer of a document. From Frappe 16 on, None would deny."""
	return not doc.customer or may_read(doc.customer, user)


def may_read(name: str, user: str | None = None, *, doctype: str = "Customer") -> bool:
	"""Whether there is such a customer, or other document, and the user may read it. From the cache of documents."""
	return bool(
		frappe.get_cached_value(doctype, name, "name")
		and frappe.has_permission(doctype, "read", doc=frappe.get_cached_doc(doctype, name), user=user)
	)


def check_customer(customer: str) -> None:
	"""Raises PermissionError unless the user may read the customer; whether it exists is not told."""
	if not (frappe.has_permission("Customer", "read") and may_read(customer)):
		frappe.throw(_("You do not have access to this customer."), frappe.PermissionError)


def _readable(doctype: str, user: str) -> str:
	"""A condition on the table of a DocType; empty if the user may read all."""
	query = DatabaseQuery(doctype, user=user)
	try:
		conditions = [query.build_match_conditions()]
	except frappe.PermissionError:
		frappe.clear_last_message()
		return NOBODY
	conditions += query.conditions  # only what is shared, for users without a role that reads them
	return " AND ".join(f"({condition})" for condition in conditions if condition)
