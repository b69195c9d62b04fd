# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What crm_ext adds to ERPNext's own documents: insert, submit and commit, with and without our hooks.

Budget: at most 1.01 times the time and one query more. The two are measured in turns, on the same site and in the
same process. The difference within the pairs is printed, but a hundredth of a submit is less than a busy machine's
own noise; what is held to the budget is the time spent in our code, on a clock of its own. The documents stay on the
site.
"""

import gc
from collections.abc import Callable

from common import (
	Report,
	in_turns,
	median,
	our_seconds,
	seconds,
	site,
	sizes,
	statements,
	without_our_hooks,
)

import frappe
from frappe.utils import getdate, nowdate

from crm_ext.demo import data
from crm_ext.demo.documents import Books

PAIRS = 40
TIME = 1.01
QUERIES = 1


def works(customer: str) -> dict[str, Callable[[], object]]:
	"""What is measured, by the name of the DocType."""
	books = Books(getdate(nowdate()))
	lines = tuple(data.Line(data.VISIT, "1500") for _ in range(3))
	return {
		"Sales Order": lambda: books.order(customer, data.Order(data.days(0), lines)),
		"Sales Invoice": lambda: books.invoice(customer, data.Invoice(ago=data.days(0), lines=lines)),
		"Issue": lambda: books.ticket(customer, data.Ticket(data.days(0), "Measured")),
	}


def main():
	with site():
		report = Report(f"Idle overhead: {sizes()}")
		customer = frappe.get_all("Customer", filters={"disabled": 0}, pluck="name", limit=1)[0]
		for doctype, work in works(customer).items():
			measure(report, doctype, work)
		report.close()


def measure(report: Report, doctype: str, work: Callable[[], object]):
	def once() -> None:
		work()
		frappe.db.commit()

	for _ in range(3):
		once()
		with without_our_hooks():
			once()
	more = median(pair[0] - pair[1] for pair in in_turns(lambda: statements(once), 4))
	gc.disable()
	pairs = in_turns(lambda: seconds(once), PAIRS)
	gc.enable()
	bare = median(without for _, without in pairs)
	added = median(with_ - without for with_, without in pairs)
	ours = median(our_seconds(once) for _ in range(PAIRS // 2))
	report.figure(f"{doctype}: without our hooks", bare * 1000, "ms")
	report.figure(f"{doctype}: difference within the pairs, median", added * 1000, "ms")
	report.figure(f"{doctype}: in our code", ours * 1000, "ms")
	report.budget(f"{doctype}: with our code ÷ without", (bare + ours) / bare, TIME)
	report.budget(f"{doctype}: more queries", more, QUERIES, "")


if __name__ == "__main__":
	main()
