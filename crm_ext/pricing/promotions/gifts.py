# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The lines of a document for goods that promotions give: added, changed and removed with what they are given for."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import cint, flt

from crm_ext.pricing.agreed import source_of
from crm_ext.pricing.promotions import stored
from crm_ext.pricing.promotions.model import Gift

FREE = "crm_ext_promotion"
"""The field of a row that names the promotion that gives it."""

_LIKE_A_BOUGHT_ROW = ("warehouse", "delivery_date", "cost_center", "project")

Key = tuple[str, str]


def sync(doc, gifts: Iterable[Gift], before, *, quoted: Collection[str] = ()) -> set[Key]:
	"""Bring the free lines of a document in step with the gifts; returns those that somebody has taken out: (promotion, item).

	What comes from an earlier document stays as it is, but for what promotions gave in a quotation that does not bind them:
	`quoted`. What somebody took out of the draft stays out.
	"""
	given = (gift for gift in gifts if _available(gift.item_code) and _qty(gift) > 0)
	wanted = {(gift.promotion, gift.item_code): gift for gift in given}
	rows: dict[Key, object] = {}
	for row in _own_free_rows(doc, quoted=quoted):
		if rows.setdefault(_key(row), row) is not row:
			doc.remove(row)
	declined = _declined(doc, before, rows, wanted)
	for key, row in list(rows.items()):
		if key not in wanted:
			doc.remove(row)
			del rows[key]
	for key, gift in wanted.items():
		if key in rows:
			_fill(rows[key], gift)
		elif key not in declined:
			_fill(_append(doc, gift), gift)
	for idx, row in enumerate(doc.items, 1):
		row.idx = idx
	return declined


def restore(doc, kept: Iterable) -> bool:
	"""Put back the free lines that ERPNext has taken out because none of its own rules gives them."""
	missing = [row for row in kept if not any(row is other for other in doc.items)]
	for row in missing:
		doc.items.append(row)
	for idx, row in enumerate(doc.items, 1):
		row.idx = idx
	return bool(missing)


def complete(doc) -> None:
	"""Have ERPNext fill in what new free goods need, where it has not: names, accounts, cost centers."""
	items = doc.items
	if new := [row for row in free_rows(doc) if not row.item_name]:
		doc.items = new
		doc.set_missing_item_details(for_validate=True)
		doc.items = items


def invoice_once(doc) -> None:
	"""Leave in an invoice no more free goods of orders than were ordered and other invoices do not have already.

	ERPNext counts amounts there: what has none it would put into each invoice that is made from an order.
	"""
	if doc.doctype != "Sales Invoice" or doc.get("is_return"):
		return
	rows = {row.so_detail: row for row in free_rows(doc) if row.so_detail and not row.dn_detail}
	if not rows:
		return
	invoiced = dict(
		frappe.db.sql(
			"""SELECT so_detail, SUM(qty) FROM `tabSales Invoice Item`
		WHERE docstatus = 1 AND so_detail IN %s AND parent != %s GROUP BY so_detail""",
			(tuple(rows), doc.name or ""),
		)
	)
	ordered = dict(
		frappe.get_all("Sales Order Item", {"name": ("in", list(rows))}, ["name", "qty"], as_list=True)
	)
	for order_row, row in rows.items():
		left = flt(ordered.get(order_row)) - flt(invoiced.get(order_row))
		row.qty = min(flt(row.qty), max(left, 0))
		if not row.qty and len(doc.items) > 1:
			doc.remove(row)
	for idx, row in enumerate(doc.items, 1):
		row.idx = idx


def free_rows(doc) -> list:
	"""The lines that promotions give."""
	return [row for row in doc.items if row.get(FREE) and row.is_free_item]


def _own_free_rows(doc, *, quoted: Collection[str] = ()) -> list:
	return [
		row
		for row in free_rows(doc)
		if not (source := source_of(row)) or (row.get(FREE) in quoted and source.doctype == "Quotation")
	]


def _key(row) -> Key:
	return row.get(FREE), row.item_code


def _declined(doc, before, rows: Mapping[Key, object], wanted: Mapping[Key, Gift]) -> set[Key]:
	"""Those that were in the draft and are not any more, though they would be given still."""
	told = stored.read(doc.get("crm_ext_promotions"))["declined"]
	had = {_key(row) for row in _own_free_rows(before)} if before else set()
	return {key for key in wanted.keys() - rows.keys() if key in had or list(key) in told}


def _append(doc, gift: Gift):
	bought = next((row for row in doc.items if row.item_code and not row.is_free_item), None)
	values = {name: bought.get(name) for name in _LIKE_A_BOUGHT_ROW} if bought else {}
	item = frappe.get_cached_doc("Item", gift.item_code)
	return doc.append(
		"items",
		{
			**{name: value for name, value in values.items() if value},
			"item_code": gift.item_code,
			# of its own, for ERPNext may refuse to have an item twice in the same words
			"description": _("{0} (free: {1})").format(item.item_name or gift.item_code, gift.promotion),
			"uom": item.stock_uom,
			"stock_uom": item.stock_uom,
			"conversion_factor": 1,
			"is_free_item": 1,
			FREE: gift.promotion,
		},
	)


def _fill(row, gift: Gift) -> None:
	qty = float(_qty(gift))
	row.update({"qty": qty, "stock_qty": qty, "rate": 0.0, "price_list_rate": 0.0, "pricing_rules": None})
	row.update({"discount_percentage": 0, "discount_amount": 0, "crm_ext_base_rate": float(gift.price)})


def _qty(gift: Gift) -> Decimal:
	"""Where the unit has no parts, only whole ones."""
	uom = frappe.get_cached_value("Item", gift.item_code, "stock_uom")
	whole = cint(frappe.get_cached_value("UOM", uom, "must_be_whole_number"))
	return Decimal(int(gift.qty)) if whole else gift.qty


def _available(item_code: str) -> bool:
	"""Whether ERPNext lets the item be sold: it would refuse the whole document."""
	item = frappe.get_cached_doc("Item", item_code)
	ended = item.end_of_life and frappe.utils.getdate(item.end_of_life) <= frappe.utils.getdate()
	return bool(item.is_sales_item and not (item.disabled or item.has_variants or ended))
