# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import frappe
from frappe.model.document import Document
from frappe.utils import add_to_date, now_datetime


class LinkageEvent(Document):
	"""Something that happened to a customer. Written by `crm_ext.linkage.inbox` in sets, never through this class."""

	@staticmethod
	def clear_old_logs(days: int = 90) -> None:
		"""Delete what was judged so many days ago (Log Settings); what waits stays."""
		frappe.db.delete(
			"Linkage Event", {"processed": 1, "creation": ("<", add_to_date(now_datetime(), days=-days))}
		)


def on_doctype_update() -> None:
	# what waits for a later day is passed over within the index
	frappe.db.add_index("Linkage Event", ["processed", "customer", "wait_until"])
	# Renaming a customer updates this column; without an index that would lock the events of all others.
	frappe.db.add_index("Linkage Event", ["customer"])
