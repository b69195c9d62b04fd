# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Figures that change: customers who come to meet the conditions of a rule.

Who meets them has a Linkage Match row. It is compared with the figures whenever these are refreshed: who newly meets
the conditions gets an event, who meets them no longer loses the row.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

import frappe
from frappe.utils import getdate, now_datetime

from crm_ext.exceptions import RuleError
from crm_ext.linkage import inbox, runner
from crm_ext.linkage.rules import LiveRule, live_rule, live_rules
from crm_ext.linkage.sources import matching
from crm_ext.profile.slices import CustomerSlice
from crm_ext.profile.store import everybody
from crm_ext.rows import insert_rows
from crm_ext.rules.actions import PROFILE_CHANGED, Event


def refresh_slice(chunk: CustomerSlice, as_of: date) -> int:
	"""Hook `crm_ext_on_profile_refresh`: tell who of a slice came to meet the conditions of a rule; returns how many.

	In the caller's transaction, which has locked the slice. Rules whose beginning is not yet over are left alone
	(`sources.existing`).
	"""
	if not inbox.awaited(PROFILE_CHANGED):
		return 0
	told = 0
	for rule in live_rules(PROFILE_CHANGED):
		if rule.doc.baseline_version == rule.doc.version_hash:
			rule.as_of = as_of
			try:
				new = _follow(rule, chunk)
			except RuleError:
				continue  # it says so itself
			told += inbox.tell(_event(rule.doc, customer, as_of) for customer in new)
	if told:
		runner.run_later()
	return told


def baseline(rule: LiveRule, chunk: CustomerSlice) -> None:
	"""Note who of a slice meets the conditions of a rule that begins, or was changed; tell nobody."""
	_follow(rule, chunk)


def existing(document, chunk: CustomerSlice) -> list[Event]:
	"""An event for each customer of a slice who meets the conditions now."""
	rule = live_rule(document, getdate())
	return [_event(document, customer) for customer in matching.matching(rule, chunk)]


def past(document, _since: datetime) -> Iterator[Event]:
	"""Who meets the conditions now, for nothing is kept of when a customer came to meet them."""
	for chunk in everybody():
		yield from existing(document, chunk)


def _follow(rule: LiveRule, chunk: CustomerSlice) -> Sequence[str]:
	"""Bring the rows of a slice in line with the figures; returns who is new. Raises a RuleError, shown on the rule."""
	meets, values = matching.condition(rule)
	changed = matching.select(rule, chunk, f"{meets} != (m.name IS NOT NULL)", values, columns="m.name")
	gone = [match for _customer, match in changed if match]
	if gone:
		frappe.db.delete(matching.MATCH, {"name": ("in", gone)})
	new = [customer for customer, match in changed if not match]
	insert_rows(
		matching.MATCH, ("rule", "customer"), [(rule.name, customer) for customer in new], ignore_known=True
	)
	return new


def _event(document, customer: str, as_of: date | None = None) -> Event:
	"""With a day, of who came to meet the conditions on it."""
	rule = document.name or document.title or ""
	return Event(
		key=f"{PROFILE_CHANGED}:{rule}:{customer}:{as_of or ''}",
		trigger=PROFILE_CHANGED,
		customer=customer,
		occurred_at=now_datetime(),
		rule=rule,
	)
