# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Who may see coupons and their batches: whoever may read their promotion, which may be one of another company."""

import frappe

from crm_ext.profile.permissions import of_readable

PROMOTION, BATCH = "Sales Promotion", "Coupon Batch"


def query_conditions(user: str | None = None, doctype: str | None = None) -> str:
	"""Restrict a list of a DocType with a `promotion` link to the promotions that the user may read."""
	return of_readable(PROMOTION, f"`tab{doctype}`.promotion", user)


def has_permission(doc, ptype: str | None = None, user: str | None = None) -> bool:
	"""Whether the user may read the promotion of a document, if there is one. From Frappe 16 on, None would deny."""
	# of a new coupon, nothing but the batch says so
	promotion = _of_batch(doc.get("batch")) or doc.promotion
	promotion = promotion and frappe.db.exists(PROMOTION, promotion, cache=True)
	return not promotion or bool(frappe.has_permission(PROMOTION, "read", doc=promotion, user=user))


def _of_batch(batch: str | None) -> str | None:
	return batch and frappe.get_cached_value(BATCH, batch, "promotion")
