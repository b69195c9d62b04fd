# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The people that actions turn to. Who is disabled is nobody."""

from collections.abc import Iterable

import frappe
from frappe.utils import get_fullname

from crm_ext.exceptions import UserDisabled
from crm_ext.rules.actions import Parameter, Work

ACCOUNT_MANAGER, RULE_OWNER, USER, ROLE, CUSTOMER = (
	"Account Manager",
	"Rule Owner",
	"User",
	"Role",
	"Customer",
)


def user_parameter(where: str, **filters: object) -> Parameter:
	"""Which user is meant, asked where the parameter `where` says “User”."""
	is_user = f"eval:doc.{where} == '{USER}'"
	return Parameter(
		name="user",
		label="User",
		fieldtype="Link",
		options="User",
		depends_on=is_user,
		mandatory_depends_on=is_user,
		filters={"enabled": 1, **filters},
	)


def enabled(users: Iterable[str | None]) -> list[str]:
	"""Those that are enabled users, in their order."""
	names = [user for user in users if user]
	known = set(frappe.get_all("User", {"name": ("in", names), "enabled": 1}, pluck="name")) if names else ()
	return [name for name in names if name in known]


def check_user(user: str | None) -> None:
	"""Raises UserDisabled for one that a rule names."""
	if user and not enabled([user]):
		raise UserDisabled(user=user)


def named(work: Work, who: str) -> list[str]:
	"""The enabled user whom `who` (Account Manager, Rule Owner or User) means for a customer, if there is one."""
	if who == ACCOUNT_MANAGER:
		assumed = work.assumed.get("account_manager")
		return enabled([assumed or frappe.db.get_value("Customer", work.customer, "account_manager")])
	return enabled([work.rule_owner if who == RULE_OWNER else work.parameters.get("user")])


def full_names(users: Iterable[str]) -> str:
	return ", ".join(get_fullname(user) for user in users)


def tell(user: str, *, kind: str, subject: str, content: str, customer: str) -> None:
	"""A message in the Desk, in this transaction, unless the user wants none. Frappe mails it on by its own settings."""
	from frappe.desk.doctype.notification_settings.notification_settings import is_notifications_enabled

	if is_notifications_enabled(user):
		frappe.get_doc(
			doctype="Notification Log",
			for_user=user,
			type=kind,
			document_type="Customer",
			document_name=customer,
			subject=subject,
			email_content=content,
		).insert(ignore_permissions=True)  # the rule acts, whoever runs the job
