# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Questions about the past, kept with their answers: answered at once, or by a job.

Each is a record of a DocType of its own with `company`, `months`, `from_date`, `to_date`, a `status` (Running, Done,
Failed), a `message` and a `result`. A job may run twice, and a question whose worker was killed may be asked again.
"""

from collections.abc import Callable, Collection
from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import cint, now_datetime
from frappe.utils.background_jobs import is_job_enqueued

from crm_ext.pricing.past import LONGEST, Past, period
from crm_ext.profile.figures import BRINGS_REVENUE
from crm_ext.profile.permissions import of_readable

MANAGERS = ("Sales Manager", "System Manager")
"""Who may ask."""
TIMEOUT = 2 * 60 * 60
"""Seconds."""
ENQUEUED_WITHIN = timedelta(minutes=1)
"""A question that no worker has after this time was lost with its worker."""
PROGRESS_KEPT = 24 * 60 * 60

Answer = Callable[[str], None]


def readable(doctype: str, name: str):
	"""A document that a question is about, or the record of one, for those who may ask and may read it."""
	frappe.only_for(MANAGERS)
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("read")
	return doc


def last(doctype: str, about: dict) -> str | None:
	"""The last question of the session's user about the same that has not failed."""
	frappe.only_for(MANAGERS)
	about = {**about, "owner": frappe.session.user, "status": ("!=", "Failed")}
	return frappe.db.get_value(doctype, about, order_by="creation desc")


def standing(doc) -> dict:
	"""How a question stands: {name, status, percent, message, months, created}."""
	return {
		"name": doc.name,
		"status": doc.status,
		"percent": cint(frappe.cache.get_value(_key(doc.doctype, doc.name), expires=True)),
		"message": doc.message,
		"months": doc.months,
		"created": str(doc.creation),
	}


def months_of(number: int | str) -> int:
	"""Of how many months a question may be, if so many are asked for."""
	return min(max(cint(number), 1), LONGEST)


def ask(doctype: str, about: dict, kept: dict, answer: Answer, job: str, *, at_once: int) -> str:
	"""Answer a question of the session's user, or have a worker do so; the name of the record.

	`about`: {company, months, …}, what makes two questions the same; what is being worked on is not asked twice. `kept`:
	further fields of the record. By the `job`, a dotted path, if there are more than so many invoices.
	"""
	if found := _running(doctype, about):
		return found
	since, until = period(about["months"])
	doc = frappe.get_doc(doctype=doctype, **about, **kept, from_date=since, to_date=until, status="Running")
	return _begin(doc, answer, job, at_once)


def past_of(doc, only: dict | None = None) -> Past:
	"""The sales that a question looks at: those to the customers its reader may see."""
	return Past(doc.company, doc.from_date, doc.to_date, _visible_customers(), only or {})


def work(doctype: str, name: str, answer: Answer) -> None:
	"""The job: as the user who asked. A fault is kept in the record and in the Error Log."""
	try:
		answer(name)
	except Exception:
		frappe.db.rollback()
		log = frappe.log_error(title=f"{doctype} {name}")
		fail(doctype, name, log.name)
		raise


def fail(doctype: str, name: str, message: str) -> None:
	frappe.db.set_value(doctype, name, {"status": "Failed", "message": message})


def tell_progress(doctype: str, name: str, done: int, total: int) -> None:
	"""For who looks for it (`standing`), and for a form of the record that is open."""
	percent = done * 100 // total
	frappe.cache.set_value(_key(doctype, name), percent, expires_in_sec=PROGRESS_KEPT)
	frappe.publish_progress(percent, title=_("Looking at Past Invoices"), doctype=doctype, docname=name)


def forget_older(doc, about: dict, kept: int) -> None:
	"""Keep only so many answers to one person about the same."""
	about = {**about, "owner": doc.owner}
	for name in frappe.get_all(doc.doctype, about, pluck="name", order_by="creation desc")[kept:]:
		frappe.delete_doc(doc.doctype, name, ignore_permissions=True, delete_permanently=True)


def _running(doctype: str, about: dict) -> str:
	"""The question of the session's user about the same that is being worked on; "" if there is none."""
	about = {**about, "owner": frappe.session.user, "status": "Running"}
	name, since = frappe.db.get_value(doctype, about, ["name", "creation"]) or ("", None)
	if not name or is_job_enqueued(_key(doctype, name)) or since > now_datetime() - ENQUEUED_WITHIN:
		return name
	fail(doctype, name, _("The worker was stopped."))
	return ""


def _begin(doc, answer: Answer, job: str, at_once: int) -> str:
	doc.insert(ignore_permissions=True)  # nobody may enter answers by hand
	if _invoices(doc.company, doc.from_date, doc.to_date) <= at_once:
		answer(doc.name)
	else:
		frappe.enqueue(
			job,
			name=doc.name,
			job_id=_key(doc.doctype, doc.name),
			queue="long",
			timeout=TIMEOUT,
			enqueue_after_commit=True,
		)
	return doc.name


def _visible_customers() -> Collection[str] | None:
	"""The customers the user may read; None for all."""
	if not of_readable("Customer", "name"):
		return None
	return set(frappe.get_list("Customer", pluck="name", limit=0))


def _invoices(company: str, since: date, until: date) -> int:
	return sum(
		frappe.db.count(
			doctype, {"company": company, "docstatus": 1, "posting_date": ("between", (since, until))}
		)
		for doctype in BRINGS_REVENUE
	)


def _key(doctype: str, name: str) -> str:
	return f"crm_ext_asked:{doctype}:{name}"
