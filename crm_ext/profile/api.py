# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Customer profiles over HTTP."""

import frappe

from crm_ext.constants import ALL_COMPANIES
from crm_ext.profile import service
from crm_ext.profile.permissions import check_customer


@frappe.whitelist(methods=["GET", "POST"])
def profile_of(customer: str, company: str | None = None) -> dict:
	"""The figures of a customer: of one company, or of all together; {} if there are none. docs/profile.md."""
	frappe.has_permission("Customer Profile", "read", throw=True)
	check_customer(customer)
	scope = {"customer": customer, "company": company or ALL_COMPANIES}
	row = frappe.db.get_value("Customer Profile", scope)
	if not row:
		return {}
	frappe.has_permission("Customer Profile", "read", doc=row, throw=True)
	return service.profile_of(customer, company or ALL_COMPANIES) or {}
