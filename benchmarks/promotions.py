# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What active promotions add to the insert of a Sales Order of 100 lines: 200 and 1,000 of them, of all kinds in turn.

Each number thrice: none is for an item of the order, ten are, all are. What they add is the time in our code with the
switch for promotions on, less the time with it off, beside the time of the insert without our code. What is made is
deleted again.
"""

import gc
from collections.abc import Callable

from a_shop import delete_all, insert_order, item_codes, lines_of, make_customer, make_items
from common import Report, median, our_seconds, seconds, site, statements, without_our_hooks

import frappe

from crm_ext.pricing import compiled
from crm_ext.tests.promotions.many import drop, promote
from crm_ext.tests.settings import change_settings

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
	change_settings(promotions_enabled=1)
	_insert()
	gc.disable()
	on, off = _in_turns(lambda: our_seconds(_insert), TIMES)
	gc.enable()
	more, fewer = _in_turns(lambda: statements(_insert), COUNTS)
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
		for enabled in (1, 0):
			change_settings(promotions_enabled=enabled)
			pair.append(measured())
		pairs.append(pair)
	return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def _bare() -> float:
	with without_our_hooks():
		_insert()
		found = median(seconds(_insert) for _ in range(TIMES))
	frappe.db.rollback()
	return found


def _insert() -> None:
	insert_order(TITLE, lines_of(TITLE, ORDER_LINES, 2))


def _prepare() -> None:
	make_items(TITLE, item_codes(TITLE, ORDER_LINES + OTHERS), lambda place: 50 + place % 90)
	make_customer(TITLE, TITLE)
	frappe.db.commit()


def _promote(number: int, applicable: int) -> None:
	"""So many active promotions, `applicable` of them for items of the order."""
	drop(TITLE)
	codes = item_codes(TITLE, ORDER_LINES + OTHERS)
	promote(TITLE, number, own=codes[:ORDER_LINES], few=applicable, others=codes[ORDER_LINES:])
	frappe.db.commit()


def _clean() -> None:
	frappe.db.rollback()
	drop(TITLE)
	delete_all(TITLE)


if __name__ == "__main__":
	main()
