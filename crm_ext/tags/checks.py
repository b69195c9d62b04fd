# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The static check of a tag against the other tags of its group."""

from frappe.utils import getdate, nowdate

from crm_ext.constants import ALL_COMPANIES
from crm_ext.rules.conditions import resolve
from crm_ext.rules.lifecycle import Status
from crm_ext.rules.site import SiteContext, currency_of, registry
from crm_ext.rules.static_check import Finding, Rule, check, circular
from crm_ext.tags import groups as groups_


def findings_of(document) -> list[Finding]:
	"""Findings that concern a Customer Tag document, checked as if it were active beside the active tags."""
	tag = groups_.tag_from(document, document.conditions)
	groups = groups_.read()
	group = groups.get(document.tag_group)
	if group is None:
		return []
	groups[group.name] = group.with_tag(tag)
	if circle := circular(groups_.dependencies(groups)):
		return circle
	others = [t for t in group.tags if t.status == Status.ACTIVE and t.name != tag.name]
	context = SiteContext(getdate(nowdate()), currency_of(ALL_COMPANIES))
	rules = [Rule(t.name, t.rank, resolve(t.conditions, registry(), context)) for t in (*others, tag)]
	report = check(rules, registry(), exclusive=group.exclusive)
	return [finding for finding in report.findings if finding.concerns(tag.name)]
