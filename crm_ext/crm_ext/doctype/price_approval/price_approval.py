# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import frappe
from frappe import _
from frappe.model.document import Document


class PriceApproval(Document):
	"""A request for prices below the floor, and the decision on it. Written by `crm_ext.pricing.approvals` alone."""

	def validate(self) -> None:
		if not self.flags.by_service:
			frappe.throw(
				_(
					"A price approval is requested and decided with the buttons of the document and of the request."
				),
				frappe.PermissionError,
			)
