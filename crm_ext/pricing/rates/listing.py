# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Pages of the rates of a matrix, as the user may see them."""

import re
from collections.abc import Iterator, Mapping

import frappe

from crm_ext.pricing.model import Gives
from crm_ext.pricing.rates.columns import BY_NAME, COLUMNS, FAMILIES, FIELDS
from crm_ext.pricing.rates.language import label
from crm_ext.pricing.rates.store import RATE, visible

ORDER = "item_key, customer_key, place_key, min_qty, name"
"""As the index `crm_ext_sheet` has them."""
PAGE = 10_000


def columns() -> list[dict]:
	"""The columns of the sheet in the user's language."""
	choices = [{"value": gives.value, "label": label(gives.value)} for gives in Gives]
	return [
		{
			"fieldname": column.fieldname,
			"label": label(column.label),
			"fieldtype": column.fieldtype,
			"options": choices if column.fieldtype == "Select" else column.options,
		}
		for column in COLUMNS
	]


def rates(matrix: str, *, start: int, limit: int, search: str, filters: Mapping, order_by: str) -> dict:
	"""A page of rates: {total, rows}. What is no column is no filter, and orders by item. “%” in a filter is any text."""
	where, values = _where(matrix, search, filters)
	total = frappe.db.sql(f"SELECT COUNT(*) FROM `tab{RATE}` WHERE {where}", values)[0][0]
	return {"total": total, "rows": _page(where, values, _order(order_by), start, limit)}


def all_rates(matrix: str) -> Iterator[dict]:
	"""All rates of a matrix in the order of the sheet, a page at a time."""
	where, values = _where(matrix, "", {})
	start = 0
	while rows := _page(where, values, ORDER, start, PAGE):
		yield from rows
		start += PAGE


def _page(where: str, values: dict, order: str, start: int, limit: int) -> list[dict]:
	"""The index finds the names of the page; only these rows are read."""
	ours = ", ".join(f"r.`{field}`" for field in ("name", *FIELDS))
	return frappe.db.sql(
		f"""SELECT {ours} FROM (
			SELECT name FROM `tab{RATE}` WHERE {where} ORDER BY {order} LIMIT %(limit)s OFFSET %(start)s
		) page JOIN `tab{RATE}` r ON r.name = page.name
		ORDER BY {", ".join(f"r.{part}" for part in order.split(", "))}""",
		{**values, "limit": limit, "start": start},
		as_dict=True,
	)


def _where(matrix: str, search: str, filters: Mapping) -> tuple[str, dict]:
	parts = ["matrix = %(matrix)s"]
	values: dict[str, object] = {"matrix": matrix}
	if search:
		# the part of a key behind its colon is the name
		found = [f"SUBSTR({key}, LOCATE(':', {key}) + 1) LIKE %(search)s" for key in FAMILIES]
		parts.append(f"({' OR '.join(found)})")
		values["search"] = "%" + re.sub(r"([%_\\])", r"\\\1", search) + "%"
	for field, value in filters.items():
		if field in BY_NAME and value not in (None, ""):
			compared = "LIKE" if "%" in str(value) else "="
			parts.append(f"`{field}` {compared} %(filter_{field})s")
			values[f"filter_{field}"] = value
	return f"{' AND '.join(parts)} {visible()}", values


def _order(order_by: str) -> str:
	field, _, direction = order_by.strip().partition(" ")
	if field not in BY_NAME:
		return ORDER
	turned = " DESC" if direction.strip().lower() == "desc" else ""
	key = BY_NAME[field].family if field in ("item", "customer") else f"`{field}`"
	return f"{key}{turned}, {ORDER}"
