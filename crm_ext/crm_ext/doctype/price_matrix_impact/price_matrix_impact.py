# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

from frappe.model.document import Document

from crm_ext.pricing.asked import forget_older

KEPT = 10
"""So many answers to one person about one matrix are kept."""


class PriceMatrixImpact(Document):
	"""An answer to “what changes if I activate this matrix?”: of the customers its owner may read, and for no other user."""

	def after_insert(self) -> None:
		forget_older(self, {"matrix": self.matrix}, KEPT)
