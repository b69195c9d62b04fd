# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The runs of the linkage rules by day and state.

Not cached: Frappe keeps one answer per chart for all users, and what a user may see differs.
"""

from collections import Counter
from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import cint, formatdate, getdate, nowdate

from crm_ext.profile.permissions import query_conditions

DAYS = 30

STATES = ("Done", "Waiting", "Failed", "Dead Letter", "Held Out")
"""Those shown, in the order of the colours of the chart; the others are no runs."""


@frappe.whitelist()
def get(
	chart_name: str | None = None,
	chart: dict | str | None = None,
	no_cache: bool | int | str | None = None,
	filters: dict | list | str | None = None,
	from_date: str | None = None,
	to_date: str | None = None,
	timespan: str | None = None,
	time_interval: str | None = None,
	heatmap_year: int | str | None = None,
	refresh: int | str | None = None,
) -> dict:
	"""Labels and one dataset per state for frappe-charts; `filters` may hold the number of `days`."""
	frappe.has_permission("Linkage Run", throw=True)
	chosen = frappe.parse_json(filters) or {}
	days = min(max(cint(chosen.get("days")), 0) or DAYS, 365)
	today = getdate(nowdate())
	shown = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
	counts = _counts(shown[0])
	return {
		"labels": [formatdate(day) for day in shown],
		"datasets": [
			{"name": _(state, context="Linkage Run"), "values": [counts[day, state] for day in shown]}
			for state in STATES
		],
	}


def _counts(start: date) -> Counter:
	"""The runs since a day by day and state, of customers that the user may read."""
	conditions = ["shadow = 0", "occurred_at >= %(start)s", "status IN %(states)s"]
	if readable := query_conditions(doctype="Linkage Run"):
		conditions.append(readable.replace("%", "%%"))
	rows = frappe.db.sql(
		f"""SELECT DATE(occurred_at), status, COUNT(*) FROM `tabLinkage Run`
		WHERE {" AND ".join(conditions)} GROUP BY DATE(occurred_at), status""",
		{"start": start, "states": STATES},
	)
	return Counter({(day, state): count for day, state, count in rows})
