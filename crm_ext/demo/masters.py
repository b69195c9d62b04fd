# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Companies, items, prices, people: what the demo documents need. Each is created if it is missing, never changed."""

from datetime import date, timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

import frappe
from frappe.utils.password import update_password

from crm_ext.demo import data

OLDEST_DOCUMENT = 800
"""Days before today."""


def ensure(doctype: str, name: str, /, **values) -> str:
	"""The name of the record, created with these values if it is missing."""
	if frappe.db.exists(doctype, name):
		return name
	return frappe.get_doc({"doctype": doctype, **values}).insert(ignore_permissions=True).name


def run_setup_wizard(today: date):
	"""On a site without a company: the setup wizard, with our CNY company. It commits by itself."""
	from frappe.desk.page.setup_wizard.setup_wizard import setup_complete

	home = data.HOME
	setup_complete(
		{
			"language": "English",
			"country": home.country,
			"timezone": data.TIME_ZONE,
			"currency": home.currency,
			"full_name": "Willow Bay",
			"email": "owner@willowbay.example",
			"password": data.PASSWORD,
			"company_name": home.name,
			"company_abbr": home.abbr,
			"chart_of_accounts": "Standard",
			"fy_start_date": f"{today.year}-01-01",
			"fy_end_date": f"{today.year}-12-31",
		}
	)


def make_masters(today: date):
	"""Everything but customers and documents."""
	make_fiscal_years(today)
	for company in data.COMPANIES:
		make_company(company)
	make_exchange_rates(today)
	make_trees()
	make_price_lists()
	make_items()
	make_receivable_account("USD")
	make_tax_account()
	make_pos_profile()
	frappe.get_doc({"doctype": "Class Transition", **data.CLASS_TRANSITION}).insert(ignore_permissions=True)


def make_fiscal_years(today: date):
	"""Fiscal years back to the oldest document, in step with the one of today, which is the calendar year if new."""
	current = frappe.db.get_value(
		"Fiscal Year",
		{"disabled": 0, "year_start_date": ("<=", today), "year_end_date": (">=", today)},
		"year_start_date",
	)
	start = current or date(today.year, 1, 1)
	oldest = today - timedelta(days=OLDEST_DOCUMENT)
	while start + relativedelta(years=1) > oldest:
		end = start + relativedelta(years=1, days=-1)
		overlapping = {"year_start_date": ("<=", end), "year_end_date": (">=", start)}
		if not frappe.db.exists("Fiscal Year", overlapping):
			name = f"{start.year}" if start.year == end.year else f"{start.year}-{end.year}"
			ensure("Fiscal Year", name, year=name, year_start_date=start, year_end_date=end)
		start -= relativedelta(years=1)


def make_company(company: data.Company):
	frappe.db.set_value("Currency", company.currency, "enabled", 1)
	ensure(
		"Company",
		company.name,
		company_name=company.name,
		abbr=company.abbr,
		default_currency=company.currency,
		country=company.country,
		enable_perpetual_inventory=1,
		create_chart_of_accounts_based_on="Standard Template",
		chart_of_accounts="Standard",
	)
	for warehouse in (data.WAREHOUSE, data.SHOP):
		ensure(
			"Warehouse",
			f"{warehouse} - {company.abbr}",
			warehouse_name=warehouse,
			company=company.name,
			parent_warehouse=f"All Warehouses - {company.abbr}",
		)


def make_exchange_rates(today: date):
	for source, target, ago, rate in data.EXCHANGE_RATES:
		key = {"from_currency": source, "to_currency": target, "date": ago.on(today)}
		if not frappe.db.exists("Currency Exchange", key):
			doc = frappe.get_doc(
				{
					"doctype": "Currency Exchange",
					**key,
					"exchange_rate": rate,
					"for_buying": 1,
					"for_selling": 1,
				}
			)
			doc.insert(ignore_permissions=True)


def make_trees():
	for doctype, label, nodes in (
		("Territory", "territory_name", data.TERRITORIES),
		("Customer Group", "customer_group_name", data.CUSTOMER_GROUPS),
		("Item Group", "item_group_name", data.ITEM_GROUPS),
	):
		parent_field = f"parent_{frappe.scrub(doctype)}"
		root = frappe.db.get_value(doctype, {parent_field: ("in", ("", None))}, "name")
		parents = {parent for _, parent in nodes}
		for name, parent in nodes:
			values = {label: name, parent_field: parent or root, "is_group": int(name in parents)}
			ensure(doctype, name, **values)
	for industry in {customer.industry for customer in data.CUSTOMERS}:
		ensure("Industry Type", industry, industry=industry)


def make_price_lists():
	for name, currency, _ in data.PRICE_LISTS:
		ensure("Price List", name, price_list_name=name, currency=currency, selling=1, enabled=1)


def make_items():
	for item in data.ITEMS:
		ensure(
			"Item",
			item.code,
			item_code=item.code,
			item_name=item.name,
			item_group=item.group,
			stock_uom="Nos",
			is_stock_item=int(item.stocked),
			item_defaults=[
				{"company": company.name, "default_warehouse": f"{data.WAREHOUSE} - {company.abbr}"}
				for company in data.COMPANIES
			],
		)
		for price_list, currency, divisor in data.PRICE_LISTS:
			key = {"item_code": item.code, "price_list": price_list}
			if not frappe.db.exists("Item Price", key):
				price = round(Decimal(item.price) / divisor, 2)
				frappe.get_doc(
					{"doctype": "Item Price", **key, "currency": currency, "price_list_rate": price}
				).insert(ignore_permissions=True)


def make_receivable_account(currency: str) -> str:
	"""A receivable account of the home company in a foreign currency."""
	company = data.HOME
	default = frappe.get_cached_value("Company", company.name, "default_receivable_account")
	name = f"Debtors {currency}"
	return ensure(
		"Account",
		f"{name} - {company.abbr}",
		account_name=name,
		parent_account=frappe.db.get_value("Account", default, "parent_account"),
		company=company.name,
		account_type="Receivable",
		account_currency=currency,
	)


def make_tax_account() -> str:
	company = data.HOME
	return ensure(
		"Account",
		f"Output VAT - {company.abbr}",
		account_name="Output VAT",
		parent_account=f"Duties and Taxes - {company.abbr}",
		company=company.name,
		account_type="Tax",
	)


def make_pos_profile():
	company = data.HOME
	ensure(
		"POS Profile",
		data.SHOP,
		name=data.SHOP,
		company=company.name,
		warehouse=f"{data.SHOP} - {company.abbr}",
		currency=company.currency,
		selling_price_list=data.PRICE_LISTS[0][0],
		write_off_account=frappe.get_cached_value("Company", company.name, "write_off_account"),
		write_off_cost_center=frappe.get_cached_value("Company", company.name, "cost_center"),
		payments=[{"mode_of_payment": "Cash", "default": 1}],
	)


def make_customer(customer: data.Customer, name: str | None = None) -> str:
	"""Creates the customer, or its duplicate under another name; returns the name of the record."""
	values = {
		"customer_name": name or customer.name,
		"customer_type": "Company",
		"customer_group": customer.group,
		"territory": customer.territory,
		"industry": customer.industry,
	}
	if customer.currency:
		values["default_currency"] = customer.currency
		values["accounts"] = [
			{"company": data.HOME.name, "account": make_receivable_account(customer.currency)}
		]
	return frappe.get_doc({"doctype": "Customer", **values}).insert(ignore_permissions=True).name


def make_users(customers: dict[str, str]):
	"""The demo users, with their passwords and User Permissions; `customers` maps our names to records."""
	for user in data.USERS:
		make_user(user, customers)


def make_user(user: data.User, customers: dict[str, str]):
	"""One user, unless it is there already."""
	if frappe.db.exists("User", user.email):
		return
	frappe.get_doc(
		{
			"doctype": "User",
			"email": user.email,
			"first_name": user.first_name,
			"send_welcome_email": 0,
			"roles": [{"role": role} for role in user.roles],
		}
	).insert(ignore_permissions=True)
	# Past the password policy: these are invented people on a demo site.
	update_password(user.email, data.PASSWORD)
	for customer in user.customers:
		frappe.get_doc(
			{
				"doctype": "User Permission",
				"user": user.email,
				"allow": "Customer",
				"for_value": customers[customer],
			}
		).insert(ignore_permissions=True)
