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
	user = user or frappe.session.user
	if user == "Administrator":
		return ""
	readable = _readable_customers(user)
	if not readable:
		return ""
	return f"`tab{doctype}`.customer IN (SELECT `tabCustomer`.name FROM `tabCustomer` WHERE {readable})"


def has_permission(doc, ptype: str | None = None, user: str | None = None) -> bool:
	"""Whether the user may read the customer of a document. From Frappe 16 on, None would deny."""
	return not doc.customer or may_read(doc.customer, user)


def may_read(customer: str, user: str | None = None) -> bool:
	"""Whether there is such a customer and the user may read it."""
	return bool(
		frappe.db.exists("Customer", customer)
		and frappe.has_permission("Customer", "read", doc=customer, user=user)
	)


def check_customer(customer: str) -> None:
	"""Raises PermissionError unless the user may read the customer; whether it exists is not told."""
	if not (frappe.has_permission("Customer", "read") and may_read(customer)):
		frappe.throw(_("You do not have access to this customer."), frappe.PermissionError)


def _readable_customers(user: str) -> str:
	"""A condition on `tabCustomer`; empty if the user may read all."""
	query = DatabaseQuery("Customer", user=user)
	try:
		conditions = [query.build_match_conditions()]
	except frappe.PermissionError:
		frappe.clear_last_message()
		return NOBODY
	conditions += query.conditions  # only what is shared, for users without a role that reads customers
	return " AND ".join(f"({condition})" for condition in conditions if condition)
