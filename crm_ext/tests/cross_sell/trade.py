# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Sales of a few invented items, some of them together, and the associations found in them."""

from datetime import date, timedelta

import frappe
from frappe.utils import getdate

from crm_ext.demo import data
from crm_ext.tests import builders
from crm_ext.tests.settings import change_settings

TODAY = getdate()
COMPANY = data.HOME.name


def item(code: str, **values) -> str:
	"""An item without stock, Service Visit's group."""
	if not frappe.db.exists("Item", code):
		frappe.get_doc(
			{
				"doctype": "Item",
				"item_code": code,
				"item_name": f"The {code}",
				"item_group": frappe.db.get_value("Item", builders.SERVICE, "item_group"),
				"stock_uom": "Nos",
				"is_stock_item": 0,
				**values,
			}
		).insert()
	return code


def sell(*codes: str, times: int = 1, days_ago: int = 10, **values) -> list:
	"""So many invoices of these items together."""
	codes = [item(code) for code in codes]
	return [
		builders.sales_invoice(
			_customer(), TODAY - timedelta(days=days_ago), items=[(code, 100, 1) for code in codes], **values
		)
		for _ in range(times)
	]


def _customer() -> str:
	found = frappe.db.get_value("Customer", {"customer_name": "Buyer of Pairs"})
	return found or builders.customer("Buyer of Pairs")


def settings(*, months: int = 12, minimum: int = 2) -> None:
	change_settings(association_months=months, association_minimum=minimum)


def associations(company: str = COMPANY, *, today: date = TODAY) -> dict[tuple[str, str], dict]:
	"""What a night of that day finds: {(item, suggested item): row}."""
	from crm_ext.cross_sell import service

	service.compute(today=today, commit=False)
	rows = frappe.get_all(
		"Item Association",
		{"company": company},
		["item_code", "suggested_item", "together", "support", "confidence", "lift"],
	)
	return {(row.item_code, row.suggested_item): row for row in rows}
