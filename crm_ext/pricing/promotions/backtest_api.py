# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The back-test of a promotion, for the Desk and over REST. Only for those who decide on promotions."""

import frappe
from frappe import _

from crm_ext.errors import speaking
from crm_ext.pricing import asked
from crm_ext.pricing.promotions import backtest_runs
from crm_ext.pricing.promotions.backtest_runs import BACK_TEST
from crm_ext.pricing.promotions.backtest_words import worded
from crm_ext.pricing.promotions.figures import check_company

MOST_DOCUMENTS = 200


@frappe.whitelist(methods=["POST"])
@speaking
def start(promotion: str, months: int | str = 6, company: str | None = None) -> dict:
	"""Price the invoices of the last months with a promotion, in whatever status: as `status` answers.

	`company` is needed where the promotion has none. Few invoices are priced at once, many by a job.
	"""
	document = asked.readable("Sales Promotion", promotion)
	company = document.company or company or frappe.defaults.get_user_default("Company")
	if not company:
		frappe.throw(_("Choose a company: this promotion is for all of them."))
	check_company(company)
	return status(backtest_runs.ask(promotion, company, asked.months_of(months)))


@frappe.whitelist(methods=["GET", "POST"])
def status(name: str) -> dict:
	"""How a question stands: {name, status, percent, message, months, company, created, stale, result}.

	`result` is None until it is there, see `backtest.BackTest`; what tells the cost of goods is None for who may not read
	it. `stale`: the promotion has changed since.
	"""
	doc = asked.readable(BACK_TEST, name)
	return {
		**asked.standing(doc),
		"company": doc.company,
		"stale": doc.promotion_version != backtest_runs.version_of(doc.promotion),
		"result": worded(frappe.parse_json(doc.result)) if doc.status == "Done" else None,
	}


@frappe.whitelist(methods=["GET", "POST"])
def latest(promotion: str) -> dict | None:
	"""The user's last question about a promotion, as `status` answers; None if there is none."""
	name = asked.last(BACK_TEST, {"promotion": promotion})
	return status(name) if name else None


@frappe.whitelist(methods=["POST"])
@speaking
def documents(name: str, customer: str) -> dict:
	"""The documents of a customer that had qualified: {rows, total}, the largest gain first."""
	asked.readable(BACK_TEST, name)
	return backtest_runs.documents(name, customer=customer, most=MOST_DOCUMENTS)
