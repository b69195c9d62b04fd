# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

from datetime import date, timedelta

import pytest


@pytest.fixture
def today() -> date:
	from frappe.utils import getdate

	return getdate()


@pytest.fixture
def ago(today):
	"""`ago(30)` is the day 30 days before today; negative numbers lie ahead."""
	return lambda days: today - timedelta(days=days)


@pytest.fixture
def figures(today):
	"""`figures(customer)` refreshes a customer and returns its profile, by default over all companies."""
	from crm_ext.profile.service import profile_of, refresh

	def read(customer: str, company: str = "", as_of: date = today) -> dict:
		refresh([customer], as_of=as_of)
		return profile_of(customer, company)

	return read
