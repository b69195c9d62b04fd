# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import frappe
from frappe import _
from frappe.model.document import Document


class PromotionUsage(Document):
	"""How often, for how many customers and for how much a promotion or coupon was used: what limits are compared with."""

	def validate(self) -> None:
		frappe.throw(
			_("Uses are counted by CRM Ext, from the documents that have them."), frappe.PermissionError
		)
