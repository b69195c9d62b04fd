# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Orders, deliveries and invoices: told as they are submitted, for one row at most."""

from datetime import timedelta

import pytest

import frappe
from frappe.utils import getdate

from crm_ext.compat import counter_sales_by_pos_invoice
from crm_ext.demo import data
from crm_ext.linkage import inbox
from crm_ext.linkage.registry import trigger
from crm_ext.linkage.sources import documents
from crm_ext.linkage.sources.documents import DELIVERY_SUBMITTED, INVOICE_SUBMITTED, ORDER_SUBMITTED
from crm_ext.tests import builders
from crm_ext.tests.linkage.told import told

ALL = (ORDER_SUBMITTED, DELIVERY_SUBMITTED, INVOICE_SUBMITTED)
ABROAD = next(company for company in data.COMPANIES if company.currency != data.HOME.currency)


@pytest.fixture(autouse=True)
def counter_sales_are_pos_invoices(company):
	counter_sales_by_pos_invoice()


@pytest.fixture
def today():
	return getdate()


@pytest.fixture
def customer() -> str:
	return builders.customer()


@pytest.fixture
def awaited(rule):
	for name in ALL:
		rule(f"At {name}", trigger=name)


def completed(name: str, customer: str, *facts: str) -> list[dict]:
	"""The facts of what waits, as the rules read them."""
	events = [e for e in inbox.take([customer]) if e.trigger == name]
	return [dict(event.facts) for event in trigger(name).complete(events, facts)]


@pytest.mark.parametrize(
	"build, name",
	[
		(builders.sales_order, ORDER_SUBMITTED),
		(builders.delivery_note, DELIVERY_SUBMITTED),
		(builders.sales_invoice, INVOICE_SUBMITTED),
		(builders.pos_invoice, INVOICE_SUBMITTED),
	],
)
def test_a_submitted_document_is_told_with_its_facts(awaited, customer, today, build, name):
	doc = build(customer, today, 250)
	assert [(e.reference_name, e.company) for e in told(name, customer)] == [(doc.name, None)]
	(facts,) = completed(name, customer, "document_ordinal")
	assert facts["document_amount"] == 250
	assert facts["document_company"] == data.HOME.name
	assert facts["document_item_groups"] == ["Field Service"]
	assert facts["document_ordinal"] == 1


def test_a_draft_is_not_told(awaited, customer, today):
	builders.sales_order(customer, today, submit=False)
	assert told(ORDER_SUBMITTED, customer) == []


def test_returns_corrections_and_opening_balances_are_not_told(awaited, customer, today):
	invoice = builders.sales_invoice(customer, today)
	builders.credit_note(invoice, today)
	opening = builders.sales_invoice(customer, today, is_opening="Yes", submit=False)
	opening.items[0].income_account = frappe.db.get_value(
		"Account", {"account_type": "Temporary", "company": data.HOME.name}
	)
	opening.save()
	opening.submit()
	builders.sales_invoice(customer, today, is_debit_note=1, return_against=invoice.name)
	sum_of_a_day = builders.sales_invoice(customer, today, submit=False)
	sum_of_a_day.is_consolidated = 1
	documents.on_submit(sum_of_a_day)
	assert [e.reference_name for e in told(INVOICE_SUBMITTED, customer)] == [invoice.name]


def test_two_orders_of_a_minute_are_the_first_and_the_second(awaited, customer, today):
	late = builders.sales_order(customer, today, 20, submit=False)
	builders.sales_order(customer, today, 10)
	late.submit()  # entered first, submitted second
	facts = completed(ORDER_SUBMITTED, customer, "document_ordinal")
	assert [(f["document_amount"], f["document_ordinal"]) for f in facts] == [(10, 1), (20, 2)]


def test_orders_from_before_a_rule_waited_count(customer, today, rule):
	builders.sales_order(customer, today - timedelta(days=90))
	builders.sales_order(customer, today - timedelta(days=30))
	rule("Third", trigger=ORDER_SUBMITTED)
	builders.sales_order(customer, today - timedelta(days=60))  # of an earlier date, and submitted last
	assert [f["document_ordinal"] for f in completed(ORDER_SUBMITTED, customer, "document_ordinal")] == [3]


def test_invoices_and_counter_sales_are_counted_together(awaited, customer, today):
	builders.sales_invoice(customer, today, 10)
	builders.pos_invoice(customer, today, 20)
	facts = completed(INVOICE_SUBMITTED, customer, "document_ordinal")
	assert [(f["document_amount"], f["document_ordinal"]) for f in facts] == [(10, 1), (20, 2)]


def test_a_cancelled_order_gives_its_place_to_the_next(awaited, customer, today):
	builders.sales_order(customer, today, 10).cancel()
	builders.sales_order(customer, today, 20)
	facts = completed(ORDER_SUBMITTED, customer, "document_ordinal")
	assert [(f["document_amount"], f["document_ordinal"]) for f in facts] == [(10, None), (20, 1)]


def test_the_amount_is_in_the_reporting_currency(awaited, customer, today):
	doc = builders.sales_order(customer, today, 100, company=ABROAD.name)
	(facts,) = completed(ORDER_SUBMITTED, customer)
	rate = frappe.db.get_value(
		"Currency Exchange",
		{"from_currency": ABROAD.currency, "to_currency": data.HOME.currency, "date": ("<=", today)},
		"exchange_rate",
		order_by="date desc",
	)
	assert facts["document_amount"] == pytest.approx(doc.base_net_total * rate)


def test_without_a_rate_the_amount_is_missing_and_the_error_log_says_why(awaited, customer, today):
	builders.sales_order(customer, today, 100, company=ABROAD.name)
	frappe.db.delete("Currency Exchange")
	frappe.db.set_single_value("Accounts Settings", "allow_stale", 1)
	frappe.cache.set_value(f"crm_ext_no_rate:{ABROAD.currency}:{data.HOME.currency}:{today}", 1)
	try:
		(facts,) = completed(ORDER_SUBMITTED, customer)
	finally:
		frappe.cache.delete_value(f"crm_ext_no_rate:{ABROAD.currency}:{data.HOME.currency}:{today}")
	assert facts["document_amount"] is None
	assert frappe.db.exists("Error Log", {"method": ("like", "%no exchange rate for the amounts%")})


def test_submitting_costs_no_query_more_without_a_rule_and_one_with_it(customer, today, queries, rule):
	def cost() -> int:
		doc = builders.sales_order(customer, today, submit=False)
		return queries(doc.submit)

	cost()
	without = cost()
	rule("First Delivery", trigger=DELIVERY_SUBMITTED)
	cost()
	assert cost() == without
	rule("First Order", trigger=ORDER_SUBMITTED)
	cost()
	assert cost() == without + 1


def test_the_figures_are_refreshed_before_the_rules_judge(awaited, customer, today):
	before = len(frappe.db.after_commit._functions)
	builders.sales_order(customer, today)
	assert "ask" in [f.__name__ for f in list(frappe.db.after_commit._functions)[before:]]


def test_numbering_takes_one_query_for_many_events(awaited, today, queries):
	customers = [builders.customer() for _ in range(3)]
	for customer in customers:
		builders.sales_order(customer, today)
	events = [e for e in inbox.take(customers) if e.trigger == ORDER_SUBMITTED]
	complete = trigger(ORDER_SUBMITTED).complete
	complete(events, ("document_ordinal",))
	assert queries(lambda: complete(events, ("document_ordinal",))) == 1
	assert queries(lambda: complete(events, ())) == 0


def test_a_rule_of_the_first_order_runs_for_the_first_only(customer, today, rule, runs, written):
	rule(
		"Welcome",
		trigger=ORDER_SUBMITTED,
		conditions=[
			{"fact": "document_ordinal", "operator": "=", "value": "1"},
			{"fact": "document_amount", "operator": ">=", "value": "100"},
		],
	)
	from crm_ext.profile.service import refresh

	refresh([customer])
	for amount in (150, 250):
		builders.sales_order(customer, today, amount)
	assert runs() == {("Welcome", customer): "Done"}
	assert written(customer) == ["Welcome"]


def test_documents_of_the_past_are_known_to_a_dry_run(customer, today, rule):
	from frappe.utils import get_datetime

	for days in (40, 20, 10):
		builders.sales_order(customer, today - timedelta(days=days), days)
	doc = rule("Second", trigger=ORDER_SUBMITTED, status="Draft")
	since = get_datetime(today - timedelta(days=30))
	events = [e for e in trigger(ORDER_SUBMITTED).past(doc, since) if e.customer == customer]
	assert [(e.facts["document_amount"], e.facts["document_ordinal"]) for e in events] == [(20, 2), (10, 3)]
