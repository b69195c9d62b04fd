# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import frappe
from frappe import _
from frappe.model.document import Document


class PromotionRedemption(Document):
	"""A document that got a promotion: reserved by an order, redeemed by an invoice. Written in sets."""

	def validate(self) -> None:
		frappe.throw(
			_("The uses of promotions are written by CRM Ext, from the documents that have them."),
			frappe.PermissionError,
		)


def on_doctype_update() -> None:
	frappe.db.add_unique(
		"Promotion Redemption",
		["reference_doctype", "reference_name", "promotion"],
		constraint_name="use_of_document",
	)
