# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The customers of each tag of one group, today.

Not cached: Frappe keeps one answer per chart for all users, and what a user may see differs.
"""

import frappe
from frappe import _

from crm_ext.tags.desk import group_population


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
	"""Labels and one dataset for frappe-charts; `filters` holds the group and, if it matters, the company."""
	chosen = frappe.parse_json(filters)
	if not chosen and chart_name:
		chosen = frappe.parse_json(frappe.get_cached_value("Dashboard Chart", chart_name, "filters_json"))
	if not chosen or not frappe.db.exists("Customer Tag Group", chosen.get("tag_group")):
		return {"labels": [], "datasets": []}
	tags = group_population(chosen["tag_group"], chosen.get("company"))
	return {
		"labels": [_(tag["name"], context="Tag") for tag in tags],
		"datasets": [
			{"name": _("Customers", context="CRM Ext"), "values": [tag["customers"] for tag in tags]}
		],
		"colors": [tag["colour"] for tag in tags],
	}
