# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""One nightly run of the item associations over all invoices of the site, and one question of a form.

The site has a handful of items, so that a temporary table stands in for its lines, with ITEMS items of which few are
sold often and most seldom. It is seen by this connection only; the associations found are deleted again.
"""

from types import SimpleNamespace

from common import Report, best, peak_memory, seconds, site, sizes, statements

import frappe

from crm_ext.cross_sell import service, store
from crm_ext.cross_sell.suggest import suggestions
from crm_ext.profile.figures import BRINGS_REVENUE

ITEMS = 5_000
MONTHS = 120
MINIMUM = 5
NAME = "VARCHAR(140) COLLATE utf8mb4_unicode_ci"


def main():
	with site():
		report = Report(f"Cross-sell: {sizes()}, {ITEMS:,} items")
		kept = SimpleNamespace(association_months=MONTHS, association_minimum=MINIMUM)
		service.settings = lambda: kept
		report.figure("the lines, read once", seconds(read_lines), "s")
		before = peak_memory()
		spread_over_many_items()
		report.figure("nightly run", seconds(service.compute), "s")
		report.figure("memory that it takes", peak_memory() - before, "MB")
		report.figure("associations kept", frappe.db.count(store.ASSOCIATION), "")
		ask(report)
		frappe.db.delete(store.ASSOCIATION)
		frappe.db.commit()
		report.close()


def read_lines():
	frappe.db.sql(
		f"""SELECT COUNT(DISTINCT l.item_code), SUM(l.qty)
		FROM `tabSales Invoice` d STRAIGHT_JOIN `tabSales Invoice Item` l ON l.parent = d.name
		WHERE {BRINGS_REVENUE["Sales Invoice"]}"""
	)


def spread_over_many_items():
	frappe.db.sql(
		f"""SET STATEMENT max_statement_time = 0 FOR CREATE TEMPORARY TABLE `tabSales Invoice Item`
		(parent {NAME}, item_code {NAME}, is_free_item INT, qty DECIMAL(21, 9), KEY (parent))
		SELECT parent, CONCAT('ITEM-', LPAD(FLOOR({ITEMS} * POW(RAND(5), 2)), 5, '0')) AS item_code, is_free_item, qty
		FROM `tabSales Invoice Item`"""
	)
	frappe.db.sql(
		f"""SET STATEMENT max_statement_time = 0 FOR CREATE TEMPORARY TABLE `tabItem` (name {NAME} PRIMARY KEY)
		SELECT DISTINCT item_code AS name, item_code AS item_name, 0 AS disabled, 1 AS is_sales_item, 0 AS has_variants,
			NULL AS end_of_life, 0 AS idx, NOW() AS modified
		FROM `tabSales Invoice Item`"""
	)


def ask(report: Report):
	"""What a form of 30 lines asks."""
	items = frappe.db.sql(f"SELECT DISTINCT item_code FROM `tab{store.ASSOCIATION}` LIMIT 30", pluck=True)
	company = frappe.db.get_value(store.ASSOCIATION, {"company": ["!=", ""]}, "company")
	sent = statements(lambda: suggestions(items, company, 5))
	report.figure("suggestions for 30 lines", 1000 * best(lambda: suggestions(items, company, 5), 5), "ms")
	report.figure("statements of them", sent, "")


if __name__ == "__main__":
	main()
