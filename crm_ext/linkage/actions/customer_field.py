# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Actions that set a field of the customer: price list, sales partner, payment terms."""

from collections.abc import Mapping

import frappe
from frappe import _

from crm_ext.exceptions import NoSuchRecord, PriceListUnusable, Term
from crm_ext.linkage.actions.words import change
from crm_ext.rules.actions import Action, Outcome, Parameter, Work, fact_changed

FOR_SELLING = {"enabled": 1, "selling": 1}


def actions() -> list[Action]:
	return [
		_setting("Price List", "default_price_list", "Price List", FOR_SELLING),
		_setting("Sales Partner", "default_sales_partner", "Sales Partner"),
		_setting("Payment Terms", "payment_terms", "Payment Terms Template"),
	]


def save_customer(customer: str, **values: object) -> None:
	"""Change fields of a customer by saving it, so that ERPNext's own checks and events run."""
	doc = frappe.get_doc("Customer", customer)
	doc.update(values)
	doc.save(ignore_permissions=True)  # the rule acts, whoever runs the job


def _setting(label: str, field: str, doctype: str, filters: Mapping[str, object] | None = None) -> Action:
	parameter = Parameter(
		name=frappe.scrub(label),
		label=label,
		fieldtype="Link",
		options=doctype,
		required=True,
		filters=filters or {},
	)

	def check(parameters: Mapping[str, object]) -> None:
		value = parameters[parameter.name]
		if not frappe.db.exists(doctype, value):
			raise NoSuchRecord(value=value, doctype=Term(doctype), parameter=Term(label))
		if filters and not frappe.db.exists(doctype, {"name": value, **filters}):
			raise PriceListUnusable(price_list=value)

	def preview(work: Work) -> Outcome:
		check(work.parameters)
		value = work.parameters[parameter.name]
		before = frappe.db.get_value("Customer", work.customer, field)
		if before == value:
			return Outcome(text=_("{0}: {1} already").format(_(label), value), changed=False)
		return Outcome(text=change(label, before, value))

	def run(work: Work) -> Outcome:
		outcome = preview(work)
		if outcome.changed:
			save_customer(work.customer, **{field: work.parameters[parameter.name]})
		return outcome

	return Action(
		name=f"Set {label}",
		run=run,
		preview=preview,
		summary=lambda parameters: _("{0}: {1}").format(_(label), parameters[parameter.name]),
		parameters=(parameter,),
		check=check,
		effects=lambda _parameters: [fact_changed(field)],
	)
