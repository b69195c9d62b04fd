# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import frappe
from frappe.model.document import Document

KEPT = 10
"""So many answers to one person about one matrix are kept."""


class PriceMatrixImpact(Document):
	"""An answer to “what changes if I activate this matrix?”: of the customers its owner may read, and for no other user."""

	def after_insert(self) -> None:
		about = {"matrix": self.matrix, "owner": self.owner}
		for name in frappe.get_all(self.doctype, about, pluck="name", order_by="creation desc")[KEPT:]:
			frappe.delete_doc(self.doctype, name, ignore_permissions=True, delete_permanently=True)
