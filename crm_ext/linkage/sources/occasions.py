# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Birthdays and anniversaries: every night, for the day so many days ahead as each rule says."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

import frappe
from frappe.utils import cint, getdate

from crm_ext.constants import ALL_COMPANIES
from crm_ext.linkage import inbox
from crm_ext.linkage.calendar import anniversaries
from crm_ext.linkage.rules import live_rules
from crm_ext.rules.actions import OCCASION, Event
from crm_ext.rules.lifecycle import in_force

FIRST_COOPERATION = "First Cooperation Anniversary"
ANNIVERSARIES = ("Contract Anniversary", FIRST_COOPERATION)
"""What is no occasion yet on the day itself, but only in the years after."""


def tell(days: Sequence[date]) -> int:
	"""Tell each rule of the occasions that call it on these days; returns how many there were."""
	if not inbox.awaited(OCCASION):
		return 0
	return inbox.tell(
		event for rule in live_rules(OCCASION) for day in days for event in _events(rule.doc, day)
	)


def past(document, since: datetime) -> Iterator[Event]:
	"""What would have called a rule on the days since a moment."""
	for n in range((getdate() - since.date()).days + 1):
		yield from _events(document, since.date() + timedelta(days=n))


def _events(document, day: date) -> Iterator[Event]:
	"""What calls a rule on a day."""
	if not in_force(
		*(document.get(field) and getdate(document.get(field)) for field in ("valid_from", "valid_to")), day
	):
		return
	rule = document.name or document.title or ""
	target = day + timedelta(days=cint(document.days_before))
	for customer, first, occasion in _on(document.occasion, target):
		yield Event(
			key=f"{OCCASION}:{rule}:{occasion or customer}:{target}",
			trigger=OCCASION,
			customer=customer,
			occurred_at=datetime.combine(day, time.min),
			rule=rule,
			reference_doctype="Customer Occasion" if occasion else "",
			reference_name=occasion,
			facts={"occasion_date": str(target), "occasion_years": target.year - first.year},
		)


def _on(occasion: str, day: date) -> Sequence[tuple[str, date, str]]:
	"""(customer, its date, the name of the Customer Occasion) of an occasion that falls on a day."""
	returns = "(MONTH({0}), DAY({0})) IN %s AND {0} <= %s"
	values = (
		anniversaries(day),
		day.replace(month=1, day=1) - timedelta(days=1) if occasion in ANNIVERSARIES else day,
	)
	if occasion == FIRST_COOPERATION:
		return frappe.db.sql(
			f"""SELECT customer, first_cooperation, '' FROM `tabCustomer Profile`
			WHERE company = %s AND {returns.format("first_cooperation")}""",
			(ALL_COMPANIES, *values),
		)
	return frappe.db.sql(
		f"""SELECT customer, date, name FROM `tabCustomer Occasion`
		WHERE occasion = %s AND IF(every_year, {returns.format("date")}, date = %s)""",
		(occasion, *values, day),
	)
