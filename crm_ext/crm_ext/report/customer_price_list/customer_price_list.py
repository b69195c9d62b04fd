# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The price list of a customer: for each item the list price, the customer's price, and why."""

import frappe
from frappe import _
from frappe.utils import getdate

from crm_ext.errors import speaking
from crm_ext.pricing.basket import Basket
from crm_ext.pricing.customer_prices import CustomerPrice, prices_for
from crm_ext.pricing.lowest import DAYS
from crm_ext.profile.permissions import check_customer, query_conditions

WITH_PRICE, AUTOMATIC, ALL_ITEMS = "Items with a Price", "Only Automatic Prices", "All Items"
OF_CUSTOMER, OF_ALL = "This Customer", "All Customers"


@speaking
def execute(filters: dict | None = None) -> tuple:
	"""Columns, a row for each item, and what the prices hold for. Only for a customer that the user may read."""
	filters = frappe._dict(filters or {})
	if not (filters.company and filters.customer):
		return [], [], _("Choose a company and a customer.")
	_check(filters)
	items = _items(filters)
	basket = _basket(filters)
	lowest_of = None if filters.lowest_of == OF_ALL else filters.customer
	found = list(prices_for(basket, list(items), lowest_of=lowest_of))
	company_currency = frappe.get_cached_value("Company", filters.company, "default_currency")
	rows = [
		_row(price, items[price.item_code], company_currency) for price in found if _is_shown(price, filters)
	]
	return _columns(), rows, _message(found, basket)


def _check(filters) -> None:
	check_customer(filters.customer)
	frappe.has_permission("Company", "read", doc=filters.company, throw=True)
	if filters.lowest_of == OF_ALL and query_conditions(doctype="Customer"):
		frappe.throw(_("You may not see the prices of all customers."), frappe.PermissionError)


def _basket(filters) -> Basket:
	return Basket(
		company=filters.company,
		customer=filters.customer,
		date=getdate(filters.date),
		price_list=filters.price_list or "",
		pos_profile=filters.pos_profile or "",
		lines=(),
	)


def _items(filters) -> dict[str, dict]:
	"""What is sold, by item group and code: templates are not, their variants are."""
	conditions = {"disabled": 0, "is_sales_item": 1, "has_variants": 0}
	if filters.brand:
		conditions["brand"] = filters.brand
	if filters.item_group:
		groups = frappe.db.get_descendants("Item Group", filters.item_group)
		conditions["item_group"] = ("in", [filters.item_group, *groups])
	found = frappe.get_list(
		"Item",
		filters=conditions,
		fields=["name", "item_name", "item_group", "brand", "stock_uom"],
		order_by="item_group, name",
		limit=0,
	)
	return {item.name: item for item in found}


def _is_shown(price: CustomerPrice, filters) -> bool:
	if filters.show == AUTOMATIC:
		return price.automatic
	return filters.show == ALL_ITEMS or price.price is not None


def _row(price: CustomerPrice, item: dict, company_currency: str) -> dict:
	doctype, document = price.lowest.document if price.lowest else (None, None)
	return {
		"item_code": price.item_code,
		"item_name": item.item_name,
		"item_group": item.item_group,
		"brand": item.brand,
		"uom": item.stock_uom,
		"base": _number(price.base),
		"price": _number(price.price),
		"percent": _number(price.percent),
		"why": price.why,
		"automatic": int(price.automatic),
		"lowest": _number(price.lowest.rate) if price.lowest else None,
		"lowest_date": price.lowest.date if price.lowest else None,
		"lowest_doctype": doctype,
		"lowest_document": document,
		"currency": price.currency,
		"company_currency": company_currency,
	}


def _number(amount) -> float | None:
	return None if amount is None else float(amount)


def _message(found: list[CustomerPrice], basket: Basket) -> str:
	if not found:
		return _("No item goes with these filters.")
	price_list = found[0].price_list
	return " ".join(
		(
			_("Prices of one stock unit each, without tax, in {0}.").format(found[0].currency),
			_("Price list: {0}.").format(price_list) if price_list else _("There is no price list."),
			_("For larger quantities and other units see the Price Check."),
		)
	)


def _columns() -> list[dict]:
	columns = (
		("item_code", _("Item"), "Link", "Item", 270),
		("item_group", _("Item Group"), "Link", "Item Group", 130),
		("uom", _("UOM"), "Data", None, 70),
		("base", _("List Price"), "Currency", "currency", 130),
		("price", _("Price"), "Currency", "currency", 130),
		("percent", _("Difference %"), "Percent", None, 125),
		("why", _("Why This Price"), "Data", None, 480),
		("lowest", _("Lowest of {0} Days").format(DAYS), "Currency", "company_currency", 135),
		("lowest_document", _("Sold With"), "Dynamic Link", "lowest_doctype", 150),
		("lowest_date", _("Sold On"), "Date", None, 100),
	)
	hidden = (
		("item_name", _("Item Name"), "Data", None, 190),
		("brand", _("Brand"), "Data", None, 100),
		("lowest_doctype", _("Document Type"), "Data", None, 100),
		("currency", _("Currency"), "Link", "Currency", 80),
		("company_currency", _("Company Currency"), "Link", "Currency", 80),
	)
	return [_column(*column) for column in columns] + [_column(*column, hidden=1) for column in hidden]


def _column(name: str, label: str, fieldtype: str, options: str | None, width: int, hidden: int = 0) -> dict:
	return {
		"fieldname": name,
		"label": label,
		"fieldtype": fieldtype,
		"options": options,
		"width": width,
		"hidden": hidden,
		**({"precision": 1} if fieldtype == "Percent" else {}),
	}
