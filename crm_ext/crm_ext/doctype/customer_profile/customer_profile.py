# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import frappe
from frappe.model.document import Document


class CustomerProfile(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		as_of: DF.Date | None
		average_order: DF.Currency
		company: DF.Link | None
		cooperation_days: DF.Int
		currency: DF.Link | None
		customer: DF.Link
		first_cooperation: DF.Date | None
		invoice_count: DF.Int
		invoice_count_365d: DF.Int
		issues_365d: DF.Int
		issues_90d: DF.Int
		item_group_mix: DF.JSON | None
		item_groups: DF.SmallText | None
		last_call: DF.Date | None
		last_contact: DF.Date | None
		last_cooperation: DF.Date | None
		last_email: DF.Date | None
		last_meeting: DF.Date | None
		lifetime_value: DF.Currency
		margin_365d: DF.Currency
		margin_coverage: DF.Percent
		margin_percent_365d: DF.Percent
		median_days_between_orders: DF.Float
		open_issues: DF.Int
		order_count: DF.Int
		outstanding: DF.Currency
		overdue: DF.Currency
		purchase_frequency: DF.Float
		return_count: DF.Int
		revenue_30d: DF.Currency
		revenue_365d: DF.Currency
		revenue_7d: DF.Currency
		revenue_90d: DF.Currency
		revenue_lifetime: DF.Currency
		revenue_previous_year: DF.Currency
		rfm: DF.Data | None
		rfm_frequency: DF.Int
		rfm_monetary: DF.Int
		rfm_recency: DF.Int
		top_item_group: DF.Link | None
		top_item_group_share: DF.Percent
	# end: auto-generated types
	"""Written by `crm_ext.profile` in sets, never through this class."""


def on_doctype_update():
	frappe.db.add_unique("Customer Profile", ["customer", "company"], constraint_name="customer_company")
