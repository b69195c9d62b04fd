# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import frappe
from frappe import _

from crm_ext import errors
from crm_ext.exceptions import CrmExtError, PriceListUnusable
from crm_ext.pricing import checks, compiled
from crm_ext.pricing.model import Base
from crm_ext.rules.lifecycle import Status
from crm_ext.rules.rule_document import RuleDocument
from crm_ext.rules.static_check import Finding


class PriceKind(RuleDocument):
	"""A way to make a price, and the customers who get it without being given it by hand."""

	deciding_fields = ("base", "price_list", "based_on", "percent", "priority")

	def validate(self) -> None:
		self.clear_other_bases()
		self.validate_based_on()
		self.validate_price_list()
		self.validate_percent()
		super().validate()

	def clear_other_bases(self) -> None:
		if self.base != Base.KIND:
			self.based_on = None
		if self.base != Base.PRICE_LIST:
			self.price_list = None

	def validate_based_on(self) -> None:
		if self.base == Base.KIND and not self.based_on:
			frappe.throw(_("Choose the other price kind that this one is based on."))
		try:
			checks.check_circle(self)
		except CrmExtError as error:
			errors.throw(error)

	def validate_price_list(self) -> None:
		"""A kind whose price list was switched off must still be paused or stopped."""
		over = self.status in (Status.PAUSED, Status.STOPPED)
		if self.price_list and not over and not _sells(self.price_list):
			errors.throw(PriceListUnusable(price_list=self.price_list))

	def validate_percent(self) -> None:
		if (self.percent or 0) <= -100:
			frappe.throw(_("Percent must be more than -100, or the price would be nothing."))

	def static_findings(self) -> list[Finding]:
		return checks.findings_of_kind(self)

	def check_before_activation(self) -> None:
		super().check_before_activation()
		if self.based_on and frappe.db.get_value("Price Kind", self.based_on, "status") != Status.ACTIVE:
			frappe.throw(
				_("The price kind {0}, which this one is based on, is not active. Activate it first.").format(
					self.based_on
				)
			)

	def on_update(self) -> None:
		compiled.forget()

	def after_delete(self) -> None:
		compiled.forget()

	def before_rename(self, old: str, new: str, merge: bool = False) -> None:
		if merge:
			frappe.throw(_("Price kinds cannot be merged: each makes prices of its own. Stop one of them."))

	def after_rename(self, old: str, new: str, merge: bool = False) -> None:
		compiled.forget()


def _sells(price_list: str) -> bool:
	return bool(frappe.db.exists("Price List", {"name": price_list, "enabled": 1, "selling": 1}))
