# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Turns the events of data.py into submitted ERPNext documents."""

from datetime import date, timedelta

import frappe
from frappe.utils import get_datetime, now_datetime

from crm_ext.demo import data

OPENED = data.days(9)
"""When the shift whose counter sales are consolidated began."""

CLOSED = data.days(6)


class Books:
	"""Writes documents for one day called today."""

	def __init__(self, today: date):
		self.today = today

	def enter(self, customer: str, event: data.Event):
		"""Create the ERPNext document of an event, and what follows from it."""
		enter = {
			data.Order: self.order,
			data.Delivery: self.delivery,
			data.Invoice: self.invoice,
			data.CounterSale: self.counter_sale,
			data.Ticket: self.ticket,
			data.Contacted: self.contacted,
		}[type(event)]
		return enter(customer, event)

	def order(self, customer: str, order: data.Order):
		on = order.ago.on(self.today)
		doc = self.selling("Sales Order", customer, order)
		doc.update({"transaction_date": on, "delivery_date": on + timedelta(days=7)})
		return self.submitted(doc)

	def delivery(self, customer: str, delivery: data.Delivery):
		doc = self.selling("Delivery Note", customer, delivery)
		doc.update(
			{"posting_date": delivery.ago.on(self.today), "posting_time": "12:00", "set_posting_time": 1}
		)
		return self.submitted(doc)

	def invoice(self, customer: str, invoice: data.Invoice):
		on = invoice.ago.on(self.today)
		doc = self.selling("Sales Invoice", customer, invoice, invoice.currency, invoice.conversion_rate)
		doc.update(
			{
				"posting_date": on,
				"posting_time": "12:00",
				"set_posting_time": 1,
				"due_date": on + timedelta(days=invoice.due_after),
				"is_opening": "Yes" if invoice.opening else "No",
				"is_debit_note": int(invoice.debit_note),
				"update_stock": int(invoice.from_stock),
			}
		)
		if invoice.opening:
			temporary = f"Temporary Opening - {invoice.company.abbr}"
			doc.items[0].income_account = temporary
		if invoice.taxed:
			doc.append("taxes", self.tax(invoice.company))
		if invoice.discount:
			doc.update({"apply_discount_on": "Net Total", "discount_amount": float(invoice.discount)})
		if invoice.state == "Draft":
			return doc.insert()
		self.submitted(doc)
		if invoice.state == "Cancelled":
			doc.cancel()
		if invoice.paid:
			self.pay(doc, invoice.paid, on + timedelta(days=10))
		if invoice.returned:
			self.take_back(doc, invoice.returned_lines, invoice.returned.on(self.today))
		return doc

	def pay(self, invoice, amount: str, on: date):
		from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

		payment = get_payment_entry("Sales Invoice", invoice.name, party_amount=float(amount))
		payment.update({"posting_date": on, "reference_no": invoice.name, "reference_date": on})
		return self.submitted(payment)

	def settle(self, customer: str):
		"""Pay what is overdue, with one Payment Entry in each company and currency."""
		from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

		overdue = frappe.get_all(
			"Sales Invoice",
			filters={
				"customer": customer,
				"docstatus": 1,
				"outstanding_amount": (">", 0),
				"due_date": ("<", self.today),
			},
			fields=["name", "company", "currency", "grand_total", "outstanding_amount"],
			order_by="posting_date",
		)
		for key in dict.fromkeys((invoice.company, invoice.currency) for invoice in overdue):
			first, *more = [invoice for invoice in overdue if (invoice.company, invoice.currency) == key]
			total = sum(invoice.outstanding_amount for invoice in (first, *more))
			payment = get_payment_entry("Sales Invoice", first.name)
			for invoice in more:
				payment.append(
					"references",
					{
						"reference_doctype": "Sales Invoice",
						"reference_name": invoice.name,
						"total_amount": invoice.grand_total,
						"outstanding_amount": invoice.outstanding_amount,
						"allocated_amount": invoice.outstanding_amount,
					},
				)
			on = data.days(5).on(self.today)
			payment.update({"paid_amount": total, "received_amount": total, "posting_date": on})
			payment.update({"reference_no": first.name, "reference_date": on})
			self.submitted(payment)

	def take_back(self, invoice, lines: tuple[int, ...], on: date):
		from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

		credit_note = make_sales_return(invoice.name)
		credit_note.items = [credit_note.items[index] for index in lines]
		credit_note.update({"posting_date": on, "due_date": on, "set_posting_time": 1})
		return self.submitted(credit_note)

	def counter_sale(self, customer: str, sale: data.CounterSale):
		doc = self.selling("POS Invoice", customer, sale)
		doc.update(
			{
				"is_pos": 1,
				"pos_profile": data.SHOP,
				"posting_date": sale.ago.on(self.today),
				"posting_time": "12:00",
				"set_posting_time": 1,
				"set_warehouse": f"{data.SHOP} - {data.HOME.abbr}",
				"update_stock": 1,
			}
		)
		total = sum(float(line.rate) * line.qty for line in sale.lines)
		doc.append("payments", {"mode_of_payment": "Cash", "amount": total})
		return self.submitted(doc)

	def open_shift(self):
		"""Open a shift now, the only time at which ERPNext 16 sells in it; `backdate_shift` moves it afterwards."""
		return self.submitted(
			frappe.get_doc(
				{
					"doctype": "POS Opening Entry",
					"period_start_date": now_datetime(),
					"posting_date": self.today,
					"user": frappe.session.user,
					"pos_profile": data.SHOP,
					"company": data.HOME.name,
					"balance_details": [{"mode_of_payment": "Cash", "opening_amount": 0}],
				}
			)
		)

	def backdate_shift(self, opening, on: date):
		start = get_datetime(f"{on} 08:00:00")
		frappe.db.set_value(
			"POS Opening Entry", opening.name, {"period_start_date": start, "posting_date": on}
		)
		opening.reload()

	def close_shift(self, opening):
		"""Close the shift, which consolidates its counter sales into a Sales Invoice."""
		from erpnext.accounts.doctype.pos_closing_entry.pos_closing_entry import (
			make_closing_entry_from_opening,
		)

		closing = make_closing_entry_from_opening(opening)
		on = CLOSED.on(self.today)
		closing.update(
			{"posting_date": on, "posting_time": "20:00", "period_end_date": get_datetime(f"{on} 20:00")}
		)
		for row in closing.payment_reconciliation:
			row.closing_amount = row.expected_amount
		return self.submitted(closing)

	def ticket(self, customer: str, ticket: data.Ticket):
		return frappe.get_doc(
			{
				"doctype": "Issue",
				"subject": ticket.subject,
				"customer": customer,
				"company": data.HOME.name,
				"status": ticket.status,
				"opening_date": ticket.ago.on(self.today),
				"opening_time": "09:00",
			}
		).insert()

	def contacted(self, customer: str, contact: data.Contacted):
		return frappe.get_doc(
			{
				"doctype": "Communication",
				"communication_type": "Communication",
				"communication_medium": contact.medium,
				"communication_date": get_datetime(f"{contact.ago.on(self.today)} 10:00:00"),
				"sent_or_received": "Sent",
				"subject": contact.subject,
				"content": contact.subject,
				"reference_doctype": "Customer",
				"reference_name": customer,
			}
		).insert()

	def receive_stock(self, ago: data.Ago):
		"""Enough of everything in both warehouses of both companies, at cost."""
		for company in data.COMPANIES:
			rate = 1 if company is data.HOME else 7
			items = [
				{
					"item_code": item.code,
					"qty": 1000,
					"t_warehouse": f"{warehouse} - {company.abbr}",
					"basic_rate": item.price * data.COST_PERCENT / 100 / rate,
				}
				for item in data.ITEMS
				if item.stocked
				for warehouse in (data.WAREHOUSE, data.SHOP)
			]
			self.submitted(
				frappe.get_doc(
					{
						"doctype": "Stock Entry",
						"stock_entry_type": "Material Receipt",
						"purpose": "Material Receipt",
						"company": company.name,
						"posting_date": ago.on(self.today),
						"posting_time": "08:00",
						"set_posting_time": 1,
						"items": items,
					}
				)
			)

	def selling(self, doctype: str, customer: str, event, currency: str = "", conversion_rate: str = "1"):
		company = getattr(event, "company", data.HOME)
		currency = currency or company.currency
		price_list = next(name for name, of, _ in data.PRICE_LISTS if of == currency)
		return frappe.get_doc(
			{
				"doctype": doctype,
				"customer": customer,
				"company": company.name,
				"currency": currency,
				"conversion_rate": float(conversion_rate),
				"selling_price_list": price_list,
				"plc_conversion_rate": float(conversion_rate),
				"ignore_pricing_rule": 1,
				"disable_rounded_total": 1,
				"items": [
					{"item_code": line.item.code, "qty": line.qty, "rate": float(line.rate)}
					for line in event.lines
				],
			}
		)

	def tax(self, company: data.Company) -> dict:
		return {
			"charge_type": "On Net Total",
			"account_head": f"Output VAT - {company.abbr}",
			"description": "Output VAT",
			"rate": data.TAX_PERCENT,
		}

	def submitted(self, doc):
		doc.insert()
		doc.submit()
		return doc
