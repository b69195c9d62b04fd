# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The action Create Task: a ToDo on the customer."""

from collections.abc import Mapping
from datetime import date

import frappe
from frappe import _
from frappe.share import add_docshare
from frappe.utils import add_days, escape_html, formatdate, getdate, nowdate

from crm_ext.exceptions import NobodyForTask, Term
from crm_ext.linkage.actions.people import (
	ACCOUNT_MANAGER,
	RULE_OWNER,
	USER,
	check_user,
	full_names,
	named,
	tell,
	user_parameter,
)
from crm_ext.linkage.actions.words import PLACEHOLDERS, check_placeholders, fill
from crm_ext.rules.actions import LONGEST_DAYS, Action, Outcome, Parameter, Work

_PLACES = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)


def action() -> Action:
	return Action(
		name="Create Task",
		run=_run,
		preview=lambda work: _Task(work).outcome(),
		summary=_summary,
		parameters=(
			Parameter(name="subject", label="Subject", required=True, description=_PLACES),
			Parameter(name="description", label="Description", fieldtype="Small Text", description=_PLACES),
			Parameter(
				name="due_in_days",
				label="Due in (Days)",
				fieldtype="Int",
				most=LONGEST_DAYS,
				description="0: the same day. Empty: no due date.",
			),
			Parameter(
				name="priority",
				label="Priority",
				fieldtype="Select",
				options="Low\nMedium\nHigh",
				required=True,
				default="Medium",
			),
			Parameter(
				name="assign_to",
				label="Assign To",
				fieldtype="Select",
				options="\n".join((ACCOUNT_MANAGER, RULE_OWNER, USER)),
				required=True,
				default=ACCOUNT_MANAGER,
				description="Without an account manager, the owner of the rule gets the task.",
			),
			user_parameter("assign_to", user_type="System User"),
		),
		check=_check,
	)


def _check(parameters: Mapping[str, object]) -> None:
	check_placeholders(parameters.get("subject"))
	check_placeholders(parameters.get("description"))
	check_user(parameters.get("user"))


def _summary(parameters: Mapping[str, object]) -> str:
	who = full_names([parameters["user"]]) if parameters["assign_to"] == USER else _(parameters["assign_to"])
	return f"{parameters['subject']} → {who}"


def _run(work: Work) -> Outcome:
	task = _Task(work)
	# assign_to.add would refuse a second open task of the same user
	todo = frappe.get_doc(
		doctype="ToDo",
		allocated_to=task.assignee,
		assigned_by=frappe.session.user,
		reference_type="Customer",
		reference_name=work.customer,
		description=task.html,
		priority=work.parameters["priority"],
		date=task.due or "",  # None would become today
		status="Open",
	).insert(ignore_permissions=True)  # the rule acts, whoever runs the job
	_share(work.customer, task.assignee)
	tell(
		task.assignee,
		kind="Assignment",
		subject=_("{0} gave you a task for {1}: {2}").format(
			*map(frappe.bold, map(escape_html, (work.rule, work.customer, task.subject)))
		),
		content=task.html,
		customer=work.customer,
	)
	return task.outcome(("ToDo", todo.name))


class _Task:
	"""What is to be done by whom until when. Raises NobodyForTask."""

	def __init__(self, work: Work):
		self.subject = fill(work.parameters["subject"], work)
		description = fill(work.parameters.get("description"), work)
		parts = [f"<b>{escape_html(self.subject)}</b>", escape_html(description).replace("\n", "<br>")]
		self.html = "<br>".join(part for part in parts if part)
		who = work.parameters["assign_to"]
		users = named(work, who) or named(work, RULE_OWNER)
		if not users:
			raise NobodyForTask(assignee=Term(who))
		self.assignee = users[0]
		days = work.parameters.get("due_in_days")
		self.due: date | None = None if days is None else getdate(add_days(nowdate(), days))

	def outcome(self, reference: tuple[str, str] | None = None) -> Outcome:
		who = full_names([self.assignee])
		if self.due:
			text = _("Task for {0}, due {1}: {2}").format(who, formatdate(self.due), self.subject)
		else:
			text = _("Task for {0}: {1}").format(who, self.subject)
		return Outcome(text=text, reference=reference)


def _share(customer: str, user: str) -> None:
	"""Let the assignee read the customer, as Frappe does for its own assignments."""
	if frappe.get_system_settings("disable_document_sharing"):
		return
	if not frappe.has_permission("Customer", "read", doc=customer, user=user):
		add_docshare("Customer", customer, user, flags={"ignore_share_permission": True})
