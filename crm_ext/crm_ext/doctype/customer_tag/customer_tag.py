# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import frappe
from frappe import _

from crm_ext.rules.facts import SET_SEPARATOR
from crm_ext.rules.lifecycle import Status
from crm_ext.rules.rule_document import RuleDocument
from crm_ext.rules.static_check import Finding
from crm_ext.tags import checks, mirror
from crm_ext.tags.service import reevaluate_later


class CustomerTag(RuleDocument):
	deciding_fields = ("tag_group", "rank", "minimum_stay_days", "grace_days")

	def validate(self) -> None:
		self.validate_name()
		self.validate_group()
		super().validate()

	def validate_name(self) -> None:
		if any(sign in self.tag_name for sign in (",", SET_SEPARATOR)):
			frappe.throw(_("Tag Name must not contain a comma or “|”, which separate tags in lists."))

	def validate_group(self) -> None:
		before = self.get_doc_before_save()
		if before and before.tag_group != self.tag_group and self.has_history():
			frappe.throw(
				_("The group of a tag that has a history cannot be changed. Make a new tag instead.")
			)

	def static_findings(self) -> list[Finding]:
		return checks.findings_of(self)

	def on_update(self) -> None:
		before = self.get_doc_before_save()
		if before is None and self.status == Status.DRAFT:
			return
		if before is None or self.rule_changed() or before.status != self.status:
			reevaluate_later()

	def before_rename(self, old: str, new: str, merge: bool = False) -> None:
		if merge:
			frappe.throw(_("Customer tags cannot be merged: each has its own rule and history."))

	def after_rename(self, old: str, new: str, merge: bool = False) -> None:
		mirror.rename_later(old, new)

	def on_trash(self) -> None:
		if self.has_history():
			frappe.throw(_("This tag has a history, which is kept. Stop the tag instead of deleting it."))

	def has_history(self) -> bool:
		return bool(frappe.db.exists("Customer Tag Assignment", {"tag": self.name}))
