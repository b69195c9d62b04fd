# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Back-tests of promotions, kept with their answers (Promotion Back-Test): at once, or by a job."""

import frappe

from crm_ext.pricing import asked
from crm_ext.pricing.promotions.backtest import BackTest
from crm_ext.pricing.promotions.backtest_model import Qualified

BACK_TEST = "Promotion Back-Test"
AT_ONCE = 2_000
"""So many invoices are priced within the request; more by a job."""


def ask(promotion: str, company: str, months: int) -> str:
	"""See `asked.ask`."""
	about = {"promotion": promotion, "company": company, "months": months}
	kept = {"promotion_version": version_of(promotion)}
	job = "crm_ext.pricing.promotions.backtest_runs.work"
	return asked.ask(BACK_TEST, about, kept, answer, job, at_once=AT_ONCE)


def work(name: str) -> None:
	"""The job: see `asked.work`."""
	asked.work(BACK_TEST, name, answer)


def answer(name: str) -> None:
	"""Compute the answer of a record and keep it there."""
	doc = frappe.get_doc(BACK_TEST, name)
	test = BackTest(doc.promotion, asked.past_of(doc))
	found = test.run(lambda done, total: asked.tell_progress(BACK_TEST, name, done, total))
	doc.update(
		{
			"status": "Done",
			"currency": found["currency"],
			"documents": found["qualified"]["documents"],
			"customers": found["qualified"]["customers"],
			"spent": found["cost"]["spent"],
			"result": frappe.as_json(found, indent=None),
		}
	)
	doc.save(ignore_permissions=True)


def documents(name: str, *, customer: str, most: int) -> dict:
	"""The documents of a customer that had qualified, priced anew: {rows, total}, the largest gain first.

	A row: {doctype, document, date, revenue, discount, gifts_price}; an order that was invoiced in parts may have several.
	"""
	doc = frappe.get_doc(BACK_TEST, name)
	test = BackTest(doc.promotion, asked.past_of(doc, {"customer": customer}))
	found = [one for week in test.qualified() for one in week]
	found.sort(key=lambda one: (-one.charge, one.document))
	return {"rows": [_row(one) for one in found[:most]], "total": len(found)}


def _row(one: Qualified) -> dict:
	doctype, document = one.document
	figures = one.figures
	return {
		"doctype": doctype,
		"document": document,
		"date": str(one.day),
		"revenue": float(round(figures.revenue + figures.discount, 2)),
		"discount": float(round(figures.discount, 2)),
		"gifts_price": float(round(figures.gifts_price, 2)),
	}


def version_of(promotion: str) -> str:
	"""Whoever asks again sees whether an answer is still about the same promotion."""
	return str(frappe.db.get_value("Sales Promotion", promotion, "version_hash") or "")
