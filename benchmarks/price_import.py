# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""100,000 rates brought into a price matrix from CSV and from XLSX, every line checked, in one transaction each.

Beside it: the same file again (nothing changes), the check alone, a sample of the same rates as documents of Frappe,
and a sample of ERPNext's Pricing Rules.
"""

from itertools import islice, product

from common import Report, peak_memory, seconds, site

import frappe

from crm_ext.demo import data
from crm_ext.pricing.rates import exporting, files, importing, listing, service
from crm_ext.pricing.rates.columns import FIELDS
from crm_ext.pricing.rates.language import words
from crm_ext.profile.transactions import read_committed
from crm_ext.rows import insert_rows

RATES = 100_000
ITEMS, TAGS, CHANNELS, BREAKS = 2_000, 5, 2, (0, 10, 50, 100, 500)
SAMPLE = 500
PER_SECOND = 10_000
TITLE = "Benchmark Rates"


def main():
	with site():
		report = Report(f"Import of {RATES:,} rates")
		_clean()
		_prepare()
		try:
			for kind in (files.CSV, files.XLSX):
				_measure(report, kind)
			_compare(report)
		finally:
			_clean()
		report.close()


def _measure(report: Report, kind: str) -> None:
	content = files.write(kind, words(), _rates())
	print(f"\n{kind.upper()}, {len(content) / 2**20:.1f} MB")
	before = peak_memory()
	took = seconds(lambda: _bring_in(kind, content))
	report.figure("imported and committed", took, "s")
	report.figure("rates per second", RATES / took, "/s")
	if kind == files.CSV:
		report.budget("seconds for 100,000 rates", took, RATES / PER_SECOND, "s")
	report.figure("more memory at the peak", peak_memory() - before, "MB")
	report.figure("checked again, as a dry run", seconds(lambda: _bring_in(kind, content, dry_run=True)), "s")
	report.figure("imported again: nothing changes", seconds(lambda: _bring_in(kind, content)), "s")
	report.figure("exported", seconds(lambda: exporting.file(kind, listing.all_rates(TITLE))), "s")
	report.figure("first page of the grid", seconds(_page), "s")
	report.figure("last page", seconds(lambda: _page(RATES - 500)), "s")
	report.figure("a page searched for", seconds(lambda: _page(search=_item(ITEMS // 2))), "s")
	report.figure("replaced by one rate", seconds(_empty), "s")


def _page(start: int = 0, search: str = "") -> None:
	listing.rates(TITLE, start=start, limit=500, search=search, filters={}, order_by="item")


def _bring_in(kind: str, content: bytes, dry_run: bool = False) -> None:
	said = words()
	with read_committed():
		outcome = importing.bring_in(TITLE, files.read(f"x.{kind}", content, said), said, dry_run=dry_run)
	assert (outcome.lines, outcome.faulty) == (RATES, 0), outcome.faults[:3]


def _empty() -> None:
	said = words()
	one = files.write(files.CSV, said, islice(_rates(), 1))
	with read_committed():
		importing.bring_in(TITLE, files.read("x.csv", one, said), said, replace=True)
		service.save_rates(TITLE, [], frappe.get_all("Price Matrix Rate", {"matrix": TITLE}, pluck="name"))


def _compare(report: Report) -> None:
	print(f"\nBeside it, a sample of {SAMPLE:,}")
	took = seconds(
		lambda: [_document("Price Matrix Rate", matrix=TITLE, **r) for r in islice(_rates(), SAMPLE)]
	)
	report.figure("the same rates as documents, per second", SAMPLE / took, "/s")
	took = seconds(lambda: [_pricing_rule(number) for number in range(SAMPLE)])
	report.figure("ERPNext's Pricing Rules, per second", SAMPLE / took, "/s")
	frappe.db.rollback()


def _document(doctype: str, **values) -> None:
	frappe.get_doc({"doctype": doctype, **values}).insert()


def _pricing_rule(number: int) -> None:
	_document(
		"Pricing Rule",
		title=f"{TITLE} {number}",
		apply_on="Item Code",
		items=[{"item_code": _item(number)}],
		selling=1,
		applicable_for="Territory",
		territory="All Territories",
		min_qty=BREAKS[number % len(BREAKS)],
		rate_or_discount="Rate",
		rate=number + 1,
		price_or_product_discount="Price",
		company=data.HOME.name,
		currency=data.HOME.currency,
		priority=1,
	)


def _rates():
	empty = {**dict.fromkeys(FIELDS, ""), "valid_from": None, "valid_to": None, "rate_type": "Rate"}
	for item, tag, channel, least in product(range(ITEMS), range(TAGS), range(CHANNELS), BREAKS):
		named = {"item": _item(item), "customer_tag": f"{TITLE} {tag}", "sales_channel": f"{TITLE} {channel}"}
		yield {**empty, **named, "min_qty": float(least), "value": 100 + item / 8 - least / 64}


def _item(number: int) -> str:
	return f"{TITLE} {number:04}"


def _prepare() -> None:
	group, uom = frappe.db.get_value("Item Group", {"is_group": 0}), "Nos"
	columns = ("item_code", "item_name", "item_group", "stock_uom")
	codes = [_item(number) for number in range(ITEMS)]
	insert_rows("Item", columns, [(code, code, group, uom) for code in codes], names=codes)
	for doctype, field, many in (
		("Customer Tag", "tag_name", TAGS),
		("Sales Channel", "channel_name", CHANNELS),
	):
		names = [f"{TITLE} {number}" for number in range(many)]
		insert_rows(doctype, (field,), [(name,) for name in names], names=names)
	_document("Price Matrix", title=TITLE, currency=data.HOME.currency)
	frappe.db.commit()


def _clean() -> None:
	frappe.db.rollback()
	frappe.db.delete("Price Matrix Rate", {"matrix": TITLE})
	frappe.delete_doc("Price Matrix", TITLE, force=True, ignore_missing=True)
	for doctype in ("Item", "Customer Tag", "Sales Channel"):
		frappe.db.delete(doctype, {"name": ("like", f"{TITLE}%")})
	frappe.db.commit()


if __name__ == "__main__":
	main()
