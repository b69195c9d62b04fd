# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import frappe
from frappe import _

from crm_ext.pricing import checks, compiled
from crm_ext.rules.rule_document import RuleDocument
from crm_ext.rules.static_check import Finding

IMPORT = "Price Matrix Import"
OWN_RECORDS = ("Price Matrix Rate", "Price Matrix Impact")


class PriceMatrix(RuleDocument):
	"""Many rates under one life cycle; its conditions say whom they are for. The rates are records of their own."""

	deciding_fields = ("company", "priority", "currency", "quantity_breaks", "sum_equal_items")
	without_conditions = True

	def validate(self) -> None:
		self.keep_counts()
		self.validate_currency()
		super().validate()

	def keep_counts(self) -> None:
		"""Only who writes rates counts them: a form may have been open since before."""
		counts = self.get_doc_before_save() and frappe.db.get_value(
			self.doctype, self.name, ["rate_count", "rates_version"], for_update=True
		)
		self.rate_count, self.rates_version = counts or (0, 0)

	def validate_currency(self) -> None:
		if self.is_new() or self.has_value_changed("currency"):
			if not frappe.db.get_value("Currency", self.currency, "enabled"):
				frappe.throw(_("The currency {0} is disabled. Choose another one.").format(self.currency))

	def static_findings(self) -> list[Finding]:
		return checks.findings_alone(self)

	def on_update(self) -> None:
		compiled.forget()

	def on_trash(self) -> None:
		for name in frappe.get_all(IMPORT, {"matrix": self.name}, pluck="name"):
			frappe.delete_doc(IMPORT, name, ignore_permissions=True)  # its file goes along
		for doctype in OWN_RECORDS:
			frappe.db.delete(doctype, {"matrix": self.name})

	def after_delete(self) -> None:
		compiled.forget()

	def before_rename(self, old: str, new: str, merge: bool = False) -> None:
		if merge:
			frappe.throw(
				_("Price matrices cannot be merged: their rates could tie. Import the rates instead.")
			)

	def after_rename(self, old: str, new: str, merge: bool = False) -> None:
		compiled.forget()
