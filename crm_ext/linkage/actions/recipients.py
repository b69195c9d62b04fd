# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Who gets a message: enabled users in the Desk, subscribed addresses by e-mail."""

from collections.abc import Sequence
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.contacts.doctype.contact.contact import get_default_contact
from frappe.utils import validate_email_address
from frappe.utils.user import get_users_with_role

from crm_ext.linkage.actions.people import CUSTOMER, ROLE, full_names, named
from crm_ext.rules.actions import Work

DESK, EMAIL, BOTH = "Desk", "E-mail", "Both"
NAMED = 3
"""So many recipients are named in a result; more are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipients:
	"""`users` are told in the Desk, `addresses` by e-mail. `missing` says why nobody is told."""

	users: Sequence[str] = ()
	addresses: Sequence[str] = ()
	names: str = ""
	customer: bool = False
	missing: str = ""


def recipients_of(work: Work) -> Recipients:
	"""Whom the parameters of a message mean."""
	if work.parameters["recipients"] == CUSTOMER:
		return _customer(work.customer)
	users, channel = _users(work), work.parameters["channel"]
	if not users:
		return Recipients(missing=_("Nobody is told: there is no enabled user."))
	names = full_names(users) if len(users) <= NAMED else _("{0} users").format(len(users))
	desk = users if channel in (DESK, BOTH) else ()
	addresses = _subscribed(_emails(users), work.customer) if channel in (EMAIL, BOTH) else ()
	if not (desk or addresses):
		return Recipients(missing=_("No e-mail: {0} has unsubscribed.").format(names))
	return Recipients(users=desk, addresses=addresses, names=names)


def _users(work: Work) -> list[str]:
	if work.parameters["recipients"] == ROLE:
		return sorted(get_users_with_role(work.parameters["role"]))
	return named(work, work.parameters["recipients"])


def _customer(customer: str) -> Recipients:
	"""The e-mail address of the customer, or else of its primary contact."""
	email, contact = frappe.db.get_value("Customer", customer, ["email_id", "customer_primary_contact"])
	contact = contact or get_default_contact("Customer", customer)
	email = email or (contact and frappe.db.get_value("Contact", contact, "email_id"))
	email = validate_email_address(email)
	if not email:
		return Recipients(missing=_("No e-mail: the customer has no e-mail address."))
	unsubscribed = frappe.get_all(
		"Contact", {"unsubscribed": 1}, or_filters={"name": contact or "", "email_id": email}, limit=1
	)
	if unsubscribed or not _subscribed([email], customer):
		return Recipients(missing=_("No e-mail: {0} has unsubscribed.").format(email))
	return Recipients(addresses=[email], names=email, customer=True)


def _emails(users: Sequence[str]) -> list[str]:
	return [email for email in frappe.get_all("User", {"name": ("in", users)}, pluck="email") if email]


def _subscribed(addresses: Sequence[str], customer: str) -> list[str]:
	"""Those that have unsubscribed neither from everything nor from what concerns this customer."""
	rows = frappe.get_all(
		"Email Unsubscribe",
		filters={"email": ("in", addresses)},
		fields=["email", "global_unsubscribe", "reference_doctype", "reference_name"],
	)
	gone = {
		row.email
		for row in rows
		if row.global_unsubscribe or (row.reference_doctype, row.reference_name) == ("Customer", customer)
	}
	return [address for address in addresses if address not in gone]
