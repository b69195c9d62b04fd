# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""How many customers held which tag, when, and how they moved. Set-based reading of the assignments.

A customer holds a tag on a day if the assignment is open at the end of that day. Observed assignments count for
nothing. Every figure covers only the customers that the user may read.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import frappe
from frappe.utils import get_last_day

from crm_ext.constants import ALL_COMPANIES
from crm_ext.profile.permissions import query_conditions

INTERVALS = ("Daily", "Weekly", "Monthly")

NO_TAG = ""
"""Stands for “no tag of the group” at either end of a move."""


@dataclass(frozen=True, slots=True)
class Move:
	"""So many customers went from one tag to another; `revenue` is what they brought in the last 365 days."""

	from_tag: str
	to_tag: str
	customers: int
	revenue: float


def points(start: date, end: date, interval: str) -> list[date]:
	"""The days to look at, oldest first: every day, every seventh day, or the month ends; always `end` itself."""
	if interval == "Monthly":
		days = []
		day = get_last_day(start)
		while day < end:
			days.append(day)
			day = get_last_day(day + timedelta(days=1))
		return [*days, end]
	step = 1 if interval == "Daily" else 7
	return [end - timedelta(days=back) for back in range((end - start).days // step * step, -1, -step)]


def population(
	days: Sequence[date], *, group: str = "", company: str = ALL_COMPANIES
) -> dict[str, list[int]]:
	"""The number of customers of each tag at the end of each of the ascending `days`.

	`company` matters for groups that are evaluated per company.
	"""
	changes = _changes(days[-1], group, company)
	return {tag: _running(by_day, days) for tag, by_day in changes.items()}


def _running(changes: dict[date, int], days: Sequence[date]) -> list[int]:
	"""Add up the changes until each day."""
	totals, total, ordered = [], 0, sorted(changes)
	position = 0
	for day in days:
		while position < len(ordered) and ordered[position] <= day:
			total += changes[ordered[position]]
			position += 1
		totals.append(total)
	return totals


def _changes(last: date, group: str, company: str) -> dict[str, dict[date, int]]:
	"""Per tag and day, the assignments begun less those ended, until `last`."""
	scope = _scope(group)
	rows = frappe.db.sql(
		f"""
		select tag, day, sum(n) from (
			select tag, date(since) as day, count(*) as n from `tabCustomer Tag Assignment`
			where since < %(end)s and {scope} group by tag, date(since)
			union all
			select tag, date(until) as day, -count(*) as n from `tabCustomer Tag Assignment`
			where until < %(end)s and {scope} group by tag, date(until)
		) as changes
		group by tag, day""",
		{"end": last + timedelta(days=1), "group": group, "companies": (ALL_COMPANIES, company)},
	)
	changes: dict[str, dict[date, int]] = defaultdict(dict)
	for tag, day, number in rows:
		changes[tag][day] = int(number)
	return changes


def _scope(group: str) -> str:
	"""The assignments that count: real ones, of the group and company, of customers the user may read."""
	conditions = ["shadow = 0", "company in %(companies)s"]
	if group:
		conditions.append("tag_group = %(group)s")
	if readable := query_conditions(doctype="Customer Tag Assignment"):
		conditions.append(readable.replace("%", "%%"))
	return " and ".join(conditions)


def flow(group: str, start: date, end: date, *, company: str = ALL_COMPANIES) -> list[Move]:
	"""How the customers of an exclusive group moved between the ends of two days.

	Customers without a tag of the group on both days do not appear.
	"""
	rows = frappe.db.sql(
		f"""
		select moved.from_tag, moved.to_tag, count(*), coalesce(sum(p.revenue_365d), 0)
		from ({_moved(group)}) as moved
		left join `tabCustomer Profile` p on p.customer = moved.customer and p.company = %(company)s
		group by moved.from_tag, moved.to_tag""",
		_values(group, start, end, company),
	)
	return [Move(from_tag, to_tag, int(count), float(revenue)) for from_tag, to_tag, count, revenue in rows]


def movers(
	group: str,
	start: date,
	end: date,
	*,
	company: str = ALL_COMPANIES,
	from_tag: str | None = None,
	to_tag: str | None = None,
) -> list[dict]:
	"""The customers behind the figures of `flow`, the largest first; `from_tag` and `to_tag` narrow them down."""
	ends = {"from_tag": from_tag, "to_tag": to_tag}
	narrowed = [f"moved.{end} = %({end})s" for end, tag in ends.items() if tag is not None]
	return frappe.db.sql(
		f"""
		select moved.customer, c.customer_name, moved.from_tag, moved.to_tag,
			coalesce(p.revenue_365d, 0) as revenue, p.currency
		from ({_moved(group)}) as moved
		join `tabCustomer` c on c.name = moved.customer
		left join `tabCustomer Profile` p on p.customer = moved.customer and p.company = %(company)s
		where {" and ".join(narrowed) or "1 = 1"}
		order by revenue desc, moved.customer""",
		_values(group, start, end, company) | ends,
		as_dict=True,
	)


def _moved(group: str) -> str:
	"""One row per customer of the group: the tag at the end of each of the two days.

	Should a customer hold two tags of an exclusive group for a moment, the last by name counts.
	"""
	held = "since < %({day})s and (until is null or until >= %({day})s)"
	at_start, at_end = held.format(day="start"), held.format(day="end")
	return f"""
		select customer,
			coalesce(max(case when {at_start} then tag end), '') as from_tag,
			coalesce(max(case when {at_end} then tag end), '') as to_tag
		from `tabCustomer Tag Assignment`
		where {_scope(group)} and (({at_start}) or ({at_end}))
		group by customer"""


def _values(group: str, start: date, end: date, company: str) -> dict:
	day = timedelta(days=1)
	return {
		"group": group,
		"start": start + day,
		"end": end + day,
		"company": company,
		"companies": (company,),
	}


def tags_of_group(group: str = "") -> list[dict]:
	"""The tags in the order of a form: by group, the highest rank first."""
	tags = frappe.get_all(
		"Customer Tag",
		filters={"tag_group": group} if group else {},
		fields=["name", "tag_group", "rank", "colour", "status"],
		order_by="name asc",
	)
	return sorted(tags, key=lambda tag: (tag.tag_group, -tag.rank))


def scope_of(group: str, company: str | None) -> str:
	"""The `company` of a group's assignments: all together, or the one asked for."""
	per_company = group and frappe.get_cached_value("Customer Tag Group", group, "scope") == "Per company"
	return (company or ALL_COMPANIES) if per_company else ALL_COMPANIES
