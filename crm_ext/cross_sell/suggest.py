# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What to offer to whoever buys some items: what others bought with them."""

from collections.abc import Collection, Mapping

import frappe
from frappe.utils import getdate

from crm_ext.cross_sell.model import added_value
from crm_ext.cross_sell.store import ASSOCIATION

_FIGURES = ("together", "support", "confidence", "lift")
_OF_ITEMS = ("name", "item_name", "disabled", "is_sales_item", "has_variants", "end_of_life")


def suggestions(items: Collection[str], company: str, limit: int) -> list[dict]:
	"""At most `limit` items that are bought with one of `items` and are not among them, best first.

	Each is {item_code, item_name, with_item, with_item_name, together, support, confidence, lift}; `with_item` is that of
	the items which says most for it, shares are in percent. Only items that can be sold and that the session's user may
	read. `company` "": by the invoices of all companies. Two statements.
	"""
	if not items:
		return []
	found = frappe.get_list(
		ASSOCIATION,
		filters={"item_code": ["in", items], "suggested_item": ["not in", items], "company": company},
		fields=["item_code", "suggested_item", *_FIGURES],
		limit_page_length=0,
	)
	if not found:
		return []
	readable = _readable({name for one in found for name in (one.item_code, one.suggested_item)})
	offered: dict[str, dict] = {}
	for one in sorted(found, key=_rank):
		suggested, with_item = readable.get(one.suggested_item), readable.get(one.item_code)
		if with_item and suggested and _can_be_sold(suggested):
			offered.setdefault(one.suggested_item, _offer(one, suggested, with_item))
	return list(offered.values())[:limit]


def _rank(one: Mapping) -> tuple:
	return (-added_value(one.confidence, one.lift), one.suggested_item, one.item_code)


def _offer(one: Mapping, suggested: Mapping, with_item: Mapping) -> dict:
	return {
		"item_code": suggested.name,
		"item_name": suggested.item_name,
		"with_item": with_item.name,
		"with_item_name": with_item.item_name,
		**{figure: one[figure] for figure in _FIGURES},
	}


def _readable(names: Collection[str]) -> dict[str, Mapping]:
	rows = frappe.get_list(
		"Item", filters={"name": ["in", sorted(names)]}, fields=list(_OF_ITEMS), limit_page_length=0
	)
	return {row.name: row for row in rows}


def _can_be_sold(item: Mapping) -> bool:
	in_time = not item.end_of_life or getdate(item.end_of_life) > getdate()
	return bool(in_time and item.is_sales_item and not item.disabled and not item.has_variants)
