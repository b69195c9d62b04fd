# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Suggestions over REST and for the forms. Permission first."""

import frappe
from frappe.utils import cint

from crm_ext.cross_sell import suggest
from crm_ext.cross_sell.store import ASSOCIATION
from crm_ext.errors import speaking
from crm_ext.incoming import a_text, an_object, objects, texts

MOST = 20
MOST_ITEMS = 1_000


@frappe.whitelist(methods=["GET", "POST"])
@speaking
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
	if asked := an_object(doc, "doc"):
		items = [row.get("item_code") for row in objects(asked.get("items"), "items")]
		company = a_text(asked.get("company"), "company")
	codes = sorted(set(texts(items, "items")))
	return suggest.suggestions(codes[:MOST_ITEMS], company, min(max(cint(limit), 1), MOST))
