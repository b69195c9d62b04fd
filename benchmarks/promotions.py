# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What active promotions add to the insert of a Sales Order of 100 lines: 200 and 1,000 of them, of all kinds in turn.

Each number thrice: none is for an item of the order, ten are, all are. What they add is the time in our code with the
switch for promotions on, less the time with it off, beside the time of the insert without our code. What is made is
deleted again.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from common import OurTime, Queries, Report, median, seconds, site, without_our_hooks

import frappe
from frappe.utils import nowdate

from crm_ext.demo import data
from crm_ext.pricing import compiled
from crm_ext.rows import insert_rows
from crm_ext.tests.promotions.many import drop, promote

TITLE = "Benchmark Promotions"
ORDER_LINES, OTHERS = 100, 1_000
FEW = 10
TIMES, COUNTS = 8, 2
ADDED, STATEMENTS = 0.1, 4


def main():
	with site():
		report = Report(f"Promotions on a Sales Order of {ORDER_LINES} lines")
		_clean()
		_prepare()
		try:
			bare = _bare()
			report.figure("Sales Order without our code", bare * 1000, "ms")
			for promotions in (200, 1_000):
				for wording, applicable in (("none", 0), (f"{FEW}", FEW), ("all", promotions)):
					print(f"\n{promotions:,} promotions, {wording} for items of the order")
					_promote(promotions, applicable)
					_measure(report, bare, budget=promotions == 200)
		finally:
			_clean()
		report.close()


def _measure(report: Report, bare: float, *, budget: bool) -> None:
	compiled.forget()
	frappe.db.commit()
	compiling = seconds(compiled.current)
	report.figure("reading them, once after a change", compiling * 1000, "ms")
	with _promotions(True):
		_insert()
	on, off = _in_turns(_our_seconds, TIMES)
	more, fewer = _in_turns(_statements, COUNTS)
	report.figure("in our code without promotions", off * 1000, "ms")
	report.figure("in our code with them", on * 1000, "ms")
	ratio = (on - off) / bare
	if budget:
		report.budget("added ÷ the insert's own time", ratio, ADDED)
	else:
		report.figure("added ÷ the insert's own time", ratio, "×")
	report.budget("more statements", more - fewer, STATEMENTS, "")
	frappe.db.rollback()


def _in_turns(measured: Callable[[], float], times: int) -> tuple[float, float]:
	"""The medians with promotions and without."""
	pairs = []
	for _ in range(times):
		pair = []
		for enabled in (True, False):
			with _promotions(enabled):
				pair.append(measured())
		pairs.append(pair)
	return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


@contextmanager
def _promotions(enabled: bool) -> Iterator[None]:
	frappe.db.set_single_value("CRM Ext Settings", "promotions_enabled", int(enabled))
	frappe.clear_document_cache("CRM Ext Settings", "CRM Ext Settings")
	yield


def _our_seconds() -> float:
	gc.disable()
	with OurTime() as ours:
		_insert()
	gc.enable()
	return ours.seconds


def _statements() -> int:
	with Queries() as counted:
		_insert()
	return counted.count


def _bare() -> float:
	with without_our_hooks():
		_insert()
		found = median(seconds(_insert) for _ in range(TIMES))
	frappe.db.rollback()
	return found


def _insert() -> None:
	frappe.get_doc(
		doctype="Sales Order",
		customer=TITLE,
		company=data.HOME.name,
		selling_price_list=TITLE,
		delivery_date=nowdate(),
		items=[{"item_code": _item(line), "qty": 1 + line % 7 * 2} for line in range(ORDER_LINES)],
	).insert()


def _item(number: int) -> str:
	return f"{TITLE} {number:05}"


def _prepare() -> None:
	group = frappe.db.get_value("Item Group", {"is_group": 0})
	codes = [_item(number) for number in range(ORDER_LINES + OTHERS)]
	insert_rows(
		"Item",
		("item_code", "item_name", "item_group", "stock_uom", "is_sales_item"),
		[(code, code, group, "Nos", 1) for code in codes],
		names=codes,
	)
	insert_rows(
		"UOM Conversion Detail",
		("parent", "parenttype", "parentfield", "uom", "conversion_factor"),
		[(code, "Item", "uoms", "Nos", 1) for code in codes],
	)
	_document("Price List", price_list_name=TITLE, currency=data.HOME.currency, selling=1, enabled=1)
	insert_rows(
		"Item Price",
		("item_code", "price_list", "price_list_rate", "currency", "selling", "uom"),
		[(code, TITLE, 50 + number % 90, data.HOME.currency, 1, "Nos") for number, code in enumerate(codes)],
	)
	leaf = {"is_group": 0}
	_document(
		"Customer",
		customer_name=TITLE,
		default_price_list=TITLE,
		customer_group=frappe.db.get_value("Customer Group", leaf),
		territory=frappe.db.get_value("Territory", leaf),
	)
	frappe.db.commit()


def _promote(number: int, applicable: int) -> None:
	"""So many active promotions, `applicable` of them for items of the order."""
	drop(TITLE)
	codes = [_item(place) for place in range(ORDER_LINES + OTHERS)]
	promote(TITLE, number, own=codes[:ORDER_LINES], few=applicable, others=codes[ORDER_LINES:])
	frappe.db.commit()


def _document(doctype: str, **values) -> None:
	frappe.get_doc({"doctype": doctype, **values}).insert()


def _clean() -> None:
	frappe.db.rollback()
	drop(TITLE)
	frappe.db.delete("Item Price", {"price_list": TITLE})
	frappe.db.delete("UOM Conversion Detail", {"parent": ("like", f"{TITLE}%")})
	for doctype in ("Item", "Customer", "Price List"):
		frappe.db.delete(doctype, {"name": ("like", f"{TITLE}%")})
	frappe.db.commit()
	frappe.clear_cache()


if __name__ == "__main__":
	main()
