# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Customers within some percent of entering a higher tag, or of falling below what their tag needs."""

import frappe
from frappe import _
from frappe.utils import flt

from crm_ext.tags.outlook import near_threshold
from crm_ext.tags.population import scope_of

PERCENT = 10

DIRECTIONS = {"up": "Towards a higher tag", "down": "At risk of losing the tag"}


def execute(filters: dict | None = None) -> tuple:
	"""Columns, rows, a message and the chart. Rows are those of customers the user may read."""
	filters = frappe._dict(filters or {})
	group = filters.tag_group
	if not group:
		return [], [], _("Choose a tag group.")
	percent = flt(filters.percent) or PERCENT
	found = near_threshold(group, percent, scope_of(group, filters.company))
	rows = [row for row in found if not filters.direction or row["direction"] == filters.direction]
	rows = _readable(rows)
	return _columns(), [_row(row) for row in rows], None, _chart(rows)


def _readable(rows: list[dict]) -> list[dict]:
	if not rows or not frappe.has_permission("Customer", "read"):
		return []
	names = {row["customer"] for row in rows}
	readable = set(frappe.get_list("Customer", filters={"name": ("in", names)}, pluck="name", limit=0))
	return [row for row in rows if row["customer"] in readable]


def _row(row: dict) -> dict:
	return dict(
		row,
		tag_label=_(row["tag"], context="Tag") if row["tag"] else "",
		next_label=_(row["next_tag"], context="Tag") if row["next_tag"] else "",
		direction_label=_(DIRECTIONS[row["direction"]]),
	)


def _columns() -> list[dict]:
	columns = [
		("customer", _("Customer"), "Link", "Customer", 150),
		("customer_name", _("Customer Name"), "Data", None, 145),
		("direction_label", _("Direction"), "Data", None, 180),
		("tag_label", _("Tag"), "Data", None, 105),
		("next_label", _("Next Tag"), "Data", None, 105),
		("label", _("Fact"), "Data", None, 135),
		("actual", _("Actual"), "Float", None, 137),
		("needed", _("Needed"), "Float", None, 137),
		("missing", _("Missing", context="CRM Ext"), "Float", None, 120),
		("currency", _("Currency"), "Link", "Currency", 90),
	]
	return [
		{
			"fieldname": name,
			"label": label,
			"fieldtype": fieldtype,
			"options": options,
			"width": width,
			"align": "right" if fieldtype == "Float" else "left",
			"hidden": int(name == "currency"),
		}
		for name, label, fieldtype, options, width in columns
	]


def _chart(rows: list[dict]) -> dict | None:
	"""How many customers each tag may gain, and lose."""
	if not rows:
		return None
	up: dict[str, set] = {}
	down: dict[str, set] = {}
	for row in rows:
		if row["direction"] == "up":
			up.setdefault(row["next_tag"], set()).add(row["customer"])
		else:
			down.setdefault(row["tag"], set()).add(row["customer"])
	tags = sorted({*up, *down})
	return {
		"data": {
			"labels": [_(tag, context="Tag") for tag in tags],
			"datasets": [
				{"name": _("May gain"), "values": [len(up.get(tag, ())) for tag in tags]},
				{"name": _("May lose"), "values": [len(down.get(tag, ())) for tag in tags]},
			],
		},
		"type": "bar",
		"colors": ["#16a34a", "#dc2626"],
	}
