# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

from frappe.model.document import Document


class PromotionItem(Document):
	"""What a promotion is for, or leaves out: an item, a brand or an item group."""
