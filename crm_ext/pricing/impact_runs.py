# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Questions about the impact of a matrix, kept with their answers (Price Matrix Impact): at once, or by a job."""

from collections.abc import Collection
from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import cint, now_datetime
from frappe.utils.background_jobs import is_job_enqueued

from crm_ext.pricing.impact import Impact, period
from crm_ext.profile.figures import BRINGS_REVENUE
from crm_ext.profile.permissions import query_conditions

IMPACT = "Price Matrix Impact"
AT_ONCE = 3_000
"""So many invoices are priced within the request; more by a job."""
TIMEOUT = 2 * 60 * 60
"""Seconds."""
ENQUEUED_WITHIN = timedelta(minutes=1)
"""A question that no worker has after this time was lost with its worker."""
PROGRESS_KEPT = 24 * 60 * 60


def ask(matrix: str, company: str, months: int) -> str:
	"""Answer a question of the user of the session, or have a worker do so; the name of the record.

	A question that is being worked on is not asked twice.
	"""
	about = {"matrix": matrix, "company": company, "months": months, "owner": frappe.session.user}
	running, since = frappe.db.get_value(IMPACT, {**about, "status": "Running"}, ["name", "creation"]) or (
		"",
		None,
	)
	if running and (is_job_enqueued(_key(running)) or since > now_datetime() - ENQUEUED_WITHIN):
		return running
	if running:
		frappe.db.set_value(IMPACT, running, {"status": "Failed", "message": _("The worker was stopped.")})
	since, until = period(months)
	doc = frappe.get_doc(
		doctype=IMPACT,
		matrix=matrix,
		company=company,
		months=months,
		from_date=since,
		to_date=until,
		matrix_version=version_of(matrix),
	).insert(ignore_permissions=True)  # nobody may enter answers by hand
	if _invoices(company, since, until) <= AT_ONCE:
		answer(doc.name)
	else:
		frappe.enqueue(
			"crm_ext.pricing.impact_runs.work",
			name=doc.name,
			job_id=_key(doc.name),
			queue="long",
			timeout=TIMEOUT,
			enqueue_after_commit=True,
		)
	return doc.name


def work(name: str) -> None:
	"""The job: as the user who asked. A fault is kept in the record and in the Error Log."""
	try:
		answer(name)
	except Exception:
		frappe.db.rollback()
		log = frappe.log_error(title=f"{IMPACT} {name}")
		frappe.db.set_value(IMPACT, name, {"status": "Failed", "message": log.name})
		raise


def answer(name: str) -> None:
	"""Compute the answer of a record and keep it there."""
	doc = frappe.get_doc(IMPACT, name)
	impact = Impact(doc.matrix, doc.company, doc.from_date, doc.to_date, visible_customers())
	found = impact.run(lambda done, total: _progress(name, done, total))
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
	impact = Impact(doc.matrix, doc.company, doc.from_date, doc.to_date, visible_customers(), only)
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


def percent_done(name: str) -> int:
	return cint(frappe.cache.get_value(_key(name), expires=True))


def version_of(matrix: str) -> str:
	"""Of the matrix and of its rates: whoever asks again sees whether an answer is still about the same matrix."""
	version, rates = frappe.db.get_value("Price Matrix", matrix, ["version", "rates_version"])
	return f"{version}.{rates or 0}"


def visible_customers() -> Collection[str] | None:
	"""The customers the user may read; None for all."""
	if not query_conditions(doctype=IMPACT):
		return None
	return set(frappe.get_list("Customer", pluck="name", limit=0))


def _invoices(company: str, since, until) -> int:
	return sum(
		frappe.db.count(
			doctype, {"company": company, "docstatus": 1, "posting_date": ("between", (since, until))}
		)
		for doctype in BRINGS_REVENUE
	)


def _progress(name: str, done: int, total: int) -> None:
	frappe.cache.set_value(_key(name), done * 100 // total, expires_in_sec=PROGRESS_KEPT)


def _key(name: str) -> str:
	return f"crm_ext_price_impact:{name}"
