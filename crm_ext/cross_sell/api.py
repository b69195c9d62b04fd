# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Suggestions over REST and for the forms. Permission first."""

import frappe
from frappe.utils import cint

from crm_ext.cross_sell import suggest
from crm_ext.cross_sell.store import ASSOCIATION

MOST = 20
MOST_ITEMS = 1_000


@frappe.whitelist(methods=["GET", "POST"])
def suggestions(
	items: list | str | None = None,
	company: str = "",
	limit: int | str = 5,
	doc: dict | str | None = None,
) -> list[dict]:
	"""What is often bought with these items and is not among them: see `crm_ext.cross_sell.suggest.suggestions`.

	`items`: item codes; or `doc`: a selling document, saved or not, whose items and company count. At most 20.
	"""
	frappe.has_permission(ASSOCIATION, "read", throw=True)
	if doc := frappe.parse_json(doc):
		items = [row.get("item_code") for row in doc.get("items") or ()]
		company = doc.get("company") or ""
	codes = {str(code) for code in frappe.parse_json(items) or () if code}
	return suggest.suggestions(sorted(codes)[:MOST_ITEMS], company, min(max(cint(limit), 1), MOST))
