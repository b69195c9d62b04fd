# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What counts towards a goal and who is new: per customer, company and days, returns deducted."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

TODAY = date(2026, 5, 20)
START = date(2026, 4, 1)
COMPANY, OTHER_COMPANY = "Willow Bay Trading", "Willow Bay Pacific"


@pytest.fixture
def customer():
	from crm_ext.tests import builders

	return builders.customer()


def bought(customer: str, company: str = COMPANY, start: date = START, before: date = TODAY) -> Decimal:
	from crm_ext.pricing.promotions.history import bought_for

	return bought_for(customer, company, start, before)


def test_a_period_begins_with_its_first_day_and_ends_before_the_day_of_the_sale(customer):
	from crm_ext.tests import builders

	for amount, day in (
		(1, START - timedelta(days=1)),
		(2, START),
		(4, TODAY - timedelta(days=1)),
		(8, TODAY),
	):
		builders.sales_invoice(customer, day, amount)
	assert bought(customer) == 2 + 4
	assert bought(customer, before=TODAY + timedelta(days=1)) == 2 + 4 + 8
	assert bought(customer, before=START) == 0


def test_returns_are_deducted_on_their_own_day(customer):
	from crm_ext.tests import builders

	invoice = builders.sales_invoice(
		customer, START, items=[(builders.SERVICE, 100, 1), ("WB-FITTING", 30, 1)]
	)
	builders.credit_note(invoice, START + timedelta(days=10), lines=(1,))
	assert bought(customer) == 100
	assert bought(customer, before=START + timedelta(days=10)) == 130
	assert bought(customer, start=START + timedelta(days=1)) == -30


def test_only_submitted_invoices_count(customer):
	from crm_ext.tests import builders

	builders.sales_order(customer, START, 1)
	builders.delivery_note(customer, START, 2)
	builders.sales_invoice(customer, START, 4, submit=False)
	builders.sales_invoice(customer, START, 8).cancel()
	assert bought(customer) == 0


def test_what_others_bought_does_not_count(customer):
	from crm_ext.tests import builders

	builders.sales_invoice(customer, START, 10)
	builders.sales_invoice(builders.customer(), START, 20)
	assert bought(customer) == 10


def test_each_company_has_its_own_sums_in_its_own_currency():
	from crm_ext.demo.masters import make_receivable_account
	from crm_ext.tests import builders

	account = make_receivable_account("USD")
	customer = builders.customer(default_currency="USD", accounts=[{"company": COMPANY, "account": account}])
	builders.sales_invoice(customer, START, 10, currency="USD", conversion_rate=7, debit_to=account)
	builders.sales_invoice(customer, START, 5, company=OTHER_COMPANY, currency="USD")
	assert (bought(customer), bought(customer, OTHER_COMPANY)) == (70, 5)


def test_tax_does_not_count_and_discounts_do(customer):
	from crm_ext.demo import data
	from crm_ext.demo.documents import Books
	from crm_ext.tests import builders

	tax = Books(TODAY).tax(data.HOME)
	builders.sales_invoice(
		customer, START, 100, taxes=[tax], apply_discount_on="Net Total", discount_amount=10
	)
	assert bought(customer) == 90


def test_counter_sales_count(customer):
	import frappe

	from crm_ext.tests import builders

	today = frappe.utils.getdate()
	builders.pos_invoice(customer, today, 40)
	assert bought(customer, start=today, before=today + timedelta(days=1)) == 40


def test_consolidated_counter_sales_count_once(company):
	import frappe

	customer = frappe.db.get_value("Sales Invoice", {"is_consolidated": 1, "docstatus": 1}, "customer")
	own = {"customer": customer, "company": company.company, "docstatus": 1}
	counted = frappe.get_all(
		"Sales Invoice", {**own, "is_consolidated": 0, "is_opening": "No"}, pluck="base_net_total"
	) + frappe.get_all("POS Invoice", own, pluck="base_net_total")
	assert float(bought(customer, company.company, date(2000, 1, 1), date(2100, 1, 1))) == pytest.approx(
		sum(counted)
	)


def test_many_customers_take_one_statement_and_know_each_day(customer, queries):
	from crm_ext.pricing.promotions.history import purchases
	from crm_ext.tests import builders

	other, idle = builders.customer(), builders.customer()
	builders.sales_invoice(customer, START, 10)
	builders.sales_invoice(other, START + timedelta(days=1), 20)
	builders.sales_invoice(other, START + timedelta(days=2), 40)
	found = {}
	sent = queries(lambda: found.update(purchases([customer, other, idle], COMPANY, START, TODAY)))
	assert sent == 1
	assert set(found) == {customer, other}
	assert found[customer].between(START, TODAY) == 10
	assert found[other].between(START, START + timedelta(days=2)) == 20


@pytest.mark.parametrize("document", ["sales_order", "delivery_note", "sales_invoice", "pos_invoice"])
def test_whoever_ordered_got_or_paid_for_anything_is_not_new(customer, document, queries):
	import frappe

	from crm_ext.pricing.promotions.history import first_days, is_first
	from crm_ext.tests import builders

	new = builders.customer()
	today = frappe.utils.getdate()
	getattr(builders, document)(customer, today)
	found = set()
	assert queries(lambda: found.update(is_first([customer, new], COMPANY))) == 1
	assert found == {new}
	assert is_first([customer], OTHER_COMPANY) == {customer}
	assert is_first([customer], "") == set()
	assert first_days([customer, new], COMPANY) == {customer: today}


def test_drafts_cancelled_documents_and_quotations_leave_a_customer_new(customer):
	from crm_ext.pricing.promotions.history import is_first
	from crm_ext.tests import builders

	builders.sales_order(customer, START, submit=False)
	builders.sales_invoice(customer, START).cancel()
	assert is_first([customer, ""], COMPANY) == {customer, ""}
	assert is_first([], COMPANY) == set()
