# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Actions at work: carried out, or only looked at, for one customer; and users for them to turn to."""

from datetime import datetime

import frappe

from crm_ext.linkage import parameters as parameters_
from crm_ext.linkage import registry
from crm_ext.rules.actions import Event, Outcome, Work

OWNER = "owner.of.rules@willowbay.test"


def work(customer: str, action: str, *, event: dict | None = None, run: str = "", **given) -> Work:
	"""The work of an action, its parameters checked as when a rule is saved."""
	happened = {"trigger": "Tag Gained", "tag": "High Value", "occurred_at": datetime(2026, 6, 30, 9)}
	return Work(
		customer=customer,
		parameters=parameters_.clean(action, given),
		event=Event(**{"key": "one", "customer": customer, **happened, **(event or {})}),
		rule="Care for VIPs",
		rule_owner=OWNER,
		run=run,
	)


def preview(customer: str, action: str, **given) -> Outcome:
	return registry.action(action).preview(work(customer, action, **given))


def run(customer: str, action: str, **given) -> Outcome:
	"""Carry an action out, which must do what it foretold."""
	foretold = preview(customer, action, **given)
	outcome = registry.action(action).run(work(customer, action, run="RUN-1", **given))
	assert (outcome.text, outcome.changed) == (foretold.text, foretold.changed)
	return outcome


def user(email: str, *roles: str, **values) -> str:
	"""An enabled user whose first name is the first part of the address; made once, and updated."""
	if frappe.db.exists("User", email):
		doc = frappe.get_doc("User", email)
	else:
		doc = frappe.get_doc(
			doctype="User", email=email, first_name=email.split(".")[0].title(), send_welcome_email=0
		)
	doc.update({"enabled": 1, **values})
	doc.save(ignore_permissions=True)
	doc.add_roles(*(roles or ("Sales User",)))
	return doc.name


def account_manager(email: str, *coverage: tuple[str, str], capacity: int = 0, **values) -> str:
	"""A user who is an account manager, covering (territory, industry) pairs."""
	return (
		frappe.get_doc(
			doctype="Account Manager",
			user=user(email),
			capacity=capacity,
			coverage=[{"territory": territory, "industry": industry} for territory, industry in coverage],
			**values,
		)
		.insert()
		.user
	)
