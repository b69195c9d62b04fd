# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Prices against 100,000 rates: a basket over the API, and a Sales Order of 100 lines, with and without them.

Twice: sparse, 10 rates for an item, and dense, 100. Beside it ERPNext: `get_item_details` for the same basket, and
the same prices as native Pricing Rules. What is made is deleted again. What our prices add to a document is the time
spent in our code, on a clock of its own: the difference of whole documents, which is printed too, is noisier.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product

from a_shop import delete_all, insert_order, item_code, item_codes, lines_of, make_customer, make_items
from common import Report, in_turns, median, our_seconds, seconds, site, statements, without_our_hooks

import frappe
from frappe.utils import nowdate

from erpnext.stock.get_item_details import get_item_details

from crm_ext.demo import data
from crm_ext.pricing import compiled
from crm_ext.pricing.api import price_basket
from crm_ext.pricing.rates.columns import FIELDS, keys_of
from crm_ext.rows import insert_rows
from crm_ext.settings import settings
from crm_ext.tests.settings import change_settings

RATES = 100_000
TITLE = "Benchmark Prices"
BREAKS = (0, 10, 20, 50, 100)
LINES, ORDER_LINES = 30, 100
RULES = 2_000
TIMES = 12
MILLISECONDS, STATEMENTS, FASTER = 25, 6, 20
ORDER, RULES_FASTER = 1.05, 25


def main():
	with site():
		report = Report(f"Prices against {RATES:,} rates")
		with _without_promotions():
			for per_item in (10, 100):
				_clean()
				_prepare(per_item)
				try:
					print(f"\n{per_item} rates for an item")
					_basket(report)
					added = _order(report)
					if per_item == 100:
						_native(report, added)
				finally:
					_clean()
		report.close()


@contextmanager
def _without_promotions() -> Iterator[None]:
	"""Those of the site, such as the demo's, have a benchmark of their own."""
	before = settings().promotions_enabled
	change_settings(promotions_enabled=0)
	frappe.db.commit()
	try:
		yield
	finally:
		frappe.db.rollback()
		change_settings(promotions_enabled=before)
		frappe.db.commit()


def _basket(report: Report) -> None:
	"""30 lines with 7 different quantities."""
	asked = {
		"company": data.HOME.name,
		"customer": TITLE,
		"lines": lines_of(TITLE, LINES, 9),
	}
	priced = price_basket(dict(asked))["lines"]
	assert all(line["steps"][-1]["did"] == "matrix" for line in priced)
	took = median(seconds(lambda: price_basket(dict(asked))) for _ in range(TIMES))
	sent = statements(lambda: price_basket(dict(asked)))
	native = median(seconds(lambda: _details(asked["lines"])) for _ in range(3))
	report.figure("ERPNext's get_item_details for the basket", native * 1000, "ms")
	report.budget("basket of 30 lines", took * 1000, MILLISECONDS, "ms")
	report.budget("basket ÷ get_item_details, in twentieths", took / native * FASTER, 1)
	report.budget("statements of the basket", sent, STATEMENTS, "")


def _details(lines: list[dict]) -> None:
	for line in lines:
		get_item_details(
			frappe._dict(
				**line,
				doctype="Sales Order",
				customer=TITLE,
				company=data.HOME.name,
				currency=data.HOME.currency,
				conversion_rate=1,
				price_list=TITLE,
				price_list_currency=data.HOME.currency,
				plc_conversion_rate=1,
				transaction_date=nowdate(),
			)
		)


def _insert() -> None:
	insert_order(TITLE, lines_of(TITLE, ORDER_LINES, 9))


def _order(report: Report) -> float:
	"""Insert of a Sales Order, with our hooks and without, in turns; returns the seconds that ours add."""

	for _ in range(2):
		_insert()
		with without_our_hooks():
			_insert()
	more = median(pair[0] - pair[1] for pair in in_turns(lambda: statements(_insert), 4))
	gc.disable()
	pairs = in_turns(lambda: seconds(_insert), TIMES)
	gc.enable()
	ours = median(our_seconds(_insert) for _ in range(TIMES))
	frappe.db.rollback()
	bare = median(without for _, without in pairs)
	added = median(with_ - without for with_, without in pairs)
	report.figure("Sales Order of 100 lines without our hooks", bare * 1000, "ms")
	report.figure("difference within the pairs, median", added * 1000, "ms")
	report.figure("in our code", ours * 1000, "ms")
	report.budget("Sales Order with our code ÷ without", (bare + ours) / bare, ORDER)
	report.budget("more statements", more, STATEMENTS, "")
	return ours


def _native(report: Report, ours: float) -> None:
	"""The time that 2,000 Pricing Rules add to the same Sales Order, beside ours."""

	with without_our_hooks():
		_insert()
		bare = median(seconds(_insert) for _ in range(5))
		making = seconds(lambda: [_rule(number) for number in range(RULES)])
		_insert()
		ruled = median(seconds(_insert) for _ in range(5))
	frappe.db.rollback()
	report.figure("making 2,000 Pricing Rules", making, "s")
	report.figure("what they add to the Sales Order", (ruled - bare) * 1000, "ms")
	report.budget("what ours add ÷ theirs, in 25ths", ours / (ruled - bare) * RULES_FASTER, 1)


def _rule(number: int) -> None:
	"""The rates of 400 items, at each break, for the customer."""
	item, least = divmod(number, len(BREAKS))
	frappe.get_doc(
		doctype="Pricing Rule",
		title=f"{TITLE} {number}",
		apply_on="Item Code",
		items=[{"item_code": item_code(TITLE, item)}],
		selling=1,
		applicable_for="Customer",
		customer=TITLE,
		min_qty=BREAKS[least],
		max_qty=(*BREAKS, 0)[least + 1] and BREAKS[least + 1] - 1,
		rate_or_discount="Rate",
		rate=90 - least,
		price_or_product_discount="Price",
		company=data.HOME.name,
		currency=data.HOME.currency,
		priority=1,
	).insert()


def _prepare(per_item: int) -> None:
	"""`per_item` rates for each item: five breaks, for all and for so many customers."""
	codes = item_codes(TITLE, RATES // per_item)
	buyers = ["", *(f"{TITLE} {n}" for n in range(per_item // len(BREAKS) - 2)), TITLE]
	make_items(TITLE, codes, lambda _place: 100)
	for name in buyers:
		if name:
			make_customer(TITLE, name)
	frappe.get_doc(doctype="Price Matrix", title=TITLE, currency=data.HOME.currency).insert()
	insert_rows("Price Matrix Rate", ("matrix", *FIELDS, *_KEYS), [*_rates(codes, buyers)])
	frappe.get_doc("Price Matrix", TITLE).update({"status": "Active"}).save()
	frappe.db.commit()
	compiled.current()


_KEYS = ("item_key", "customer_key", "place_key", "rate_key")


def _rates(codes: list[str], buyers: list[str]):
	empty = {**dict.fromkeys(FIELDS, ""), "valid_from": None, "valid_to": None, "rate_type": "Rate"}
	for code, buyer, least in product(codes, buyers, range(len(BREAKS))):
		row = {**empty, "item": code, "customer": buyer, "min_qty": float(BREAKS[least]), "value": 90 - least}
		keys = keys_of(row, TITLE)
		yield (TITLE, *(row[field] for field in FIELDS), *(keys[key] for key in _KEYS))


def _clean() -> None:
	frappe.db.rollback()
	frappe.db.delete("Price Matrix Rate", {"matrix": TITLE})
	frappe.delete_doc("Price Matrix", TITLE, force=True, ignore_missing=True)
	delete_all(TITLE)


if __name__ == "__main__":
	main()
