# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""“What would change?” of a Price Matrix, for the Desk and over REST. Only for those who decide on prices."""

import frappe
from frappe import _

from crm_ext.errors import speaking
from crm_ext.pricing import asked, impact_runs
from crm_ext.pricing.costs import may_see_costs
from crm_ext.pricing.impact import LEFT_OUT, method
from crm_ext.pricing.impact_runs import IMPACT

MOST_LINES = 200


@frappe.whitelist(methods=["POST"])
@speaking
def start(matrix: str, months: int | str = 6, company: str | None = None) -> dict:
	"""Price the invoices of the last months without a matrix, in whatever status, and with it: as `status` answers.

	`company` is needed where the matrix has none. Few invoices are priced at once, many by a job.
	"""
	document = asked.readable("Price Matrix", matrix)
	company = document.company or company or frappe.defaults.get_user_default("Company")
	if not company:
		frappe.throw(_("Choose a company: this matrix is for all of them."))
	frappe.has_permission("Company", "read", doc=company, throw=True)
	return status(impact_runs.ask(matrix, company, asked.months_of(months)))


@frappe.whitelist(methods=["GET", "POST"])
def status(name: str) -> dict:
	"""How a question stands: {name, status, percent, message, months, created, stale, result}.

	`result` is None until it is there, see `crm_ext.pricing.impact`; its margin is None for who may not read what items
	cost. `stale`: the matrix has changed since.
	"""
	doc = asked.readable(IMPACT, name)
	result = frappe.parse_json(doc.result) if doc.status == "Done" else None
	return {
		**asked.standing(doc),
		"stale": doc.matrix_version != impact_runs.version_of(doc.matrix),
		"result": result and _worded(result),
	}


@frappe.whitelist(methods=["GET", "POST"])
def latest(matrix: str) -> dict | None:
	"""The user's last question about a matrix, as `status` answers; None if there is none."""
	name = asked.last(IMPACT, {"matrix": matrix})
	return status(name) if name else None


@frappe.whitelist(methods=["POST"])
@speaking
def lines(name: str, customer: str | None = None, item_code: str | None = None) -> dict:
	"""The lines of a customer or an item behind the figures: {rows, total}, the largest differences first."""
	asked.readable(IMPACT, name)
	only = {"customer": customer} if customer else {"item_code": item_code} if item_code else {}
	if not only:
		frappe.throw(_("Choose a customer or an item."))
	return impact_runs.lines(name, only=only, most=MOST_LINES)


def _worded(result: dict) -> dict:
	"""The stored answer with names of customers and items, and reasons in the reader's language."""
	people = [row for side in ("pay_less", "pay_more") for row in result[side]["rows"]]
	for doctype, title, rows in (
		("Customer", "customer_name", people),
		("Item", "item_name", result["items"]),
	):
		names = dict(
			frappe.get_all(
				doctype,
				{"name": ("in", [row["name"] for row in rows])},
				["name", title],
				as_list=True,
			)
		)
		for row in rows:
			row["label"] = names.get(row["name"]) or row["name"]
	for row in result["left_out"]:
		row["label"] = _(LEFT_OUT[row["reason"]])
	if not may_see_costs():
		result["margin"] = None
	return {**result, "method": method()}
