# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import pytest


@pytest.fixture
def trade(rolled_back):
	"""Sales of invented items; those of the demo company do not count, and two invoices make a pair."""
	import frappe

	from crm_ext.tests.cross_sell import trade

	for doctype in ("Sales Invoice", "POS Invoice"):
		frappe.db.sql(f"UPDATE `tab{doctype}` SET is_opening = 'Yes'")
	frappe.db.delete("Item Association")
	trade.settings(minimum=2)
	return trade
