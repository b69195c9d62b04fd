# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""RFM scores: found as quantiles, or written as bands. Figures are written directly; the scores are what is tested."""

from decimal import Decimal

import pytest


@pytest.fixture
def population(today, ago):
	"""`population(revenues=[…], days=[…], invoices=[…])` leaves only these profiles; returns their customers."""
	import frappe

	from crm_ext.profile.slices import CustomerSlice
	from crm_ext.profile.store import lock
	from crm_ext.tests import builders

	def make(revenues, days=None, invoices=None) -> list[str]:
		frappe.db.delete("Customer Profile")
		customers = [builders.customer() for _ in revenues]
		lock(CustomerSlice.of(customers))
		for n, customer in enumerate(customers):
			frappe.db.set_value(
				"Customer Profile",
				{"customer": customer},
				{
					"as_of": today,
					"revenue_365d": revenues[n],
					"last_cooperation": ago(days[n] if days else 10),
					"invoice_count_365d": invoices[n] if invoices else 1,
				},
			)
		return customers

	return make


@pytest.fixture
def scores():
	"""`scores(customers)` finds the edges, scores and returns the texts."""
	import frappe

	from crm_ext.profile import rfm, scopes, store
	from crm_ext.profile.slices import CustomerSlice

	def score(customers: list[str]) -> list[str | None]:
		rfm.keep(rfm.find())
		store.write_scores(CustomerSlice.of(customers), scopes.load(frappe.utils.getdate()).rows)
		found = dict(
			frappe.get_all(
				"Customer Profile", fields=["customer", "rfm"], filters={"company": ""}, as_list=True
			)
		)
		return [found[customer] for customer in customers]

	return score


def test_five_customers_get_five_scores(population, scores):
	customers = population([10, 20, 30, 40, 50], days=[50, 40, 30, 20, 10], invoices=[1, 2, 3, 4, 5])
	assert scores(customers) == ["111", "222", "333", "444", "555"]


def test_equal_values_have_equal_scores(population, scores):
	customers = population([7, 7, 7, 7, 7, 7, 7, 7, 7, 100])
	monetary = [text[2] for text in scores(customers)]
	assert monetary == ["3"] * 9 + ["5"]


def test_small_populations_are_centred(population, scores):
	assert scores(population([100])) == ["333"]
	assert [text[2] for text in scores(population([1, 2]))] == ["2", "4"]


def test_who_never_cooperated_has_no_score_and_is_not_counted(population, scores):
	import frappe

	customers = population([0, 10, 20])
	frappe.db.set_value("Customer Profile", {"customer": customers[0]}, "last_cooperation", None)
	assert [text and text[2] for text in scores(customers)] == [None, "2", "4"]


def test_a_refresh_of_one_scores_by_the_kept_edges(population, scores, figures, ago):
	from crm_ext.tests import builders

	scores(population([10, 20, 30, 40, 50], days=[50, 40, 30, 20, 10], invoices=[1, 2, 3, 4, 5]))
	newcomer = builders.customer()
	for days in (25, 24, 23):
		builders.sales_invoice(newcomer, ago(days), 15)
	profile = figures(newcomer)
	assert profile["rfm"] == "335"[:2] + "4"
	assert (profile["rfm_recency"], profile["rfm_frequency"], profile["rfm_monetary"]) == (3, 3, 4)


def test_fixed_bands_score_without_a_population(figures, ago, company):
	import frappe

	from crm_ext.tests import builders

	settings = frappe.get_doc("CRM Ext Settings")
	settings.rfm_method = "Fixed Bands"
	settings.rfm_bands = []
	for score, days, count, money in ((5, 10, 3, 1400), (4, 20, 2, 700), (3, 40, 1, 70), (2, 80, 1, 7)):
		settings.append("rfm_bands", dict(score=score, recency_days=days, frequency=count, monetary=money))
	settings.flags.ignore_validate = True
	settings.save()
	customer = builders.customer()
	for days in (20, 21):
		builders.sales_invoice(customer, ago(days), 50, company=company.other_company, currency="USD")
	assert figures(customer)["rfm"] == "444"
	assert figures(customer, company.other_company)["rfm"] == "444"  # 100 USD are 700 CNY


def test_a_full_refresh_finds_and_keeps_the_edges(company):
	import frappe

	from crm_ext.profile import rfm
	from crm_ext.profile.service import refresh

	progress = []
	done = refresh(progress=lambda done, total: progress.append((done, total)))
	assert done.customers == frappe.db.count("Customer")
	assert progress[-1] == (done.customers, done.customers)
	kept = rfm.edges({"": Decimal(1)})
	assert kept == rfm.find()
	assert frappe.db.get_single_value("CRM Ext Settings", "last_full_refresh", cache=False)
	assert frappe.db.count("Customer Profile", {"rfm": ("is", "set"), "company": ""})
