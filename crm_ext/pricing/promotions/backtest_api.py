# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The back-test of a promotion, for the Desk and over REST. Only for those who decide on promotions."""

import frappe
from frappe import _
from frappe.utils import cint

from crm_ext.errors import speaking
from crm_ext.pricing import asked
from crm_ext.pricing.past import LONGEST
from crm_ext.pricing.promotions import backtest_runs
from crm_ext.pricing.promotions.backtest_runs import BACK_TEST
from crm_ext.pricing.promotions.backtest_words import worded
from crm_ext.pricing.promotions.figures import check_company

MANAGERS = ("Sales Manager", "System Manager")
MOST_DOCUMENTS = 200


@frappe.whitelist(methods=["POST"])
@speaking
def start(promotion: str, months: int | str = 6, company: str | None = None) -> dict:
	"""Price the invoices of the last months with a promotion, in whatever status: as `status` answers.

	`company` is needed where the promotion has none. Few invoices are priced at once, many by a job.
	"""
	frappe.only_for(MANAGERS)
	document = frappe.get_doc("Sales Promotion", promotion)
	document.check_permission("read")
	company = document.company or company or frappe.defaults.get_user_default("Company")
	if not company:
		frappe.throw(_("Choose a company: this promotion is for all of them."))
	check_company(company)
	return status(backtest_runs.ask(promotion, company, min(max(cint(months), 1), LONGEST)))


@frappe.whitelist(methods=["GET", "POST"])
def status(name: str) -> dict:
	"""How a question stands: {name, status, percent, message, months, company, created, stale, result}.

	`result` is None until it is there, see `backtest.BackTest`; what tells the cost of goods is None for who may not read
	it. `stale`: the promotion has changed since.
	"""
	doc = _record(name)
	return {
		"name": doc.name,
		"status": doc.status,
		"percent": asked.percent_done(BACK_TEST, name),
		"message": doc.message,
		"months": doc.months,
		"company": doc.company,
		"created": str(doc.creation),
		"stale": doc.promotion_version != backtest_runs.version_of(doc.promotion),
		"result": worded(frappe.parse_json(doc.result)) if doc.status == "Done" else None,
	}


@frappe.whitelist(methods=["GET", "POST"])
def latest(promotion: str) -> dict | None:
	"""The user's last question about a promotion, as `status` answers; None if there is none."""
	frappe.only_for(MANAGERS)
	about = {"promotion": promotion, "owner": frappe.session.user, "status": ("!=", "Failed")}
	name = frappe.db.get_value(BACK_TEST, about, order_by="creation desc")
	return status(name) if name else None


@frappe.whitelist(methods=["POST"])
@speaking
def documents(name: str, customer: str) -> dict:
	"""The documents of a customer that had qualified: {rows, total}, the largest gain first."""
	_record(name)
	return backtest_runs.documents(name, customer=customer, most=MOST_DOCUMENTS)


def _record(name: str):
	frappe.only_for(MANAGERS)
	doc = frappe.get_doc(BACK_TEST, name)
	doc.check_permission("read")
	return doc
