# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Rules by the clock: every customer who meets the conditions, once per period.

The Linkage Match row of a customer says for which period it was told last. Spread over the period, each customer has a
day of its own, and is due from then on: who comes to meet the conditions later is not left out.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

import frappe
from frappe.utils import cint, getdate

from crm_ext.exceptions import RuleError
from crm_ext.linkage import inbox
from crm_ext.linkage.calendar import OWN_OFFSET_SQL, Period, last_of_each_period, own_offset, period
from crm_ext.linkage.rules import LiveRule, live_rule, live_rules
from crm_ext.linkage.sources import matching
from crm_ext.profile.slices import CustomerSlice
from crm_ext.profile.store import everybody
from crm_ext.rows import insert_rows
from crm_ext.rules.actions import SCHEDULE, Event


def tell_slice(chunk: CustomerSlice, days: Sequence[date]) -> int:
	"""Tell of the customers of a slice who are due on the last of these days; returns how many.

	Of a period that ended within the days, it is made up for who was due then.
	"""
	told = 0
	for rule in live_rules(SCHEDULE):
		for day in last_of_each_period(rule.doc.frequency, days):
			told += _tell(rule, chunk, day)
	return told


def baseline(rule: LiveRule, chunk: CustomerSlice) -> None:
	"""As a rule begins within a period: for whom the day is over, the next period is the first."""
	today = getdate()
	within = period(rule.doc.frequency, today)
	_note(rule, _due(rule, chunk, today - timedelta(days=1), within), within)


def begin_anew(rule: LiveRule, chunk: CustomerSlice) -> None:
	"""As a rule begins with those who qualify already: what it was told as an observing one counts no more."""
	within, names = chunk.where("customer")
	frappe.db.sql(
		f"UPDATE `tab{matching.MATCH}` SET period = NULL WHERE {within} AND rule = %s", (*names, rule.name)
	)


def past(document, since: datetime) -> Iterator[Event]:
	"""Who meets the conditions now, in each period since a moment on its day."""
	rule = live_rule(document, getdate())
	days = [since.date() + timedelta(days=n) for n in range((getdate() - since.date()).days + 1)]
	periods = {found.name: found for found in (period(document.frequency, day) for day in days)}
	for chunk in everybody():
		for customer in matching.matching(rule, chunk):
			for one in periods.values():
				offset = own_offset(rule.limits.seed, customer, one.days) if cint(document.spread) else 0
				day = one.first + timedelta(days=offset)
				if days[0] <= day <= days[-1]:
					yield _event(document, customer, one, day)


def _tell(rule: LiveRule, chunk: CustomerSlice, day: date) -> int:
	within = period(rule.doc.frequency, day)
	try:
		due = _due(rule, chunk, day, within)
	except RuleError:
		return 0
	_note(rule, due, within)
	return inbox.tell(_event(rule.doc, customer, within, day) for customer in due)


def _due(rule: LiveRule, chunk: CustomerSlice, day: date, within: Period) -> list[str]:
	"""Who meets the conditions, was not told of in the period, and whose day has come."""
	meets, values = matching.condition(rule)
	offset, places = (OWN_OFFSET_SQL, (rule.limits.seed, within.days)) if rule.doc.spread else ("0", ())
	rows = matching.select(
		rule,
		chunk,
		f"{meets} AND COALESCE(m.period, '') != %s AND {offset} <= %s",
		(*values, within.name, *places, within.offset(day)),
	)
	return [customer for (customer,) in rows]


def _note(rule: LiveRule, customers: Sequence[str], within: Period) -> None:
	if customers:
		frappe.db.sql(
			f"UPDATE `tab{matching.MATCH}` SET period = %s WHERE rule = %s AND customer IN %s",
			(within.name, rule.name, tuple(customers)),
		)
		insert_rows(
			matching.MATCH,
			("rule", "customer", "period"),
			[(rule.name, customer, within.name) for customer in customers],
			ignore_known=True,
		)


def _event(document, customer: str, within: Period, day: date) -> Event:
	rule = document.name or document.title or ""
	return Event(
		key=f"{SCHEDULE}:{rule}:{customer}:{within.name}:{document.status}",
		trigger=SCHEDULE,
		customer=customer,
		occurred_at=datetime.combine(day, time.min),
		rule=rule,
	)
