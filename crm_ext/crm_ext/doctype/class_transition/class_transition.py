# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from crm_ext import errors
from crm_ext.exceptions import CrmExtError
from crm_ext.rules.rule_document import RuleDocument
from crm_ext.rules.site import SiteContext, reporting_currency
from crm_ext.rules.static_check import Finding
from crm_ext.transitions import checks


class ClassTransition(RuleDocument):
	"""A rule that moves customers from one Customer Group to another, such as from walk-in to member."""

	deciding_fields = ("from_group", "to_group", "priority")

	def validate(self) -> None:
		self.validate_groups()
		super().validate()

	def validate_groups(self) -> None:
		within = SiteContext(getdate(nowdate()), reporting_currency()).descendants(
			"Customer Group", self.from_group
		)
		if self.from_group == self.to_group:
			frappe.throw(_("From Customer Group and To Customer Group must differ."))
		if frappe.db.get_value("Customer Group", self.to_group, "is_group"):
			frappe.throw(_("To Customer Group must be a group without groups under it."))
		if self.to_group in within:
			frappe.throw(_("To Customer Group must not lie within From Customer Group."))
		if not self.conditions:
			frappe.throw(_("Conditions: add at least one, or every customer would be moved."))

	def static_findings(self) -> list[Finding]:
		return checks.findings_of(self)

	def check_before_activation(self) -> None:
		super().check_before_activation()
		try:
			checks.check_circle(self)
		except CrmExtError as error:
			errors.throw(error)

	def on_trash(self) -> None:
		if frappe.db.exists("Class Transition Log", {"transition": self.name}):
			frappe.throw(_("This transition has a log, which is kept. Stop it instead of deleting it."))
