# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import pytest


@pytest.fixture
def customer():
	from crm_ext.tests import builders

	return builders.customer()


@pytest.fixture
def shop(customer):
	"""The open shop, whose price list the customer has; returns the name of its matrix."""
	import frappe

	from crm_ext.tests.pricing.shop import PRICE_LIST, open_shop

	matrix = open_shop()
	frappe.db.set_value("Customer", customer, "default_price_list", PRICE_LIST)
	return matrix


@pytest.fixture
def prices_of_then(company):
	"""The demo's Item Prices begin on the day of its installation."""
	import frappe

	from crm_ext.tests.pricing.past_sales import FIRST

	frappe.db.sql("UPDATE `tabItem Price` SET valid_from = %s", FIRST)


@pytest.fixture
def nothing_committed(site, monkeypatch):
	"""Whatever would commit during the test says so in a warning, and does not: a floor left behind fails other tests."""
	import traceback
	import warnings

	import frappe

	def refuse():
		warnings.warn("".join(traceback.format_stack(limit=8)), stacklevel=2)

	monkeypatch.setattr(frappe.local.db, "commit", refuse)
