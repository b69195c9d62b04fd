# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import frappe
from frappe import _
from frappe.model.document import Document

from crm_ext.tags.service import reevaluate_later


class CustomerTagGroup(Document):
	def validate(self) -> None:
		before = self.get_doc_before_save()
		if before and before.scope != self.scope and self.has_open_assignments():
			frappe.throw(
				_(
					"“Evaluated For” cannot change while customers hold tags of the group. Stop its tags first."
				)
			)

	def on_update(self) -> None:
		before = self.get_doc_before_save()
		if before and (before.selection, before.enabled) != (self.selection, self.enabled) and self.enabled:
			reevaluate_later()

	def on_trash(self) -> None:
		if frappe.db.exists("Customer Tag", {"tag_group": self.name}):
			frappe.throw(_("The group still has tags. Delete them, or disable the group."))

	def has_open_assignments(self) -> bool:
		return bool(frappe.db.exists("Customer Tag Assignment", {"tag_group": self.name, "closed_key": ""}))
