# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

from frappe.model.document import Document

from crm_ext.pricing.asked import forget_older

KEPT = 10
"""So many answers to one person about one promotion are kept."""


class PromotionBackTest(Document):
	"""What a promotion would have cost on the invoices of the past: of the customers its owner may read, and for no other."""

	def after_insert(self) -> None:
		forget_older(self, {"promotion": self.promotion}, KEPT)
