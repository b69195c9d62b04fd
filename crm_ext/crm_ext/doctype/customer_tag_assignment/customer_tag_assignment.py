# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from crm_ext import errors
from crm_ext.constants import ALL_COMPANIES, OPEN
from crm_ext.exceptions import CrmExtError
from crm_ext.tags import announce, service


class CustomerTagAssignment(Document):
	"""A period in which a customer holds a tag. Rules write it in sets; by hand it comes through here."""

	def before_insert(self) -> None:
		self.source = service.source_of_call()
		self.company = self.company or ALL_COMPANIES
		self.since = now_datetime()
		self.until = self.end_reason = self.evidence = self.rule_version = None
		self.closed_key = OPEN
		self.shadow = 0
		self.pending_events = "gained"

	def validate(self) -> None:
		if not self.is_new():
			frappe.throw(_("An assignment is history and cannot be edited. Remove the tag, or give another."))
		try:
			self.tag_group = service.prepare_manual(
				customer=self.customer,
				tag=self.tag,
				company=self.company,
				reason=self.reason,
				until=self.expires_on,
			)
		except CrmExtError as error:
			errors.throw(error)

	def after_insert(self) -> None:
		announce.announce_later()

	def on_trash(self) -> None:
		frappe.throw(_("The history of tags is never deleted."))


def on_doctype_update() -> None:
	"""One open row per customer, tag and company; closed rows differ by their key."""
	frappe.db.add_unique(
		"Customer Tag Assignment",
		["customer", "tag", "company", "shadow", "closed_key"],
		constraint_name="one_open_assignment",
	)
	frappe.db.add_index("Customer Tag Assignment", ["pending_events"])
	frappe.db.add_index("Customer Tag Assignment", ["tag_group", "company", "closed_key"])
