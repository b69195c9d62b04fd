# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import json
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

import frappe

from crm_ext.demo import data
from crm_ext.tests.days import today
from crm_ext.tests.pricing.a_matrix import matrix
from crm_ext.tests.pricing.past_sales import put_back

ACTIVE, DRAFT = "Spring Prices", "Autumn Prices"
CNY = data.PRICE_LISTS[0][0]
LATHE, VISIT, DISCS, WRENCHES = (one.code for one in (data.LATHE, data.VISIT, data.DISCS, data.WRENCHES))


@pytest.fixture(scope="module")
def priced(tagged) -> Iterator:
	"""One matrix in force and one in draft, and a past in which automatic prices were possible; undone at the end."""
	columns = {
		"Sales Invoice": "ignore_pricing_rule",
		"Sales Invoice Item": "price_list_rate",
		"Item Price": "valid_from",
	}
	with put_back(columns):
		frappe.db.sql("UPDATE `tabSales Invoice` SET ignore_pricing_rule = 0")
		frappe.db.sql("UPDATE `tabSales Invoice Item` SET price_list_rate = rate")
		frappe.db.sql("UPDATE `tabItem Price` SET valid_from = %s", today() - timedelta(days=900))
		matrix(
			ACTIVE,
			{"item": LATHE, "customer_tag": "High Value", "Discount": 8},
			{"item": LATHE, "customer_tag": "High Value", "min_qty": 5, "Discount": 12},
			{"item": LATHE, "min_qty": 10, "Rate": 18_500},
			{"item_group": "Consumables", "Discount": 5},
			{"customer_group": "Key Accounts", "Discount": 3},
			status="Active",
		)
		matrix(
			DRAFT,
			{"item_group": "Machines", "customer_tag": "High Value", "Discount": 6},
			{"item_group": "Field Service", "Discount": -5},
			{"item": LATHE, "min_qty": 2, "Rate": 19_400},
			priority=5,
		)
		frappe.db.commit()
		yield tagged
	for name in (ACTIVE, DRAFT):
		frappe.delete_doc("Price Matrix", name, force=True)
	frappe.db.commit()


def address(*lines: tuple, **about) -> str:
	asked = {"company": data.HOME.name, "price_list": CNY, "lines": json.dumps(lines), **about}
	return f"price-check?{urlencode(asked)}"


def cells(page, item: str) -> list[str]:
	"""What a line of the basket shows after its item, quantity and unit."""
	rows = page.locator(".crm-ext-line:not(.is-empty)")
	codes = [row.locator("input").first.input_value() for row in rows.all()]
	return rows.nth(codes.index(item)).locator("td.crm-ext-line-answer").all_inner_texts()


def test_a_basket_from_the_address_is_priced_with_its_reasons(manager, priced):
	customer = priced.customers["Azure Kiln Works"]
	path = address((LATHE, 6), (DISCS, 20), (VISIT, 2), customer=customer)
	page = manager.open(path, ".crm-ext-line-answer", height=1000).page
	assert cells(page, LATHE)[:3] == ["CNY 20,000.00", "CNY 17,600.00", "CNY 105,600.00"]
	page.locator(".crm-ext-line-open button").first.click()
	detail = page.locator(".crm-ext-line-detail")
	expect(detail).to_contain_text("The matrix Spring Prices takes 12 % off")
	expect(detail.locator(".crm-ext-ladder")).to_contain_text("from 5 Nos")
	manager.see("price-check")


def test_items_are_typed_in_one_after_the_other(manager, priced):
	page = manager.open(address(customer=priced.customers["Azure Kiln Works"]), ".crm-ext-line").page
	field = page.locator(".crm-ext-line input[data-target=Item]").first
	field.click()
	field.fill(LATHE)
	page.locator(".awesomplete [role=option]", has_text=LATHE).first.click()
	quantity = page.locator(".crm-ext-line").first.locator("td.is-number input").first
	expect(quantity).to_be_focused()
	quantity.fill("6")
	quantity.press("Enter")
	expect(page.locator("tfoot")).to_contain_text("105,600.00")
	page.wait_for_url("**lines=*")
	assert "%22WB-LATHE%22%2C6" in page.url


def test_rows_are_pasted_from_a_spreadsheet(manager, priced):
	page = manager.open(address(), ".crm-ext-line").page
	page.locator(".crm-ext-line input[data-target=Item]").first.focus()
	text = f"{LATHE}\t2\tNos\n{WRENCHES}\t10\n{DISCS}"
	page.evaluate(
		"""text => {
			const clipboardData = new DataTransfer();
			clipboardData.setData("text", text);
			document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true}));
		}""",
		text,
	)
	expect(page.locator(".crm-ext-line:not(.is-empty)")).to_have_count(3)
	expect(page.locator("tfoot")).to_contain_text("50,475.00")


def test_two_customers_are_compared_side_by_side(manager, priced):
	left, right = (priced.customers[name] for name in ("Azure Kiln Works", "Zephyr Kites"))
	path = address((LATHE, 6), (DISCS, 20), (VISIT, 2), customer=left, b_customer=right, b_price_list=CNY)
	page = manager.open(path, ".crm-ext-line-answer", height=1100).page
	expect(page.locator(".crm-ext-check-table thead")).to_contain_text("Zephyr Kites")
	expect(page.locator(".crm-ext-side .is-different")).to_have_count(2)
	expect(page.locator(".crm-ext-line.is-different")).to_have_count(2)
	page.locator(".crm-ext-line-open button").first.click()
	expect(page.locator(".crm-ext-reasons.is-double .crm-ext-fall")).to_have_count(2)
	manager.see("price-check-compare")


def test_an_unknown_item_is_told_on_the_page(manager, priced):
	manager.expects("check_api.compare", "No Such Item")
	page = manager.open(address(("No Such Item", 1)), ".crm-ext-line").page
	expect(page.locator(".crm-ext-check-error")).to_contain_text("No Such Item")
	expect(page.locator(".modal.show")).to_have_count(0)


def test_what_an_address_says_is_text(manager, priced):
	"""Whoever follows a link must not run what it carries."""
	manager.expects("check_api.compare", "was_run")
	markup = "<img src=x onerror='window.was_run = true'>"
	page = manager.open(
		address((markup, 1), (VISIT, 1, markup), date=markup, branch=markup), ".crm-ext-line"
	).page
	expect(page.locator(".crm-ext-check-error")).to_contain_text(markup)
	assert page.evaluate("window.was_run") is None


def test_a_matrix_tells_what_it_would_change(manager, priced):
	page = manager.open(f"price-matrix/{DRAFT}", ".form-layout", height=1240).page
	page.get_by_role("button", name="What Would Change").click()
	dialog = page.locator(".modal.show")
	dialog.locator("[data-fieldname=months] select").select_option("12")
	dialog.get_by_role("button", name="Compute").click()
	expect(dialog.locator(".crm-ext-lead")).to_contain_text("would have brought")
	expect(dialog.locator(".crm-ext-card", has_text="Who Pay Less")).to_be_visible()
	expect(dialog.locator(".frappe-chart")).to_be_visible()
	dialog.locator("tr[data-only]").first.locator("td").nth(2).click()
	expect(dialog.locator(".crm-ext-drill tbody tr").first).to_contain_text("ACC-")
	manager.see("price-impact")


def test_the_price_list_of_a_customer(manager, priced):
	customer = priced.customers["Azure Kiln Works"]
	asked = urlencode({"company": data.HOME.name, "customer": customer, "price_list": CNY})
	page = manager.open(f"query-report/Customer Price List?{asked}", ".dt-scrollable .dt-row").page
	expect(page.locator(".dt-scrollable")).to_contain_text("18,400.00")
	manager.see("report-customer-price-list")
