# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

from frappe.model.document import Document


class PromotionTier(Document):
	"""What a promotion gives from a quantity or an amount on."""
