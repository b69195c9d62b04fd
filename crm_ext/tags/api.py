# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Customer tags over REST and for the Desk. Permission first; errors speak the user's language."""

from datetime import date

import frappe
from frappe import _
from frappe.utils import cint

from crm_ext.constants import ALL_COMPANIES
from crm_ext.errors import speaking
from crm_ext.incoming import a_day, a_document, names
from crm_ext.profile import service as profile
from crm_ext.profile.permissions import check_customer
from crm_ext.tags import announce as announce_
from crm_ext.tags import history as history_
from crm_ext.tags import outlook as outlook_
from crm_ext.tags import service, simulation
from crm_ext.tags import why as why_


@frappe.whitelist(methods=["GET", "POST"])
def tags_of(customer: str, company: str | None = None) -> list[dict]:
	"""The tags a customer holds now: [{tag, group, company, source, since, until, rule, evidence}].

	`company` narrows to that company's tags and those that hold for all. Times are site time.
	"""
	_check_read_permission(customer)
	return service.tags_of(customer, company)


@frappe.whitelist(methods=["GET", "POST"])
def history_of(customer: str) -> list[dict]:
	"""All tags a customer has or had, newest first:
	[{assignment, tag, group, colour, company, source, since, until, reason, end_reason, by}]."""
	_check_read_permission(customer)
	return history_.history_of(customer)


@frappe.whitelist(methods=["GET", "POST"])
def why(assignment: str) -> dict:
	"""The reason of one assignment in words and steps; see `crm_ext.tags.why`."""
	customer = frappe.db.get_value("Customer Tag Assignment", assignment, "customer")
	_check_read_permission(customer or "")
	return why_.why(assignment)


@frappe.whitelist(methods=["GET", "POST"])
@speaking
def outlook(customer: str, company: str | None = None) -> list[dict]:
	"""What is missing for the next tags and when the present ones would be lost; see `crm_ext.tags.outlook`."""
	_check_read_permission(customer)
	return outlook_.outlook(customer, company)


@frappe.whitelist(methods=["POST"])
@speaking
def assign(
	customer: str,
	tag: str,
	reason: str,
	until: str | date | None = None,
	lock: bool | int | str = False,
	company: str | None = None,
) -> dict:
	"""Give a tag by hand; returns {assignment}. `until`: the last day; `lock`: rules leave it alone."""
	_check_assign_permission(customer)
	_check_tag(tag)
	assignment = service.assign(
		customer,
		tag,
		reason=reason,
		until=a_day(until, "until"),
		lock=bool(cint(lock) or lock is True),
		company=company or ALL_COMPANIES,
	)
	return {"assignment": assignment}


@frappe.whitelist(methods=["POST"])
@speaking
def remove(customer: str, tag: str, reason: str, company: str | None = None) -> dict:
	"""End a tag by hand; returns {assignment}. The row stays as history."""
	_check_assign_permission(customer)
	_check_tag(tag)
	assignment = service.remove(customer, tag, reason=reason, company=company or ALL_COMPANIES)
	announce_.announce_later()
	return {"assignment": assignment}


@frappe.whitelist(methods=["POST"])
@speaking
def refresh(customers: list | str | None = None, now: bool | int | str = False) -> dict:
	"""Refresh profiles and tags: {customers, changed}. No customers: everybody, in the background unless `now`."""
	if customers is None or customers == "":
		frappe.only_for(("Sales Manager", "System Manager"))
		if not cint(now):
			profile.refresh_later()
			return {"customers": frappe.db.count("Customer"), "changed": None}
		done = profile.refresh(commit=True, progress=_progress)
	else:
		chosen = names(customers, "customers")
		for customer in chosen:
			_check_assign_permission(customer)
		done = profile.refresh(chosen, commit=True)
	announce_.announce_later()
	return {"customers": done.customers, "changed": done.changed}


@frappe.whitelist(methods=["POST"])
@speaking
def simulate(tag: str | dict) -> dict:
	"""What the rule of a tag would change today: {customers, currency, gains, losses, unchanged, by_tag, flow, sample}.

	`tag` is the name of a Customer Tag or an unsaved document. Only customers the user may read are counted;
	money is the revenue of 365 days in the reporting currency.
	"""
	document = a_document(tag, "tag", "Customer Tag")
	document.check_permission("read")
	frappe.only_for(("Sales Manager", "System Manager"))
	visible = set(frappe.get_list("Customer", pluck="name", limit=0))
	return simulation.simulate(document, visible, _progress)


def _progress(done: int, total: int) -> None:
	if total > 1:
		frappe.publish_progress(done * 100 / total, title=_("Customer Tags"))


def _check_read_permission(customer: str) -> None:
	check_customer(customer)
	frappe.has_permission("Customer Tag Assignment", "read", throw=True)


def _check_assign_permission(customer: str) -> None:
	check_customer(customer)
	frappe.has_permission("Customer Tag Assignment", "create", throw=True)


def _check_tag(tag: str) -> None:
	if not frappe.db.exists("Customer Tag", tag):
		frappe.throw(_("There is no customer tag {0}.").format(frappe.bold(tag)), frappe.DoesNotExistError)
