# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Metrics and tags of all customers, against the bare aggregate queries over the same tables.

Budget at 100,000 customers, 1,000,000 invoices, 3,000,000 lines: at most 2.5 times the queries, at most 300 MB.
The queries are the least that any way of computing these figures has to read; their results are not even fetched.
The budget is for the nightly refresh, the second below. On a new site the first also writes every tag with its
evidence; it happens once, and its ratio is printed without a budget.
"""

from common import Report, best, peak_memory, seconds, site, sizes

import frappe

from crm_ext.profile.service import refresh

LIMIT = 2.5
MEMORY = 300

YEAR = "CURDATE() - INTERVAL 365 DAY"

AGGREGATES = {
	"invoices": f"""
		SELECT customer, company, SUM(base_net_total) a, SUM(IF(posting_date > {YEAR}, base_net_total, 0)) b,
			COUNT(*) c, SUM(outstanding_amount) d, MIN(posting_date) e, MAX(posting_date) f
		FROM `tabSales Invoice` WHERE docstatus = 1 AND is_consolidated = 0 GROUP BY customer, company""",
	"lines": f"""
		SELECT d.customer, d.company, l.item_group, SUM(l.base_net_amount) a,
			SUM(IF(l.incoming_rate > 0, l.base_net_amount - l.incoming_rate * l.stock_qty, 0)) b
		FROM `tabSales Invoice` d JOIN `tabSales Invoice Item` l ON l.parent = d.name
		WHERE d.docstatus = 1 AND d.is_consolidated = 0 AND d.posting_date > {YEAR}
		GROUP BY d.customer, d.company, l.item_group""",
	"counter sales": """
		SELECT customer, company, SUM(base_net_total) a, COUNT(*) b
		FROM `tabPOS Invoice` WHERE docstatus = 1 GROUP BY customer, company""",
	"orders": """
		SELECT customer, company, COUNT(*) a, MIN(transaction_date) b, MAX(transaction_date) c
		FROM `tabSales Order` WHERE docstatus = 1 GROUP BY customer, company""",
	"deliveries": """
		SELECT customer, company, MIN(posting_date) a, MAX(posting_date) b
		FROM `tabDelivery Note` WHERE docstatus = 1 GROUP BY customer, company""",
	"issues": f"""
		SELECT customer, company, COUNT(*) a, SUM(opening_date > {YEAR}) b
		FROM `tabIssue` GROUP BY customer, company""",
	"communications": """
		SELECT reference_name, communication_medium, MAX(communication_date) a
		FROM `tabCommunication` WHERE reference_doctype = 'Customer' GROUP BY reference_name, communication_medium""",
}


def aggregate(query: str) -> None:
	frappe.db.sql(f"SELECT COUNT(*), SUM(a IS NULL) FROM ({query}) t")


def main():
	with site():
		report = Report(f"Full refresh: {sizes()}")
		bare = 0.0
		for name, query in AGGREGATES.items():
			time = best(lambda query=query: aggregate(query), 2)
			report.figure(f"  bare query: {name}", time, "s")
			bare += time
		report.figure("bare queries together", bare, "s")
		first = seconds(lambda: refresh(commit=True))
		report.figure("refresh, first of this run", first, "s")
		report.figure("refresh, first of this run ÷ bare queries", first / bare, "×")
		again = seconds(lambda: refresh(commit=True))
		report.figure("refresh, again", again, "s")
		report.budget("refresh again ÷ bare queries", again / bare, LIMIT)
		report.budget("peak memory of the process", peak_memory(), MEMORY, "MB")
		report.close()


if __name__ == "__main__":
	main()
