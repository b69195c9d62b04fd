# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What each figure counts, and what not. The definitions are in docs/profile.md."""

import json
from datetime import timedelta

import pytest


def test_revenue_windows_end_today_and_leave_out_the_day_before_they_begin(figures, ago):
	from crm_ext.tests import builders

	customer = builders.customer()
	for amount, days in (
		(1, 0),
		(2, 6),
		(4, 7),
		(8, 29),
		(16, 30),
		(32, 89),
		(64, 90),
		(128, 364),
		(256, 365),
	):
		builders.sales_invoice(customer, ago(days), amount)
	profile = figures(customer)
	assert profile["revenue_7d"] == 1 + 2
	assert profile["revenue_30d"] == 1 + 2 + 4 + 8
	assert profile["revenue_90d"] == 1 + 2 + 4 + 8 + 16 + 32
	assert profile["revenue_365d"] == 255
	assert profile["revenue_lifetime"] == 511
	assert profile["revenue_previous_year"] == 256
	assert profile["invoice_count"] == 9
	assert profile["invoice_count_365d"] == 8


def test_previous_year_ends_where_the_last_year_begins(figures, ago):
	from crm_ext.tests import builders

	customer = builders.customer()
	for amount, days in ((1, 364), (2, 365), (4, 729), (8, 730)):
		builders.sales_invoice(customer, ago(days), amount)
	profile = figures(customer)
	assert profile["revenue_previous_year"] == 2 + 4
	assert profile["revenue_lifetime"] == 15


def test_drafts_cancelled_and_future_documents_do_not_count(figures, ago):
	from crm_ext.tests import builders

	customer = builders.customer()
	builders.sales_invoice(customer, ago(3), 1, submit=False)
	builders.sales_invoice(customer, ago(3), 2).cancel()
	builders.sales_order(customer, ago(3), submit=False)
	builders.sales_order(customer, ago(3)).cancel()
	builders.sales_order(customer, ago(-3))
	profile = figures(customer)
	assert profile["revenue_lifetime"] == profile["invoice_count"] == profile["order_count"] == 0
	assert profile["last_cooperation"] is None


def test_a_document_dated_ahead_counts_from_its_day(figures, ago):
	from crm_ext.tests import builders

	customer = builders.customer()
	builders.sales_order(customer, ago(-3))
	assert figures(customer)["order_count"] == 0
	ahead = figures(customer, as_of=ago(-3))
	assert (ahead["order_count"], ahead["last_cooperation"]) == (1, ago(-3))


def test_returns_reduce_revenue_and_count_by_themselves(figures, ago):
	from crm_ext.tests import builders

	customer = builders.customer()
	invoice = builders.sales_invoice(
		customer, ago(50), items=[(builders.SERVICE, 100, 1), ("WB-FITTING", 30, 1)]
	)
	builders.credit_note(invoice, ago(10), lines=(1,))
	profile = figures(customer)
	assert profile["revenue_30d"] == -30
	assert profile["revenue_90d"] == 100
	assert (profile["invoice_count"], profile["return_count"]) == (1, 1)
	assert profile["average_order"] == 100
	assert profile["last_cooperation"] == ago(50)


def test_debit_notes_add_money_only(figures, ago):
	from crm_ext.tests import builders

	customer = builders.customer()
	invoice = builders.sales_invoice(customer, ago(50), 100)
	builders.sales_invoice(customer, ago(10), 20, is_debit_note=1, return_against=invoice.name)
	profile = figures(customer)
	assert (profile["revenue_lifetime"], profile["invoice_count"]) == (120, 1)
	assert profile["last_cooperation"] == ago(50)


def test_tax_does_not_count_and_discounts_do(figures, ago):
	from crm_ext.demo import data
	from crm_ext.demo.documents import Books
	from crm_ext.tests import builders

	customer = builders.customer()
	tax = Books(ago(0)).tax(data.HOME)
	builders.sales_invoice(
		customer, ago(5), 100, taxes=[tax], apply_discount_on="Net Total", discount_amount=10
	)
	profile = figures(customer)
	assert profile["revenue_lifetime"] == 90
	assert profile["outstanding"] == pytest.approx(90 * 1.13)


def test_opening_invoices_are_debt_and_no_revenue(figures, ago):
	import frappe

	from crm_ext.tests import builders

	customer = builders.customer()
	account = frappe.db.get_value("Account", {"account_type": "Temporary", "company": "Willow Bay Trading"})
	invoice = builders.sales_invoice(customer, ago(100), 500, is_opening="Yes", submit=False)
	invoice.items[0].income_account = account
	invoice.save()
	invoice.submit()
	profile = figures(customer)
	assert (profile["revenue_lifetime"], profile["invoice_count"]) == (0, 0)
	assert profile["last_cooperation"] is None
	assert (profile["outstanding"], profile["overdue"]) == (500, 500)


def test_cooperation_begins_and_ends_with_any_trade_document(figures, ago):
	from crm_ext.tests import builders

	customer = builders.customer()
	builders.sales_order(customer, ago(400))
	builders.sales_invoice(customer, ago(300))
	builders.delivery_note(customer, ago(20))
	profile = figures(customer)
	assert (profile["first_cooperation"], profile["last_cooperation"]) == (ago(400), ago(20))
	assert profile["cooperation_days"] == 400
	assert profile["purchase_frequency"] == pytest.approx(365 / 400)
	assert profile["lifetime_value"] == pytest.approx(100 * 365 / 400 * 3)


def test_orders_a_year_are_those_of_a_whole_year_at_least(figures, ago):
	from crm_ext.tests import builders

	customer = builders.customer()
	for days in (10, 20):
		builders.sales_invoice(customer, ago(days))
	assert figures(customer)["purchase_frequency"] == 2


def test_median_gap_is_between_days_not_invoices(figures, ago):
	from crm_ext.tests import builders

	customer = builders.customer()
	builders.sales_invoice(customer, ago(100))
	assert figures(customer)["median_days_between_orders"] is None
	builders.sales_invoice(customer, ago(100))
	assert figures(customer)["median_days_between_orders"] is None
	builders.sales_invoice(customer, ago(90))
	assert figures(customer)["median_days_between_orders"] == 10
	builders.sales_invoice(customer, ago(70))
	assert figures(customer)["median_days_between_orders"] == 15
	builders.sales_invoice(customer, ago(10))
	assert figures(customer)["median_days_between_orders"] == 20


def test_median_gap_over_all_companies_joins_their_days(figures, company, ago):
	from crm_ext.tests import builders

	customer = builders.customer()
	for days in (100, 60):
		builders.sales_invoice(customer, ago(days))
	for days in (90, 60):
		builders.sales_invoice(customer, ago(days), company=company.other_company, currency="USD")
	assert figures(customer)["median_days_between_orders"] == 20  # gaps of 10 and 30
	assert figures(customer, company.company)["median_days_between_orders"] == 40
	assert figures(customer, company.other_company)["median_days_between_orders"] == 30


def test_item_groups_of_the_last_year(figures, ago):
	from crm_ext.tests import builders

	customer = builders.customer()
	builders.sales_invoice(customer, ago(364), items=[("WB-PRESS", 300, 1), ("WB-WRENCH", 100, 1)])
	builders.sales_invoice(customer, ago(365), items=[(builders.SERVICE, 5000, 1)])
	profile = figures(customer)
	assert profile["item_groups"] == "|Hand Tools|Machines|"
	assert json.loads(profile["item_group_mix"]) == {"Hand Tools": 100, "Machines": 300}
	assert (profile["top_item_group"], profile["top_item_group_share"]) == ("Machines", 75)


def test_an_item_group_returned_in_full_is_not_among_those_bought(figures, ago):
	from crm_ext.tests import builders

	customer = builders.customer()
	invoice = builders.sales_invoice(customer, ago(30), items=[("WB-PRESS", 300, 1), ("WB-WRENCH", 100, 1)])
	builders.credit_note(invoice, ago(20), lines=(0,))
	profile = figures(customer)
	assert profile["item_groups"] == "|Hand Tools|"
	assert (profile["top_item_group"], profile["top_item_group_share"]) == ("Hand Tools", 100)
	assert json.loads(profile["item_group_mix"]) == {"Hand Tools": 100, "Machines": 0}


def test_margin_covers_the_lines_with_a_valuation(figures, ago):
	import frappe

	from crm_ext.tests import builders

	customer = builders.customer()
	items = [("WB-WRENCH", 1000, 2), (builders.SERVICE, 500, 1)]
	invoice = builders.sales_invoice(customer, ago(0), items=items, update_stock=1)
	cost = frappe.db.get_value("Sales Invoice Item", invoice.items[0].name, "incoming_rate")
	assert cost > 0
	profile = figures(customer)
	assert profile["margin_365d"] == pytest.approx(2000 - 2 * cost)
	assert profile["margin_percent_365d"] == pytest.approx(100 * (2000 - 2 * cost) / 2000)
	assert profile["margin_coverage"] == 80


def test_margin_is_missing_where_no_valuation_is_known(figures, ago):
	from crm_ext.tests import builders

	customer = builders.customer()
	builders.sales_invoice(customer, ago(1), 100)
	profile = figures(customer)
	assert profile["margin_percent_365d"] is None
	assert (profile["margin_365d"], profile["margin_coverage"]) == (0, 0)


def test_an_invoice_is_overdue_the_day_after_it_is_due(figures, ago):
	from crm_ext.tests import builders

	customer = builders.customer()
	builders.sales_invoice(customer, ago(20), 10, due=ago(1))
	builders.sales_invoice(customer, ago(20), 200, due=ago(0))
	profile = figures(customer)
	assert (profile["outstanding"], profile["overdue"]) == (210, 10)
	assert figures(customer, as_of=ago(-1))["overdue"] == 210


def test_payments_and_credit_reduce_what_is_owed(figures, ago):
	from crm_ext.tests import builders

	customer = builders.customer()
	invoice = builders.sales_invoice(customer, ago(20), 100, due=ago(10))
	builders.payment(invoice, 30)
	assert figures(customer)["outstanding"] == figures(customer)["overdue"] == 70


def test_debt_in_a_foreign_account_is_in_company_currency(figures, company, ago):
	from crm_ext.demo.masters import make_receivable_account
	from crm_ext.tests import builders

	account = make_receivable_account("USD")
	customer = builders.customer(
		default_currency="USD", accounts=[{"company": company.company, "account": account}]
	)
	builders.sales_invoice(customer, ago(5), 100, currency="USD", conversion_rate=7, debit_to=account)
	profile = figures(customer, company.company)
	assert (profile["revenue_lifetime"], profile["outstanding"]) == (700, 700)


def test_two_companies_add_up_in_the_reporting_currency(figures, company, ago):
	from crm_ext.rules.site import exchange_rate
	from crm_ext.tests import builders

	customer = builders.customer()
	builders.sales_invoice(customer, ago(5), 100)
	builders.sales_invoice(customer, ago(4), 10, company=company.other_company, currency="USD")
	rate = float(exchange_rate("USD", "CNY", ago(0)))
	whole = figures(customer)
	assert whole["revenue_365d"] == whole["outstanding"] == pytest.approx(100 + 10 * rate)
	assert json.loads(whole["item_group_mix"]) == {"Field Service": pytest.approx(100 + 10 * rate)}
	assert (whole["invoice_count"], whole["currency"]) == (2, "CNY")
	home = figures(customer, company.company)
	assert (home["revenue_365d"], home["last_cooperation"], home["currency"]) == (100, ago(5), "CNY")
	pacific = figures(customer, company.other_company)
	assert (pacific["revenue_365d"], pacific["invoice_count"], pacific["currency"]) == (10, 1, "USD")


def test_counter_sales_count_like_invoices(figures, ago):
	from crm_ext.compat import counter_sales_by_pos_invoice
	from crm_ext.tests import builders

	before = counter_sales_by_pos_invoice()
	try:
		customer = builders.customer()
		builders.pos_invoice(customer, ago(0), 40)
		profile = figures(customer)
	finally:
		counter_sales_by_pos_invoice(before)
	assert (profile["revenue_7d"], profile["invoice_count"], profile["outstanding"]) == (40, 1, 0)
	assert profile["last_cooperation"] == ago(0)
	assert profile["item_groups"] == "|Field Service|"
	assert profile["margin_percent_365d"] is None


def test_consolidated_counter_sales_count_once(figures, company):
	import frappe

	customer, consolidated = frappe.db.get_value(
		"Sales Invoice", {"is_consolidated": 1, "docstatus": 1}, ["customer", "name"]
	)
	counted = frappe.get_all(
		"Sales Invoice",
		{"customer": customer, "docstatus": 1, "is_consolidated": 0, "is_opening": "No"},
		pluck="base_net_total",
	) + frappe.get_all("POS Invoice", {"customer": customer, "docstatus": 1}, pluck="base_net_total")
	assert frappe.db.get_value("Sales Invoice", consolidated, "base_net_total") > 0
	assert figures(customer, company.company)["revenue_lifetime"] == pytest.approx(sum(counted))


def test_issues_by_state_and_by_age(figures, company, ago):
	from crm_ext.tests import builders

	customer = builders.customer()
	for days, status in ((0, "Open"), (89, "Closed"), (90, "Replied"), (364, "Resolved"), (365, "On Hold")):
		builders.issue(customer, ago(days), status=status, company=company.company)
	builders.issue(customer, ago(1), company=None)
	whole = figures(customer)
	assert (whole["open_issues"], whole["issues_90d"], whole["issues_365d"]) == (4, 3, 5)


def test_last_contact_by_its_kind(figures, ago):
	from crm_ext.tests import builders

	customer = builders.customer()
	builders.communication(customer, ago(30), "Email")
	builders.communication(customer, ago(20), "Phone")
	builders.communication(None, ago(10), "Visit", timeline=customer)
	builders.communication(customer, ago(1), "Other")
	builders.communication(customer, ago(0), communication_type="Automated Message")
	profile = figures(customer)
	assert profile["last_contact"] == ago(1)
	assert profile["last_email"] == ago(30)
	assert profile["last_call"] == ago(20)
	assert profile["last_meeting"] == ago(10)


def test_a_customer_without_documents_has_a_row_of_missing_figures(figures):
	from crm_ext.tests import builders

	profile = figures(builders.customer())
	assert profile["revenue_lifetime"] == profile["open_issues"] == 0
	for figure in (
		"cooperation_days",
		"average_order",
		"rfm",
		"rfm_recency",
		"lifetime_value",
		"last_contact",
	):
		assert profile[figure] is None, figure


def test_what_vanished_goes_back_to_nothing(figures, company, ago):
	from crm_ext.profile.service import profile_of
	from crm_ext.tests import builders

	customer = builders.customer()
	invoice = builders.sales_invoice(customer, ago(5), 100)
	assert figures(customer, company.company)["revenue_lifetime"] == 100
	invoice.reload()
	invoice.cancel()
	for scope in (company.company, ""):
		profile = figures(customer, scope)
		assert (profile["revenue_lifetime"], profile["item_groups"], profile["last_cooperation"]) == (
			0,
			None,
			None,
		)
	assert profile_of(customer, company.other_company) is None


def test_a_forecast_equals_the_refresh_of_that_day_and_stores_nothing(figures, ago):
	from crm_ext.profile.service import metrics_of, profile_of
	from crm_ext.tests import builders

	customer = builders.customer()
	for days in (1, 100, 300):
		builders.sales_invoice(customer, ago(days), days, due=ago(-5))
	names = [
		"revenue_90d",
		"revenue_365d",
		"overdue",
		"last_cooperation",
		"cooperation_days",
		"customer_group",
	]
	today = figures(customer)
	ahead = metrics_of(customer, "", ago(-100), names)
	assert profile_of(customer)["revenue_365d"] == today["revenue_365d"]
	assert ahead["customer_group"]
	then = figures(customer, as_of=ago(-100))
	for name in names[:-1]:
		assert ahead[name] == pytest.approx(then[name]) if name != "last_cooperation" else then[name]


def test_days_of_change_are_those_on_which_a_document_leaves_a_window(figures, ago):
	from crm_ext.profile.service import change_days, metrics_of
	from crm_ext.tests import builders

	customer = builders.customer()
	builders.sales_invoice(customer, ago(10), 100)
	days = change_days(customer, "", ago(0), ago(-731))
	assert {ago(10) + timedelta(days=n) for n in (30, 90, 365, 730)} <= set(days)
	falls = ago(10) + timedelta(days=365)
	assert metrics_of(customer, "", falls - timedelta(days=1), ["revenue_365d"])["revenue_365d"] == 100
	assert metrics_of(customer, "", falls, ["revenue_365d"])["revenue_365d"] == 0
