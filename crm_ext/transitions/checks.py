# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The static check of class transitions: a transition must be able to match, and none may lead back."""

from frappe import get_all
from frappe.utils import getdate, nowdate

from crm_ext.constants import ALL_COMPANIES
from crm_ext.exceptions import CircularRules, CircularTransitions
from crm_ext.rules.conditions import resolve
from crm_ext.rules.lifecycle import Status
from crm_ext.rules.rule_document import conditions_of
from crm_ext.rules.site import SiteContext, currency_of, registry
from crm_ext.rules.static_check import Finding, Rule, check, dependency_order


def findings_of(document) -> list[Finding]:
	"""Findings about the conditions of one Class Transition document."""
	context = SiteContext(getdate(nowdate()), currency_of(ALL_COMPANIES))
	clauses = resolve(conditions_of(document.conditions), registry(), context)
	rules = [Rule(document.name, document.priority or 0, clauses)]
	return list(check(rules, registry(), exclusive=False).findings)


def check_circle(document) -> None:
	"""Raises CircularTransitions if, with `document`, the active transitions could move a customer in a circle."""
	context = SiteContext(getdate(nowdate()), currency_of(ALL_COMPANIES))
	moves = {
		row.name: (context.descendants("Customer Group", row.from_group), row.to_group)
		for row in get_all(
			"Class Transition",
			filters={"status": Status.ACTIVE.value, "name": ("!=", document.name)},
			fields=["name", "from_group", "to_group"],
		)
	}
	moves[document.name] = (context.descendants("Customer Group", document.from_group), document.to_group)
	follows = {
		name: {other for other, (_, reached) in moves.items() if other != name and reached in groups}
		for name, (groups, _) in moves.items()
	}
	try:
		dependency_order(follows)
	except CircularRules as error:
		raise CircularTransitions(transitions=error.values["groups"]) from error
