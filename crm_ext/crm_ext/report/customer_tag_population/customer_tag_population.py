# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Customers per tag over time: one row per day, week or month, one column per tag."""

from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import format_date, get_user_date_format, getdate, nowdate

from crm_ext.tags.population import INTERVALS, points, population, scope_of, tags_of_group

DAYS_BACK = {"Daily": 30, "Weekly": 26 * 7, "Monthly": 365}
"""How far each interval looks back unless a start is given."""


def execute(filters: dict | None = None) -> tuple[list[dict], list[dict], None, dict]:
	"""Columns, rows and the line chart. Without a start the interval's usual span counts."""
	filters = frappe._dict(filters or {})
	group = filters.tag_group or ""
	interval = filters.interval if filters.interval in INTERVALS else "Weekly"
	today = getdate(nowdate())
	end = min(getdate(filters.to_date) if filters.to_date else today, today)
	start = getdate(filters.from_date) if filters.from_date else end - timedelta(days=DAYS_BACK[interval])
	days = points(min(start, end), end, interval)
	counts = population(days, group=group, company=_company(group, filters.company))
	tags = [tag for tag in tags_of_group(group) if tag.name in counts or (group and tag.status == "Active")]
	return _columns(tags), _rows(days, tags, counts), None, _chart(days, tags, counts, interval)


def _company(group: str, company: str | None) -> str:
	return scope_of(group, company) if group else company or ""


def _columns(tags: list[dict]) -> list[dict]:
	columns = [{"fieldname": "day", "label": _("Day", context="CRM Ext"), "fieldtype": "Date", "width": 130}]
	for position, tag in enumerate(tags):
		columns.append(
			{
				"fieldname": f"tag_{position}",
				"label": _(tag.name, context="Tag"),
				"fieldtype": "Int",
				"width": 150,
			}
		)
	return columns


def _rows(days: list[date], tags: list[dict], counts: dict[str, list[int]]) -> list[dict]:
	none = [0] * len(days)
	rows = []
	for at, day in enumerate(days):
		row = {"day": day}
		row |= {f"tag_{position}": counts.get(tag.name, none)[at] for position, tag in enumerate(tags)}
		rows.append(row)
	return rows[::-1]


def _chart(days: list[date], tags: list[dict], counts: dict[str, list[int]], interval: str) -> dict | None:
	if not counts:
		return None
	none = [0] * len(days)
	return {
		"data": {
			"labels": [_short(day, interval) for day in days],
			"datasets": [
				{"name": _(tag.name, context="Tag"), "values": counts.get(tag.name, none)} for tag in tags
			],
		},
		"type": "line",
		"colors": [tag.colour or "#6b7280" for tag in tags],
		"lineOptions": {"hideDots": int(len(days) > 40), "regionFill": 0},
		"axisOptions": {"xAxisMode": "tick", "xIsSeries": 1},
		"fieldtype": "Int",
	}


def _short(day: date, interval: str) -> str:
	"""A day for the axis, where there is room for five letters: without its year, or month and year."""
	if interval == "Monthly":
		return format_date(day, "MM/yy")
	months_first = get_user_date_format().lower().startswith(("mm", "yyyy"))
	return format_date(day, "MM/dd" if months_first else "dd/MM")
