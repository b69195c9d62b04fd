# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Ways into a site other than a document's own methods: a request, a Data Import, one document from another."""

import csv
import io

import frappe
from frappe.utils import nowdate

from crm_ext.demo import data
from crm_ext.tests.pricing.shop import PRICE_LIST


def call(method: str, **form_dict):
	"""As a request calls a method: by its name, with overrides, with texts for arguments."""
	from frappe.handler import execute_cmd

	frappe.local.form_dict = frappe._dict(form_dict, cmd=method)
	frappe.local.request = frappe._dict(method="POST")
	try:
		return execute_cmd(method)
	finally:
		del frappe.local.request


def made_from(quotation) -> list:
	"""The Sales Order, Delivery Note and Sales Invoice made one from the other; the first two are submitted."""
	from erpnext.selling.doctype.quotation.quotation import make_sales_order
	from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice

	order = make_sales_order(quotation.name)
	order.delivery_date = nowdate()
	order.insert().submit()
	delivery = make_delivery_note(order.name).insert()
	delivery.submit()
	return [order, delivery, make_sales_invoice(delivery.name).insert()]


def imported(customer: str, lines: list[tuple], more: dict | None = None):
	"""The Sales Order that a Data Import makes of a file; `more`: further fields of its head, by their labels."""
	from frappe.core.doctype.data_import.importer import Importer

	content = _file(customer, lines, more or {})
	file = frappe.get_doc(doctype="File", file_name="orders.csv", content=content, is_private=1).insert()
	record = frappe.get_doc(
		doctype="Data Import",
		reference_doctype="Sales Order",
		import_type="Insert New Records",
		import_file=file.file_url,
	)
	importer = Importer("Sales Order", data_import=record)
	(order,) = importer.import_file.get_payloads_for_import()
	return importer.process_doc(order.doc)


def _file(customer: str, lines: list[tuple], more: dict) -> str:
	head = {
		"Customer": customer,
		"Company": data.HOME.name,
		"Price List": PRICE_LIST,
		"Delivery Date": nowdate(),
		**more,
	}
	table = io.StringIO()
	writer = csv.writer(table)
	writer.writerow([*head, "Item Code (Items)", "Quantity (Items)", "UOM (Items)"])
	for place, line in enumerate(lines):
		writer.writerow([*(head.values() if place == 0 else [""] * len(head)), *line])
	return table.getvalue()
