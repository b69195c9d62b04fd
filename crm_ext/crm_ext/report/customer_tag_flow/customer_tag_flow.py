# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""How customers moved between the tags of one exclusive group from one day to another.

Without a start or end tag: the matrix. With one: the customers behind that figure.
"""

from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from crm_ext.rules.site import currency_of
from crm_ext.tags.population import NO_TAG, Move, flow, movers, scope_of, tags_of_group

NONE = "-"
"""How the filters write “no tag”, since an empty filter means any."""


def execute(filters: dict | None = None) -> tuple:
	"""Columns, rows, a message, the chart and, for the matrix, the summary."""
	filters = frappe._dict(filters or {})
	group = filters.tag_group
	if not group:
		return [], [], _("Choose a tag group.")
	if frappe.db.get_value("Customer Tag Group", group, "selection") != "Exclusive":
		return [], [], _("A customer can hold several tags of this group, so there is no flow between them.")
	end = getdate(filters.to_date or nowdate())
	start = getdate(filters.from_date) if filters.from_date else end - timedelta(days=90)
	company = scope_of(group, filters.company)
	if filters.from_tag or filters.to_tag:
		return _customers(filters, group, start, end, company)
	return _matrix(filters, group, flow(group, start, end, company=company), currency_of(company))


def _customers(filters: dict, group: str, start, end, company: str) -> tuple[list[dict], list[dict]]:
	ends = {
		end_: NO_TAG if filters[end_] == NONE else filters[end_]
		for end_ in ("from_tag", "to_tag")
		if filters.get(end_)
	}
	rows = movers(group, start, end, company=company, **ends)
	for row in rows:
		row.from_tag, row.to_tag = _name(row.from_tag), _name(row.to_tag)
	columns = [
		{
			"fieldname": "customer",
			"label": _("Customer"),
			"fieldtype": "Link",
			"options": "Customer",
			"width": 180,
		},
		{"fieldname": "customer_name", "label": _("Customer Name"), "fieldtype": "Data", "width": 260},
		{"fieldname": "from_tag", "label": _("From Tag"), "fieldtype": "Data", "width": 150},
		{"fieldname": "to_tag", "label": _("To Tag"), "fieldtype": "Data", "width": 150},
		_money("revenue", _("Revenue, 365 Days")),
		_currency_column(),
	]
	return columns, rows


def _matrix(filters: dict, group: str, moves: list[Move], currency: str) -> tuple:
	figure = "revenue" if filters.figure == "Revenue" else "customers"
	names = [tag.name for tag in tags_of_group(group)] + [NO_TAG]
	by_pair = {(move.from_tag, move.to_tag): move for move in moves}
	rows = []
	for place, from_tag in enumerate(names):
		row = {
			"from_tag": _name(from_tag),
			"from_key": from_tag or NONE,
			"place": place,
			"currency": currency,
		}
		out = [by_pair.get((from_tag, to_tag)) for to_tag in names]
		row |= {f"to_{at}": getattr(move, figure) if move else 0 for at, move in enumerate(out)}
		row["customers"] = sum(move.customers for move in out if move)
		row["revenue"] = sum(move.revenue for move in out if move)
		rows.append(row)
	return _matrix_columns(names, figure), rows, None, _chart(rows, names), _summary(moves, names, currency)


def _matrix_columns(names: list[str], figure: str) -> list[dict]:
	columns = [{"fieldname": "from_tag", "label": _("From ↓  To →"), "fieldtype": "Data", "width": 170}]
	for at, name in enumerate(names):
		column = {"fieldname": f"to_{at}", "label": _name(name), "fieldtype": "Int", "width": 140}
		if figure == "revenue":
			column |= {"fieldtype": "Currency", "options": "currency"}
		columns.append(column | {"to_key": name or NONE, "place": at})
	columns.append({"fieldname": "customers", "label": _("All Customers"), "fieldtype": "Int", "width": 130})
	return [*columns, _money("revenue", _("Revenue, 365 Days")), _currency_column()]


def _money(fieldname: str, label: str) -> dict:
	return {
		"fieldname": fieldname,
		"label": label,
		"fieldtype": "Currency",
		"options": "currency",
		"width": 170,
	}


def _currency_column() -> dict:
	return {
		"fieldname": "currency",
		"label": _("Currency"),
		"fieldtype": "Link",
		"options": "Currency",
		"hidden": 1,
	}


def _chart(rows: list[dict], names: list[str]) -> dict | None:
	"""Where the customers of each tag came to be: one stacked bar per starting tag."""
	rows = [row for row in rows if row["customers"]]
	if not rows:
		return None
	colours = {tag.name: tag.colour for tag in frappe.get_all("Customer Tag", fields=["name", "colour"])}
	return {
		"data": {
			"labels": [row["from_tag"] for row in rows],
			"datasets": [
				{"name": _name(name), "values": [row[f"to_{at}"] for row in rows]}
				for at, name in enumerate(names)
			],
		},
		"type": "bar",
		"barOptions": {"stacked": 1},
		"colors": [colours.get(name) or "#c7ccd1" for name in names],
	}


def _summary(moves: list[Move], names: list[str], currency: str) -> list[dict]:
	"""Up, down, entered and left: customers, and the revenue they bring."""
	place = {name: len(names) - at for at, name in enumerate(names)}
	ups = [m for m in moves if m.from_tag and m.to_tag and place.get(m.to_tag, 0) > place.get(m.from_tag, 0)]
	downs = [
		m for m in moves if m.from_tag and m.to_tag and place.get(m.to_tag, 0) < place.get(m.from_tag, 0)
	]
	entered = [m for m in moves if not m.from_tag]
	left = [m for m in moves if not m.to_tag]
	cards = (
		(_("Up", context="CRM Ext"), ups, "Green"),
		(_("Down"), downs, "Red"),
		(_("Entered"), entered, "Blue"),
		(_("Left", context="CRM Ext"), left, "Grey"),
	)
	return [
		{"label": label, "value": sum(m.customers for m in some), "datatype": "Int", "indicator": colour}
		for label, some, colour in cards
	] + [
		{
			"label": _("Revenue Moved Down or Out"),
			"value": sum(m.revenue for m in (*downs, *left)),
			"datatype": "Currency",
			"currency": currency,
			"indicator": "Red",
		}
	]


def _name(tag: str) -> str:
	return _(tag, context="Tag") if tag else _("No Tag")
