# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import pytest

import frappe
from frappe.utils import add_days, getdate

from crm_ext.crm_ext.report.customer_price_list.customer_price_list import execute
from crm_ext.demo import data
from crm_ext.tests.builders import customer, sales_invoice
from crm_ext.tests.pricing.a_matrix import matrix

HOME, VISIT, FITTING, LATHE = data.HOME.name, data.VISIT, data.FITTING, data.LATHE
CNY, USD = (name for name, _currency, _divisor in data.PRICE_LISTS)


def rows(customer: str, **filters) -> dict[str, dict]:
	given = {"company": HOME, "customer": customer, "price_list": CNY, **filters}
	_columns, found, _message = execute(given)
	return {row["item_code"]: row for row in found}


def test_each_item_has_its_list_price_and_the_price_of_the_customer(buyer):
	matrix("Visits", {"item": VISIT.code, "customer": buyer, "Discount": 10}, status="Active")
	found = rows(buyer)
	visit, fitting = found[VISIT.code], found[FITTING.code]
	assert (visit["base"], visit["price"], visit["percent"]) == (1500, 1350, -10)
	assert visit["automatic"]
	assert "Visits" in visit["why"]
	assert (fitting["base"], fitting["price"], fitting["percent"], fitting["why"]) == (5000, 5000, 0, "")
	assert set(found) == {item.code for item in data.ITEMS}


def test_it_holds_for_a_day_and_a_point_of_sale(buyer):
	start = add_days(getdate(), 10)
	matrix("Soon", {"item": VISIT.code, "valid_from": start, "Rate": 1000}, status="Active")
	matrix("Counter", {"item": FITTING.code, "pos_profile": data.SHOP, "Rate": 4000}, status="Active")
	assert rows(buyer)[VISIT.code]["price"] == 1500
	assert rows(buyer, date=str(start))[VISIT.code]["price"] == 1000
	assert rows(buyer, pos_profile=data.SHOP)[FITTING.code]["price"] == 4000


def test_filters_narrow_the_items(buyer):
	matrix("Lathes", {"item": LATHE.code, "Rate": 19_000}, status="Active")
	assert set(rows(buyer, item_group="Workshop Equipment")) == {"WB-LATHE", "WB-PRESS", "WB-WRENCH"}
	assert set(rows(buyer, show="Only Automatic Prices")) == {LATHE.code}
	assert rows(buyer, brand="No Such Brand") == {}


def test_items_without_a_price_are_shown_on_demand(buyer):
	frappe.db.delete("Item Price", {"item_code": FITTING.code})
	assert FITTING.code not in rows(buyer)
	assert rows(buyer, show="All Items")[FITTING.code]["price"] is None


def test_prices_are_in_the_currency_and_of_the_price_list_that_the_customer_has(company):
	abroad = company.customers["Ravenscar Marine"]
	row = rows(abroad, price_list=USD)[VISIT.code]
	assert row["currency"] == "USD"
	assert row["price"] == pytest.approx(1500 / 7, abs=0.01)


def test_the_lowest_price_of_thirty_days_names_its_document(buyer):
	other = customer()
	mine = sales_invoice(buyer, add_days(getdate(), -3), items=[(VISIT.code, 1400, 1)])
	theirs = sales_invoice(other, add_days(getdate(), -2), items=[(VISIT.code, 1300, 1)])
	row = rows(buyer)[VISIT.code]
	assert (row["lowest"], row["lowest_document"]) == (1400, mine.name)
	row = rows(buyer, lowest_of="All Customers")[VISIT.code]
	assert (row["lowest"], row["lowest_document"]) == (1300, theirs.name)


def test_a_seller_sees_the_prices_of_her_own_customers_only(company, buyer):
	own = company.customers[data.SELLER.customers[0]]
	frappe.set_user(company.seller)
	assert rows(own)
	with pytest.raises(frappe.PermissionError):
		rows(buyer)
	with pytest.raises(frappe.PermissionError):
		rows(own, lowest_of="All Customers")


def test_without_a_customer_the_report_asks_for_one(company):
	columns, found, message = execute({"company": HOME})
	assert (columns, found) == ([], [])
	assert message


def test_the_number_of_statements_does_not_grow_with_the_items(buyer, queries):
	matrix("Everything", {"Discount": 1}, status="Active")

	def sent(item_group: str) -> tuple[int, int]:
		rows(buyer, item_group=item_group)
		with queries() as count:
			found = rows(buyer, item_group=item_group)
		return len(found), count.number

	few, statements = sent("Workshop Equipment")
	assert sent("All Item Groups") == (len(data.ITEMS), statements)
	assert few < len(data.ITEMS)
