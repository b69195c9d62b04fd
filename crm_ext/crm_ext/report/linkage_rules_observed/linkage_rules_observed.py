# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What observing linkage rules would have done, by week and action: what their owners read every Monday."""

from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import formatdate, getdate, nowdate

from crm_ext.linkage.weekly import Week, observed

DAYS_BACK = 55
COLOURS = ["#2563eb", "#16a34a", "#d97706", "#7c3aed", "#0891b2", "#db2777", "#64748b"]


def execute(filters: dict | None = None) -> tuple:
	"""Columns, a row for each sentence on a week, no message, and the runs of each week as a chart."""
	filters = frappe._dict(filters or {})
	end = getdate(filters.to_date or nowdate())
	start = getdate(filters.from_date) if filters.from_date else end - timedelta(days=DAYS_BACK)
	weeks = observed(start, end, rule=filters.rule or "")
	return _columns(), [row for week in weeks for row in _rows(week)], None, _chart(weeks)


def _rows(week: Week) -> list[dict]:
	rows = [
		{
			"week": week.monday,
			"rule": week.rule,
			"text": line.text,
			"times": line.times,
			"customers": line.customers,
			"changes": line.changes,
			"unchanged": line.unchanged,
			"failures": line.failures,
		}
		for line in week.lines
	]
	rows[0] |= {"bold": 1, "example": week.examples[0][0] if week.examples else None}
	return rows


def _columns() -> list[dict]:
	columns = (
		("week", _("Week from"), "Date", None, 115),
		("rule", _("Linkage Rule"), "Link", "Linkage Rule", 190),
		("text", _("What Would Happen"), "Data", None, 390),
		("times", _("Times"), "Int", None, 70),
		("customers", _("Customers", context="CRM Ext"), "Int", None, 105),
		("changes", _("Would Change"), "Int", None, 130),
		("unchanged", _("Nothing to Change"), "Int", None, 155),
		("failures", _("Would Fail"), "Int", None, 100),
		("example", _("For Example"), "Link", "Customer", 200),
	)
	return [
		{"fieldname": name, "label": label, "fieldtype": fieldtype, "options": options, "width": width}
		for name, label, fieldtype, options, width in columns
	]


def _chart(weeks: list[Week]) -> dict | None:
	"""How often each rule would have run, from the first week to the last."""
	if not weeks:
		return None
	first, last = weeks[-1].monday, weeks[0].monday
	mondays = [first + timedelta(days=back) for back in range(0, (last - first).days + 1, 7)]
	runs = {(week.rule, week.monday): week.runs for week in weeks}
	return {
		"data": {
			"labels": [formatdate(monday) for monday in mondays],
			"datasets": [
				{"name": rule, "values": [runs.get((rule, monday), 0) for monday in mondays]}
				for rule in sorted({week.rule for week in weeks})
			],
		},
		"type": "bar",
		"barOptions": {"stacked": 1},
		"colors": COLOURS,
		"fieldtype": "Int",
	}
