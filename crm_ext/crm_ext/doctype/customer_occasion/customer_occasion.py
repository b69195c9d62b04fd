# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

from frappe.model.document import Document


class CustomerOccasion(Document):
	"""A birthday, a founding day, an anniversary: what linkage rules of the event “Occasion” wait for."""
