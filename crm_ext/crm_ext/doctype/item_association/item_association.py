# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

from frappe.model.document import Document


class ItemAssociation(Document):
	"""Two items that are bought together more often than chance would have it."""
