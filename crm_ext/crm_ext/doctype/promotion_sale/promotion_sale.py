# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import frappe
from frappe import _
from frappe.model.document import Document


class PromotionSale(Document):
	"""An invoiced line that a promotion made cheaper, or free. Written in sets."""

	def validate(self) -> None:
		frappe.throw(_("Promoted sales are written by CRM Ext, from the invoices."), frappe.PermissionError)


def on_doctype_update() -> None:
	frappe.db.add_unique(
		"Promotion Sale",
		["reference_doctype", "reference_name", "row", "promotion"],
		constraint_name="promotion_of_row",
	)
	frappe.db.add_index("Promotion Sale", ["promotion", "posting_date"], "by_day")
