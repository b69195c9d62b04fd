# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import pytest

import frappe
from frappe.custom.doctype.property_setter.property_setter import make_property_setter
from frappe.utils import add_days, getdate

from crm_ext.demo import data
from crm_ext.pricing.check_api import compare, ladder
from crm_ext.tests.builders import customer, sales_invoice
from crm_ext.tests.pricing.a_matrix import matrix

VISIT, LATHE = data.VISIT.code, data.LATHE.code
CNY, USD = (name for name, _currency, _divisor in data.PRICE_LISTS)


def basket(customer: str = "", *lines: tuple, **more) -> dict:
	"""`(item, quantity)` or `(item, quantity, unit)` for each line."""
	return {
		"company": data.HOME.name,
		"customer": customer,
		"price_list": CNY,
		"lines": [dict(zip(("item_code", "qty", "uom"), line, strict=False)) for line in lines],
		**more,
	}


def test_one_side_has_prices_reasons_and_a_total(buyer):
	matrix("Visits", {"item": VISIT, "Discount": 10}, status="Active")
	answer = compare(basket(buyer, (VISIT, 2), (LATHE, 1)))
	visit, lathe = answer["lines"]
	assert (visit["left"]["base_rate"], visit["left"]["rate"], visit["left"]["amount"]) == (1500, 1350, 2700)
	assert [step["did"] for step in visit["left"]["steps"]] == ["list", "matrix"]
	assert lathe["left"]["rate"] == 20_000
	assert (answer["totals"]["left"], answer["right"], visit["difference"]) == (22_700, None, None)
	assert (answer["left"]["currency"], answer["left"]["price_list"]) == ("CNY", CNY)


def test_two_customers_are_compared_line_by_line(buyer):
	other = customer()
	matrix("Theirs", {"item": VISIT, "customer": other, "Rate": 1200}, status="Active")
	mine = basket(buyer, (VISIT, 2), (LATHE, 1))
	visit, lathe = compare(mine, {**mine, "customer": other})["lines"]
	assert (visit["left"]["rate"], visit["right"]["rate"]) == (1500, 1200)
	assert (visit["difference"], visit["percent"]) == (-300, -20)
	assert (lathe["difference"], lathe["percent"]) == (0, 0)


def test_two_days_are_compared(buyer):
	soon = add_days(getdate(), 10)
	matrix("Soon", {"item": VISIT, "valid_from": soon, "Rate": 1600}, status="Active")
	today = basket(buyer, (VISIT, 1))
	answer = compare(today, {**today, "date": str(soon)})
	assert answer["totals"] == {"left": 1500, "right": 1600, "difference": 100, "percent": 6.67}


def test_two_currencies_are_compared_in_that_of_the_left_side(company, buyer):
	abroad = company.customers["Ravenscar Marine"]
	mine = basket(buyer, (LATHE, 1))
	answer = compare(mine, {**mine, "customer": abroad, "currency": "USD", "price_list": USD})
	line = answer["lines"][0]
	assert (answer["left"]["currency"], answer["right"]["currency"]) == ("CNY", "USD")
	assert line["right"]["rate"] == pytest.approx(20_000 / 7, abs=0.01)
	assert line["difference"] == pytest.approx(0, abs=0.1)


def test_a_line_without_a_price_says_so_and_the_total_counts_it_as_missing(buyer):
	frappe.db.delete("Item Price", {"item_code": VISIT})
	answer = compare(basket(buyer, (VISIT, 1), (LATHE, 1)))
	assert answer["lines"][0]["left"]["rate"] is None
	assert (answer["left"]["total"], answer["left"]["unpriced"]) == (20_000, 1)


def test_the_lowest_price_of_thirty_days_is_that_of_the_customer(buyer):
	sales_invoice(customer(), add_days(getdate(), -2), items=[(VISIT, 900, 1)])
	mine = sales_invoice(buyer, add_days(getdate(), -3), items=[(VISIT, 1400, 1)])
	lowest = compare(basket(buyer, (VISIT, 1)))["lines"][0]["left"]["lowest"]
	assert (lowest["rate"], lowest["document"]) == (1400, mine.name)
	assert compare(basket("", (VISIT, 1)))["lines"][0]["left"]["lowest"] is None


def test_a_line_offers_the_units_of_its_item(buyer):
	item = frappe.get_doc("Item", VISIT)
	item.append("uoms", {"uom": "Box", "conversion_factor": 10})
	item.save()
	line = compare(basket(buyer, (VISIT, 1, "Box")))["lines"][0]
	assert (line["uom"], line["left"]["rate"]) == ("Box", 15_000)
	assert set(line["uoms"]) == {"Nos", "Box"}


def test_the_ladder_has_a_rung_wherever_the_price_changes(buyer):
	rates = [
		{"item": VISIT, "min_qty": qty, "Rate": rate} for qty, rate in ((10, 1400), (50, 1300), (60, 1300))
	]
	matrix("Breaks", *rates, status="Active")
	rungs = ladder(basket(buyer, (VISIT, 12), (LATHE, 1)), "1")
	assert [(rung["qty"], rung["rate"], rung["current"]) for rung in rungs] == [
		(1, 1500, False),
		(10, 1400, False),
		(12, 1400, True),
		(50, 1300, False),
	]


def test_a_seller_may_ask_for_her_own_customers_on_both_sides_only(company, buyer):
	own = company.customers[data.SELLER.customers[0]]
	frappe.set_user(company.seller)
	mine = basket(own, (VISIT, 1))
	assert compare(mine)["lines"]
	for left, right in ((basket(buyer, (VISIT, 1)), None), (mine, basket(buyer))):
		with pytest.raises(frappe.PermissionError):
			compare(left, right)


def test_what_an_item_costs_us_is_told_only_to_who_may_read_it(company, buyer):
	frappe.db.set_value("Item", VISIT, "last_purchase_rate", 987)
	matrix("Cost Plus", {"item": VISIT, "Markup on Cost": 10}, status="Active")
	mine = basket(buyer, (VISIT, 1))

	def told() -> str:
		return compare(mine)["lines"][0]["left"]["steps"][1]["text"]

	assert "987" in told()
	make_property_setter("Item", "last_purchase_rate", "permlevel", 3, "Int")
	try:
		frappe.set_user(company.manager)
		assert "987" not in told()
		assert "Cost Plus" in told()
	finally:
		frappe.db.rollback()
		frappe.clear_cache(doctype="Item")


def test_an_item_that_does_not_exist_is_named_with_its_line(buyer):
	with pytest.raises(frappe.ValidationError, match=r"Line 2.*No Such Item"):
		compare(basket(buyer, (VISIT, 1), ("No Such Item", 1)))


def test_comparing_takes_few_statements_more_than_one_side_whatever_the_lines(buyer, queries):
	matrix("Visits", {"item": VISIT, "Discount": 10}, status="Active")
	other = customer()

	def sent(*lines: tuple) -> int:
		mine = basket(buyer, *lines)
		compare(mine, {**mine, "customer": other})
		return queries(lambda: compare(mine, {**mine, "customer": other}))

	assert sent((VISIT, 1)) == sent(*((item.code, 2) for item in data.ITEMS))
