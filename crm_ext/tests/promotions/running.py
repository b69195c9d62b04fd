# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Sales Promotion documents that are active, for the tests of what they do to documents."""

import frappe

from crm_ext.tests.promotions.drafts import draft


def offer(kind: str, *, products: list[dict] = (), **values) -> str:
	"""An active promotion on everybody; a product without a part is bought. Returns its name."""
	bought = [{"part": "Buy", **product} for product in products]
	doc = draft(kind, **{"title": f"{kind} {frappe.generate_hash(length=6)}", "products": bought, **values})
	doc.insert()
	doc.status = "Active"
	doc.save()
	return doc.name
