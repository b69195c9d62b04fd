# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What the prices of the demo need: more items, bought from a supplier; customers with kinds and grades; places."""

import frappe

from crm_ext.demo import data, masters
from crm_ext.demo import pricing_data as prices
from crm_ext.demo.install import DemoCompany
from crm_ext.tags.service import assign

PRICE_LIST = data.PRICE_LISTS[0][0]


def make(demo: DemoCompany) -> dict[str, str]:
	"""Everything but matrices and documents; returns the records of the customers by name."""
	group, parent = prices.SAFETY
	masters.ensure("Item Group", group, item_group_name=group, parent_item_group=parent)
	for brand in prices.BRANDS:
		masters.ensure("Brand", brand, brand=brand)
	for good in prices.GOODS:
		_make_good(good)
	for code in prices.TERN_ITEMS:
		frappe.db.set_value("Item", code, "brand", prices.TERN)
	_backdate_prices(demo)
	_open_the_past(demo)
	_buy(demo)
	for channel in prices.CHANNELS:
		masters.ensure("Sales Channel", channel, channel_name=channel)
	masters.ensure("Branch", prices.BRANCH, branch=prices.BRANCH)
	masters.make_user(prices.DECIDER, {})
	_sell_by_our_list()
	return {customer.name: make_customer(customer) for customer in prices.CUSTOMERS}


def codes_of(good: prices.Good) -> list[str]:
	"""The items that can be sold: the variants of a template, else the item."""
	_, sizes = prices.SIZES
	return [f"{good.code}-{short}" for _, short in sizes] if good.template else [good.code]


def _make_good(good: prices.Good) -> None:
	attribute, sizes = prices.SIZES
	values = {
		"item_group": good.group,
		"stock_uom": good.uom,
		"uoms": [{"uom": "Box", "conversion_factor": good.boxes}] if good.boxes else [],
		"item_defaults": [{"company": data.HOME.name, "default_warehouse": _warehouse()}],
	}
	template = {}
	if good.template:
		masters.ensure(
			"Item Attribute",
			attribute,
			attribute_name=attribute,
			item_attribute_values=[{"attribute_value": size, "abbr": short} for size, short in sizes],
		)
		template = {"has_variants": 1, "attributes": [{"attribute": attribute}]}
	masters.ensure("Item", good.code, item_code=good.code, item_name=good.name, **values, **template)
	for size, short in sizes if good.template else ():
		masters.ensure(
			"Item",
			f"{good.code}-{short}",
			item_code=f"{good.code}-{short}",
			item_name=f"{good.name}, {size}",
			variant_of=good.code,
			attributes=[{"attribute": attribute, "attribute_value": size}],
			**values,
		)
	for code in codes_of(good):
		key = {"item_code": code, "price_list": PRICE_LIST}
		if not frappe.db.exists("Item Price", key):
			price = frappe.get_doc({"doctype": "Item Price", **key, "price_list_rate": good.price})
			price.insert(ignore_permissions=True)


def _backdate_prices(demo: DemoCompany) -> None:
	"""The prices of our lists hold since the first document; ERPNext has them begin on the day they are entered."""
	ours = {"price_list": ("in", [name for name, _, _ in data.PRICE_LISTS])}
	begin = data.days(masters.OLDEST_DOCUMENT).on(demo.as_of)
	frappe.db.set_value("Item Price", ours, "valid_from", begin, update_modified=False)


def _open_the_past(demo: DemoCompany) -> None:
	"""Let “What Would Change” price the invoices of the stories anew: as if sold at the price of the price list."""
	frappe.db.sql(
		"""UPDATE `tabSales Invoice` d JOIN `tabSales Invoice Item` l ON l.parent = d.name
		SET d.ignore_pricing_rule = 0, l.price_list_rate = l.rate
		WHERE d.customer IN %s AND l.price_list_rate = 0""",
		(tuple(demo.customers.values()),),
	)


def _buy(demo: DemoCompany) -> None:
	"""One Purchase Receipt, so that the goods have a stock, a valuation and a last purchase rate."""
	supplier = masters.ensure(
		"Supplier",
		prices.SUPPLIER,
		supplier_name=prices.SUPPLIER,
		supplier_group=frappe.db.get_value("Supplier Group", {"is_group": 0}),
	)
	frappe.get_doc(
		{
			"doctype": "Purchase Receipt",
			"supplier": supplier,
			"company": data.HOME.name,
			"posting_date": data.days(45).on(demo.as_of),
			"posting_time": "08:00",
			"set_posting_time": 1,
			"currency": data.HOME.currency,
			"conversion_rate": 1,
			"ignore_pricing_rule": 1,
			"items": [
				{"item_code": code, "qty": 600, "rate": float(good.cost), "warehouse": _warehouse()}
				for good in prices.GOODS
				for code in codes_of(good)
			],
		}
	).insert().submit()


def _warehouse() -> str:
	return f"{data.WAREHOUSE} - {data.HOME.abbr}"


def _sell_by_our_list() -> None:
	"""Forms begin with our price list, unless the site has prices in the one that they begin with."""
	present = frappe.db.get_single_value("Selling Settings", "selling_price_list")
	if not (present and frappe.db.exists("Item Price", {"price_list": present})):
		frappe.db.set_single_value("Selling Settings", "selling_price_list", PRICE_LIST)


def make_customer(customer: prices.Customer) -> str:
	"""The record of a customer who buys by our price list, with its kind and its grade."""
	record = frappe.get_doc(
		{
			"doctype": "Customer",
			"customer_name": customer.name,
			"customer_type": "Company",
			"customer_group": customer.group,
			"territory": "North Coast",
			"default_price_list": PRICE_LIST,
			"crm_ext_price_kind": customer.kind,
		}
	).insert(ignore_permissions=True)
	if customer.grade:
		assign(record.name, customer.grade, reason="Agreed with the customer.", lock=True)
	return record.name
