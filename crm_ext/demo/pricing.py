# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Puts the prices of Willow Bay Trading into force, and sells at them."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

import frappe

from crm_ext.demo import data, pricing_goods
from crm_ext.demo import pricing_data as prices
from crm_ext.demo import pricing_stories as stories
from crm_ext.demo.install import DemoCompany, do_the_jobs
from crm_ext.pricing import approvals, drift
from crm_ext.pricing.rates.service import save_rates

MATRIX, KIND = "Price Matrix", "Price Kind"


def install(demo: DemoCompany) -> bool:
	"""Price kinds, matrices and floors in force, with what was sold and asked for; False if they were there already.

	The tags of the demo company must have been computed. The caller commits.
	"""
	if frappe.db.exists(MATRIX, prices.RETAIL.title):
		return False
	customers = {**demo.customers, **pricing_goods.make(demo)}
	_put_kinds_into_force(demo)
	for matrix in prices.MATRICES:
		_make_matrix(matrix, customers, demo)
	for trade in stories.TRADES:
		_sell(trade, customers[trade.customer], demo)
	_quote_to_a_lead(demo)
	for floor in prices.FLOORS:
		_make_floor(floor)
	for approval in stories.APPROVALS:
		_ask(approval, customers[approval.customer], demo)
	_tamper(customers, demo)
	do_the_jobs()
	return True


def _put_kinds_into_force(demo: DemoCompany) -> None:
	for name in prices.KINDS:
		kind = frappe.get_doc(KIND, name)
		kind.update({"status": "Active", "rule_owner": demo.manager})
		kind.save(ignore_permissions=True)


def _make_matrix(matrix: prices.Matrix, customers: Mapping[str, str], demo: DemoCompany) -> None:
	doc = frappe.get_doc(
		{
			"doctype": MATRIX,
			"title": matrix.title,
			"description": matrix.description,
			"company": matrix.company.name,
			"currency": matrix.company.currency,
			"priority": matrix.priority,
			"quantity_breaks": matrix.breaks,
			"conditions": list(matrix.conditions),
			"rule_owner": demo.manager,
		}
	).insert(ignore_permissions=True)
	written = save_rates(doc.name, [_rate(rate, customers, demo) for rate in matrix.rates])
	if written["errors"]:
		frappe.throw(str(written["errors"]))
	doc.reload()
	doc.status = "Observing" if matrix.status == "Observing" else "Active"
	doc.save(ignore_permissions=True)
	if matrix.status == "Stopped":
		doc.update({"status": "Stopped", "status_reason": matrix.reason})
		doc.save(ignore_permissions=True)


def _rate(rate: Mapping, customers: Mapping[str, str], demo: DemoCompany) -> dict:
	values = dict(rate)
	for field in ("valid_from", "valid_to"):
		if field in values:
			values[field] = values[field].on(demo.as_of)
	if "customer" in values:
		values["customer"] = customers[values["customer"]]
	return values


def _sell(trade: stories.Trade, customer: str, demo: DemoCompany) -> None:
	"""From the order to the invoice, and back for what is returned; nothing is agreed but what a line says itself."""
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
	from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice

	on = trade.ordered.on(demo.as_of)
	order = document("Sales Order", trade.lines, customer=customer, transaction_date=on)
	order.update({"delivery_date": on + timedelta(days=7), "crm_ext_sales_channel": trade.channel})
	order.insert().submit()
	delivery = make_delivery_note(order.name)
	delivery.update(posted(trade.delivered.on(demo.as_of)))
	delivery.insert().submit()
	invoice = make_sales_invoice(delivery.name)
	invoice.update({**posted(trade.invoiced.on(demo.as_of)), "due_date": data.days(-30).on(demo.as_of)})
	invoice.insert().submit()
	if trade.returned:
		credit_note = make_sales_return(invoice.name)
		credit_note.items = [credit_note.items[index] for index in trade.returned]
		credit_note.update({**posted(data.days(2).on(demo.as_of)), "due_date": data.days(2).on(demo.as_of)})
		credit_note.insert().submit()


def _quote_to_a_lead(demo: DemoCompany) -> None:
	lead = frappe.get_doc({"doctype": "Lead", "lead_name": prices.LEAD, "company_name": prices.LEAD})
	lead.insert(ignore_permissions=True)
	lines = (stories.Buys("WB-LATHE"), stories.Buys("WB-PRESS"))
	document(
		"Quotation", lines, quotation_to="Lead", party_name=lead.name, transaction_date=demo.as_of
	).insert().submit()


def _make_floor(floor: prices.Floor) -> None:
	frappe.get_doc(
		{
			"doctype": "Price Floor",
			"title": floor.title,
			"company": data.HOME.name,
			"item_group": floor.item_group,
			"role": floor.role,
			"minimum_margin": floor.minimum_margin,
		}
	).insert(ignore_permissions=True)


def _ask(approval: stories.Approval, customer: str, demo: DemoCompany) -> None:
	"""A draft of our seller below the floor; asked for, and decided, by who may."""
	frappe.set_user(demo.seller)
	try:
		draft = document(
			"Quotation",
			(approval.line,),
			quotation_to="Customer",
			party_name=customer,
			transaction_date=data.days(1).on(demo.as_of),
		).insert()
		name = approvals.request("Quotation", draft.name, approval.reason)
		if approval.status == "Withdrawn":
			approvals.withdraw(name)
		elif approval.status != "Requested":
			frappe.set_user(prices.DECIDER.email)
			approvals.decide(name, approval.status, approval.note)
	finally:
		frappe.set_user("Administrator")
	frappe.clear_messages()


def _tamper(customers: Mapping[str, str], demo: DemoCompany) -> None:
	"""A rate changed in the database, and the check of the night, which finds it."""
	customer, line, rate = stories.TAMPERED
	on = data.days(2).on(demo.as_of)
	order = document("Sales Order", (line,), customer=customers[customer], transaction_date=on)
	order.delivery_date = on + timedelta(days=7)
	order.insert().submit()
	frappe.db.set_value("Sales Order Item", order.items[0].name, "rate", rate)
	drift.check(today=demo.as_of, commit=False)


def document(doctype: str, lines: Iterable[stories.Buys], **values):
	"""A selling document of the home company by its price list, not saved yet."""
	return frappe.get_doc(
		{
			"doctype": doctype,
			"company": data.HOME.name,
			"currency": data.HOME.currency,
			"conversion_rate": 1,
			"selling_price_list": pricing_goods.PRICE_LIST,
			"disable_rounded_total": 1,
			"items": [_row(line) for line in lines],
			**values,
		}
	)


def _row(line: stories.Buys) -> dict:
	row = {"item_code": line.item, "qty": line.qty}
	if line.uom:
		row["uom"] = line.uom
	if line.rate is not None:
		row["rate"] = line.rate
	return row


def posted(day) -> dict:
	"""The fields of a document that was posted on a day, at noon."""
	return {"posting_date": day, "posting_time": "12:00", "set_posting_time": 1}
