# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The result of a promotion, for its form and over REST. Permission first."""

import frappe
from frappe import _
from frappe.utils import getdate

from crm_ext.errors import speaking
from crm_ext.pricing.promotions import result as results
from crm_ext.pricing.promotions.figures import SALE, check_company
from crm_ext.pricing.promotions.result_words import answer


@frappe.whitelist(methods=["GET", "POST"])
@speaking
def result(
	promotion: str, company: str | None = None, from_date: str | None = None, to_date: str | None = None
) -> dict | None:
	"""What a promotion brought a company, see `result_words.answer`; None if it has not begun there.

	`company` is needed where the promotion has none. Without days it is from its first to its last one.
	"""
	frappe.has_permission(SALE, "read", throw=True)
	document = frappe.get_doc(results.PROMOTION, promotion)
	document.check_permission("read")
	company = document.company or company or frappe.defaults.get_user_default("Company")
	if not company:
		frappe.throw(_("Choose a company: this promotion is for all of them."))
	check_company(company)
	days = (getdate(day) if day else None for day in (from_date, to_date))
	found = results.result(document, company, *days)
	return found and answer(found)
