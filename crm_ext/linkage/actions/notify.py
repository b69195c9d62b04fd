# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The action Notify: a message from an Email Template, by e-mail or in the Desk."""

from collections.abc import Mapping

import frappe
from frappe import _
from frappe.utils import strip_html

from crm_ext.exceptions import NotForDesk
from crm_ext.linkage.actions.people import (
	ACCOUNT_MANAGER,
	CUSTOMER,
	ROLE,
	RULE_OWNER,
	USER,
	check_user,
	full_names,
	tell,
	user_parameter,
)
from crm_ext.linkage.actions.recipients import BOTH, DESK, EMAIL, Recipients, recipients_of
from crm_ext.linkage.actions.words import event_of
from crm_ext.rules.actions import Action, Outcome, Parameter, Work


def action() -> Action:
	return Action(
		name="Notify",
		run=_run,
		preview=_preview,
		summary=_summary,
		parameters=(
			Parameter(
				name="channel",
				label="Channel",
				fieldtype="Select",
				options="\n".join((DESK, EMAIL, BOTH)),
				required=True,
				default=DESK,
			),
			Parameter(
				name="recipients",
				label="Recipients",
				fieldtype="Select",
				options="\n".join((ACCOUNT_MANAGER, RULE_OWNER, USER, ROLE, CUSTOMER)),
				required=True,
				default=ACCOUNT_MANAGER,
				description="Disabled users, and who has unsubscribed, get nothing. Customers are told by e-mail.",
			),
			user_parameter("recipients"),
			Parameter(
				name="role",
				label="Role",
				fieldtype="Link",
				options="Role",
				depends_on="eval:doc.recipients == 'Role'",
				mandatory_depends_on="eval:doc.recipients == 'Role'",
				filters={"disabled": 0},
			),
			Parameter(
				name="template",
				label="Email Template",
				fieldtype="Link",
				options="Email Template",
				required=True,
				description=(
					"It reads the fields of the customer, such as {{ customer_name }}, and {{ event.tag }}, "
					"{{ event.document }}, {{ event.rule }}."
				),
			),
		),
		check=_check,
	)


def _check(parameters: Mapping[str, object]) -> None:
	check_user(parameters.get("user"))
	if parameters["recipients"] == CUSTOMER and parameters["channel"] != EMAIL:
		raise NotForDesk()


def _summary(parameters: Mapping[str, object]) -> str:
	who = parameters["recipients"]
	if who == USER:
		name = full_names([parameters["user"]])
	else:
		name = _(parameters["role"]) if who == ROLE else _(who)
	return f"{parameters['template']} → {name} ({_(parameters['channel'], context='CRM Ext')})"


def _preview(work: Work) -> Outcome:
	to = recipients_of(work)
	return _outcome(to, "" if to.missing else _render(work)[0])


def _run(work: Work) -> Outcome:
	to = recipients_of(work)
	if to.missing:
		return _outcome(to)
	subject, content = _render(work)
	for user in to.users:
		tell(user, kind="Alert", subject=subject, content=content, customer=work.customer)
	if to.addresses:
		frappe.sendmail(
			recipients=to.addresses,
			subject=subject,
			message=content,
			reference_doctype="Customer",
			reference_name=work.customer,
			unsubscribe_message=_("Unsubscribe") if to.customer else None,
		)
	return _outcome(to, subject)


def _render(work: Work) -> tuple[str, str]:
	"""Subject and content by the template."""
	customer = frappe.get_doc("Customer", work.customer).as_dict()
	template = frappe.get_cached_doc("Email Template", work.parameters["template"])
	email = template.get_formatted_email({**customer, "doc": customer, "event": event_of(work)})
	return strip_html(email["subject"]), email["message"]


def _outcome(to: Recipients, subject: str = "") -> Outcome:
	if to.missing:
		return Outcome(text=to.missing, changed=False)
	if to.users and to.addresses:
		text = _("Desk and e-mail to {0}: {1}")
	else:
		text = _("Desk to {0}: {1}") if to.users else _("E-mail to {0}: {1}")
	return Outcome(text=text.format(to.names, subject))
