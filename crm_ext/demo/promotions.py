# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Puts the promotions of Willow Bay Trading into force, and sells with them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

import frappe

from crm_ext.cross_sell import service as cross_sell
from crm_ext.demo import data, masters, pricing_goods
from crm_ext.demo import promotions_data as promotions
from crm_ext.demo import promotions_stories as stories
from crm_ext.demo.install import DemoCompany, do_the_jobs
from crm_ext.demo.pricing import document, posted
from crm_ext.demo.pricing_data import CUSTOMERS
from crm_ext.pricing.promotions import approval, backtest_runs

PROMOTION = "Sales Promotion"


def install(demo: DemoCompany) -> bool:
	"""Promotions in every state, with coupons and what was sold; False if they were there already.

	The prices of the demo company must be in force. The caller commits.
	"""
	if frappe.db.exists(PROMOTION, promotions.BITS.title):
		return False
	_make_masters()
	customers = _customers()
	do_the_jobs()  # conditions ask for the profile of a customer
	for promotion in promotions.PROMOTIONS:
		_make_promotion(promotion, demo)
	for batch in promotions.BATCHES:
		_make_batch(batch)
	for invoice in sorted(stories.INVOICES, key=lambda one: -one.ago.days):
		_invoice(invoice, customers[invoice.customer], demo)
	for order in stories.ORDERS:
		_order(order, customers[order.customer], demo)
	with _as(demo.manager):
		for promotion in promotions.PROMOTIONS:
			if promotion.status == "Stopped":
				_stop(promotion)
		backtest_runs.ask(promotions.MIX.title, data.HOME.name, stories.BACK_TESTED_MONTHS)
	cross_sell.compute(today=demo.as_of, commit=False)
	do_the_jobs()
	return True


@contextmanager
def _as(user: str) -> Iterator[None]:
	frappe.set_user(user)
	try:
		yield
	finally:
		frappe.set_user("Administrator")


def _make_masters() -> None:
	company = data.HOME
	masters.ensure(
		"Account",
		f"{promotions.FREIGHT} - {company.abbr}",
		account_name=promotions.FREIGHT,
		parent_account=f"Indirect Income - {company.abbr}",
		company=company.name,
	)
	masters.make_user(promotions.APPROVER, {})


def _customers() -> dict[str, str]:
	"""The records of the customers of the prices, which are there, and of our own, by name."""
	there = {
		one.name: frappe.db.get_value("Customer", {"customer_name": one.name}, order_by="creation desc")
		for one in CUSTOMERS
	}
	return there | {one.name: pricing_goods.make_customer(one) for one in promotions.CUSTOMERS}


def _make_promotion(promotion: promotions.Promotion, demo: DemoCompany) -> None:
	company = data.HOME
	own = {}
	if promotion.kind == "Free Shipping":
		own = {"shipping_account": f"{promotions.FREIGHT} - {company.abbr}"}
	tables = {name: list(rows) for name, rows in promotion.rule.items() if isinstance(rows, tuple)}
	doc = frappe.get_doc(
		{
			"doctype": PROMOTION,
			"title": promotion.title,
			"kind": promotion.kind,
			"description": promotion.says,
			"company": company.name,
			"currency": company.currency,
			"valid_from": promotion.since.on(demo.as_of),
			"valid_to": promotion.until.on(demo.as_of),
			"terms": promotion.terms,
			"rule_owner": demo.manager,
			**promotion.rule,
			**tables,
			**own,
		}
	).insert(ignore_permissions=True)
	if promotion.approved:
		with _as(promotions.APPROVER.email):
			approval.approve(doc.name)
		doc.reload()
	if promotion.status != "Draft":
		doc.status = "Observing" if promotion.status == "Observing" else "Active"
		doc.save(ignore_permissions=True)


def _stop(promotion: promotions.Promotion) -> None:
	doc = frappe.get_doc(PROMOTION, promotion.title)
	doc.update({"status": "Stopped", "status_reason": promotion.reason})
	doc.save()


def _make_batch(batch: promotions.Batch) -> None:
	kind = {"kind": "Unique Codes"}
	if batch.public:
		kind = {"kind": "Public Code", "public_code": batch.codes[0]}
	doc = frappe.get_doc(
		{
			"doctype": "Coupon Batch",
			"title": batch.title,
			"promotion": batch.promotion.title,
			"currency": data.HOME.currency,
			**kind,
			**batch.values,
		}
	).insert(ignore_permissions=True)
	if not batch.public:
		for code in batch.codes:
			frappe.get_doc(doctype="Promotion Coupon", code=code, batch=doc.name).insert(
				ignore_permissions=True
			)


def _invoice(invoice: stories.Invoice, customer: str, demo: DemoCompany) -> None:
	on = invoice.ago.on(demo.as_of)
	doc = document("Sales Invoice", invoice.lines, customer=customer, **posted(on))
	doc.update(
		{
			"due_date": demo.as_of + timedelta(days=30),
			"crm_ext_coupon_codes": invoice.coupon,
			"crm_ext_sales_channel": invoice.channel,
		}
	)
	doc.insert().submit()


def _order(order: stories.Order, customer: str, demo: DemoCompany) -> None:
	"""From the order to the invoice, as far as it has come; deliveries and invoices a day later, returns yesterday."""
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
	from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice

	on = order.ago.on(demo.as_of)
	doc = document("Sales Order", order.lines, customer=customer, transaction_date=on)
	doc.update({"delivery_date": on + timedelta(days=7), "crm_ext_coupon_codes": order.coupon})
	if order.freight:
		doc.append("taxes", _freight(order.freight))
	doc.insert()
	if order.draft:
		return
	doc.submit()
	if order.cancelled:
		doc.cancel()
	if not order.delivered:
		return
	day = on + timedelta(days=1)
	delivery = make_delivery_note(doc.name)
	_keep(delivery, dict(enumerate(order.delivered)))
	delivery.update(posted(day))
	delivery.insert().submit()
	invoice = make_sales_invoice(delivery.name)
	invoice.update({**posted(day), "due_date": demo.as_of + timedelta(days=30)})
	invoice.insert().submit()
	if order.returned:
		credit_note = make_sales_return(invoice.name)
		_keep(credit_note, {place: -qty for place, qty in order.returned})
		yesterday = data.days(1).on(demo.as_of)
		credit_note.update({**posted(yesterday), "due_date": yesterday})
		credit_note.insert().submit()


def _keep(doc, quantities: Mapping[int, float]) -> None:
	"""Of a document that was made from another, so many of these rows, and no others."""
	doc.items = [doc.items[place] for place in quantities]
	for row, qty in zip(doc.items, quantities.values(), strict=True):
		row.qty = qty


def _freight(amount: int) -> dict:
	return {
		"charge_type": "Actual",
		"account_head": f"{promotions.FREIGHT} - {data.HOME.abbr}",
		"description": "Freight",
		"tax_amount": amount,
	}
