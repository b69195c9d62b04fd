# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import frappe
from frappe import _
from frappe.model.document import Document


class AccountManager(Document):
	"""Who looks after customers: which ones, and how many at most. Read by the action “Assign Account Manager”."""

	def validate(self) -> None:
		self.validate_user()
		self.validate_coverage()

	def validate_user(self) -> None:
		if self.enabled and not frappe.db.get_value("User", self.user, "enabled"):
			frappe.throw(_("The user {0} is disabled.").format(frappe.bold(self.user)))

	def validate_coverage(self) -> None:
		rows: set[tuple[str, str]] = set()
		for row in self.coverage:
			key = (row.territory or "", row.industry or "")
			if key in rows:
				frappe.throw(_("Coverage, row {0}: the same as a row before it.").format(row.idx))
			rows.add(key)
