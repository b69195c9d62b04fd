# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Builders of the documents that tests need, on the books of the demo company. Each submits and returns the document."""

from datetime import date, timedelta

import frappe
from frappe.utils import get_datetime

from crm_ext.compat import counter_sales_by_pos_invoice
from crm_ext.demo import data

SERVICE = "WB-VISIT"
"""An item without stock, in the group Field Service."""


def customer(title: str | None = None, **values) -> str:
	"""A new customer without documents; returns its name."""
	doc = frappe.get_doc(
		{
			"doctype": "Customer",
			"customer_name": title or f"Test {frappe.generate_hash(length=8)}",
			"customer_type": "Company",
			"customer_group": data.CUSTOMERS[0].group,
			"territory": data.CUSTOMERS[0].territory,
			**values,
		}
	)
	return doc.insert(ignore_permissions=True).name


def sales_order(customer: str, day: date, amount: float = 100, *, submit: bool = True, **values):
	values = {"transaction_date": day, "delivery_date": day + timedelta(days=7), **values}
	return _enter(_selling("Sales Order", customer, amount, values), submit)


def delivery_note(customer: str, day: date, amount: float = 100, *, submit: bool = True, **values):
	return _enter(_selling("Delivery Note", customer, amount, {**_posted(day), **values}), submit)


def sales_invoice(
	customer: str, day: date, amount: float = 100, *, due: date | None = None, submit: bool = True, **values
):
	"""`items=[(code, rate, qty)…]` replaces the one line of `amount`; other keywords are fields of the document."""
	values = {**_posted(day), "due_date": due or day + timedelta(days=30), **values}
	return _enter(_selling("Sales Invoice", customer, amount, values), submit)


def credit_note(invoice, day: date, lines: tuple[int, ...] = (0,)):
	"""The return of some lines of an invoice."""
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

	doc = make_sales_return(invoice.name)
	doc.items = [doc.items[index] for index in lines]
	doc.update({**_posted(day), "due_date": day})
	return _enter(doc, True)


def pos_invoice(customer: str, day: date, amount: float = 100, *, submit: bool = True, **values):
	"""A counter sale in the demo's shop, paid in cash, in a shift of today, as version 16 wants it."""
	counter_sales_by_pos_invoice()
	shift = {"pos_profile": data.SHOP, "status": "Open"}
	frappe.db.set_value("POS Opening Entry", shift, "period_start_date", frappe.utils.now_datetime())
	values = {
		**_posted(day),
		"is_pos": 1,
		"pos_profile": data.SHOP,
		"set_warehouse": f"{data.SHOP} - {data.HOME.abbr}",
		"payments": [{"mode_of_payment": "Cash", "amount": amount}],
		**values,
	}
	return _enter(_selling("POS Invoice", customer, amount, values), submit)


def payment(invoice, amount: float | None = None):
	from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

	doc = get_payment_entry("Sales Invoice", invoice.name, party_amount=amount)
	doc.update({"reference_no": invoice.name, "reference_date": doc.posting_date})
	return _enter(doc, True)


def issue(customer: str | None, day: date, **values):
	values = {"subject": "Does not start", "opening_date": day, "opening_time": "09:00", **values}
	return frappe.get_doc({"doctype": "Issue", "customer": customer, **values}).insert()


def communication(customer: str | None, day: date, medium: str = "Email", **values):
	"""A contact that refers to the customer; `timeline=name` links it by the timeline instead."""
	timeline = values.pop("timeline", None)
	reference = {"reference_doctype": "Customer", "reference_name": customer} if customer else {}
	doc = frappe.get_doc(
		{
			"doctype": "Communication",
			"communication_type": "Communication",
			"communication_medium": medium,
			"communication_date": get_datetime(f"{day} 10:00:00"),
			"sent_or_received": "Sent",
			"subject": "About us",
			"content": "About us",
			**reference,
			**values,
		}
	)
	if timeline:
		doc.append("timeline_links", {"link_doctype": "Customer", "link_name": timeline})
	return doc.insert(ignore_permissions=True)


def _posted(day: date) -> dict:
	return {"posting_date": day, "posting_time": "12:00", "set_posting_time": 1}


def _selling(doctype: str, customer: str, amount: float, values: dict):
	company = next(c for c in data.COMPANIES if c.name == values.get("company", data.HOME.name))
	currency = values.get("currency", company.currency)
	rate = values.pop("conversion_rate", 1)
	items = values.pop("items", [(SERVICE, amount, 1)])
	return frappe.get_doc(
		{
			"doctype": doctype,
			"customer": customer,
			"company": company.name,
			"currency": currency,
			"conversion_rate": rate,
			"selling_price_list": next(name for name, of, _ in data.PRICE_LISTS if of == currency),
			"plc_conversion_rate": rate,
			"ignore_pricing_rule": 1,
			"disable_rounded_total": 1,
			"items": [{"item_code": code, "qty": qty, "rate": price} for code, price, qty in items],
			**values,
		}
	)


def _enter(doc, submit: bool):
	doc.insert()
	if submit:
		doc.submit()
	return doc
