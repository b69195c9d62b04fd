# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Questions about the impact of a matrix, kept with their answers (Price Matrix Impact): at once, or by a job."""

import frappe

from crm_ext.pricing import asked
from crm_ext.pricing.impact import Impact

IMPACT = "Price Matrix Impact"
AT_ONCE = 3_000
"""So many invoices are priced within the request; more by a job."""


def ask(matrix: str, company: str, months: int) -> str:
	"""See `asked.ask`."""
	about = {"matrix": matrix, "company": company, "months": months}
	kept = {"matrix_version": version_of(matrix)}
	return asked.ask(IMPACT, about, kept, answer, "crm_ext.pricing.impact_runs.work", at_once=AT_ONCE)


def work(name: str) -> None:
	"""The job: see `asked.work`."""
	asked.work(IMPACT, name, answer)


def answer(name: str) -> None:
	"""Compute the answer of a record and keep it there."""
	doc = frappe.get_doc(IMPACT, name)
	impact = Impact(doc.matrix, asked.past_of(doc))
	found = impact.run(lambda done, total: asked.tell_progress(IMPACT, name, done, total))
	doc.update(
		{
			"status": "Done",
			"currency": found["currency"],
			"revenue_before": found["revenue"]["before"],
			"revenue_after": found["revenue"]["after"],
			"difference": found["revenue"]["difference"],
			"result": frappe.as_json(found, indent=None),
		}
	)
	doc.save(ignore_permissions=True)


def lines(name: str, *, only: dict, most: int) -> dict:
	"""The lines behind a figure, priced anew: {rows: [{doctype, document, date, …}], total}, the largest differences first."""
	doc = frappe.get_doc(IMPACT, name)
	impact = Impact(doc.matrix, asked.past_of(doc, only))
	changed = [pair for week in impact.lines() for pair in week if pair[1].before != pair[1].after]
	changed.sort(key=lambda pair: (-abs(pair[1].difference), pair[0].document, pair[0].row))
	rows = [
		{
			"doctype": line.doctype,
			"document": line.document,
			"date": str(line.day),
			"customer": line.deal.customer,
			"item_code": line.item_code,
			"qty": float(line.qty),
			"uom": line.uom,
			"before": float(round(repriced.before, 2)),
			"after": float(round(repriced.after, 2)),
			"difference": float(round(repriced.difference, 2)),
		}
		for line, repriced in changed[:most]
	]
	return {"rows": rows, "total": len(changed)}


def version_of(matrix: str) -> str:
	"""Of the matrix and of its rates: whoever asks again sees whether an answer is still about the same matrix."""
	version, rates = frappe.db.get_value("Price Matrix", matrix, ["version", "rates_version"])
	return f"{version}.{rates or 0}"
