# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Without an exchange rate nothing is counted short: those rows stay as they were, all others are refreshed."""

import pytest


@pytest.fixture
def no_rates(company):
	import frappe

	frappe.db.delete("Currency Exchange")
	frappe.db.set_single_value("Currency Exchange Settings", "disabled", 1)


def test_only_figures_that_need_the_rate_are_left_as_they_were(company, ago, no_rates):
	from crm_ext.exceptions import NoExchangeRate
	from crm_ext.profile.service import profile_of, refresh
	from crm_ext.tests import builders

	abroad, home = builders.customer(), builders.customer()
	builders.sales_invoice(
		abroad, ago(2), 10, company=company.other_company, currency="USD", conversion_rate=1
	)
	builders.sales_invoice(home, ago(2), 100)
	with pytest.raises(NoExchangeRate, match="USD"):
		refresh([abroad, home])
	assert profile_of(abroad, company.other_company)["revenue_365d"] == 10
	assert profile_of(abroad)["as_of"] is None
	assert profile_of(home)["revenue_365d"] == 100


def test_nobody_misses_a_rate_that_nobody_needs(company, ago, no_rates):
	from crm_ext.profile.service import refresh
	from crm_ext.tests import builders

	home = builders.customer()
	builders.sales_invoice(home, ago(2), 100)
	assert refresh([home]).customers == 1


def test_a_forecast_that_needs_the_rate_says_so(company, ago, no_rates):
	from crm_ext.exceptions import NoExchangeRate
	from crm_ext.profile.service import metrics_of
	from crm_ext.tests import builders

	abroad = builders.customer()
	builders.sales_invoice(
		abroad, ago(2), 10, company=company.other_company, currency="USD", conversion_rate=1
	)
	with pytest.raises(NoExchangeRate):
		metrics_of(abroad, "", ago(-10), ["revenue_365d"])
	assert metrics_of(abroad, company.other_company, ago(-10), ["revenue_365d"])["revenue_365d"] == 10


def test_the_drain_logs_it_and_goes_on(company, ago, no_rates):
	import frappe

	from crm_ext.profile import queue
	from crm_ext.tests import builders

	abroad = builders.customer()
	builders.sales_invoice(
		abroad, ago(2), 10, company=company.other_company, currency="USD", conversion_rate=1
	)
	logged = frappe.db.count("Error Log", {"method": ("like", "Customer Profile%")})
	queue.drain(commit=False)
	assert frappe.db.count("Error Log", {"method": ("like", "Customer Profile%")}) == logged + 1
	assert not frappe.db.exists("Profile Refresh Request", {"customer": abroad})
