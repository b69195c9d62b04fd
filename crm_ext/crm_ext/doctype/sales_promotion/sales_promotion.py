# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import frappe
from frappe import _
from frappe.model import numeric_fieldtypes
from frappe.model.document import Document
from frappe.utils import get_time, now_datetime

from crm_ext import errors
from crm_ext.exceptions import CrmExtError
from crm_ext.pricing import checks, compiled
from crm_ext.pricing.promotions import approval, counting, soundness
from crm_ext.pricing.promotions.kinds import foreign
from crm_ext.pricing.promotions.model import Gives, Kind, Part
from crm_ext.rules.lifecycle import Status
from crm_ext.rules.rule_document import RuleDocument
from crm_ext.rules.static_check import Finding

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ROWS = {
	"products": ("part", "component", "item", "brand", "item_group", "qty"),
	"tiers": ("at_least", "gives", "value", "gift_item", "gift_qty"),
	"places": ("pos_profile", "branch", "territory", "sales_channel"),
}
OWN_RECORDS = ("Promotion Back-Test", "Promotion Usage")


class SalesPromotion(RuleDocument):
	"""What a promotion is for, what it gives, to whom and when, how it goes together with others, and its limits."""

	deciding_fields = (
		*("company", "kind", "currency", "uom", "buy_qty", "get_qty", "minimum_amount", "gives", "value"),
		*("gift_item", "shipping_account", "most_times", "tiers_by"),
		*("priority", "combination", "promotion_group"),
		*("first_order", "hold_out_percent", "goal_amount", "goal_period"),
		*("payment_terms_template", "sales_partner", *DAYS, "from_time", "to_time"),
		*("needs_coupon", "max_uses", "max_uses_per_customer", "max_customers", "budget", "when_used_up"),
		"terms",
	)
	without_conditions = True

	def __setup__(self) -> None:
		"""Frappe 15 would put the time of now into hours that are left empty."""
		self.dont_update_if_missing = ["from_time", "to_time"]

	def onload(self) -> None:
		self.set_onload("approval", approval.standing(self))
		codes = self.needs_coupon and frappe.db.count("Promotion Coupon", {"promotion": self.name})
		self.set_onload("codes", codes)

	def validate(self) -> None:
		self.keep_approval()
		self.normalise()
		self.clear_other_kinds()
		self.number_components()
		self.sort_tiers()
		self.validate_currency()
		self.validate_soundness()
		super().validate()

	def also_deciding(self) -> dict:
		return {
			table: [[str(row.get(field) or "") for field in fields] for row in self.get(table)]
			for table, fields in ROWS.items()
		}

	def keep_approval(self) -> None:
		"""Only `approval` approves, whatever a form or program sends."""
		approved = self.get_doc_before_save() and frappe.db.get_value(
			self.doctype, self.name, approval.FIELDS, for_update=True
		)
		self.update(dict(zip(approval.FIELDS, approved or (None, None, None), strict=True)))

	def normalise(self) -> None:
		"""The same rule has the same digest, whether it comes from a form, a program or the database."""
		for doc in (self, *self.products, *self.tiers, *self.places):
			_cast(doc)
		self.promotion_group = (self.promotion_group or "").strip()

	def clear_other_kinds(self) -> None:
		kind = self.kind if self.kind in {kind.value for kind in Kind} else None
		for field in foreign(Kind(kind)) if kind else ():
			number = self.meta.get_field(field).fieldtype in numeric_fieldtypes
			self.set(field, [] if field == "tiers" else 0 if number else None)
		if self.gift_item:
			self.gives = Gives.FREE.value
		if self.gives == Gives.FREE:
			self.value = 0
		for row in self.tiers:
			if row.gives == Gives.GIFT:
				row.value = 0
			else:
				row.gift_item, row.gift_qty = None, 1

	def number_components(self) -> None:
		"""Of a bundle, a product without a number is a component of its own."""
		last = max((row.component for row in self.products), default=0)
		for row in self.products:
			if self.kind != Kind.BUNDLE or row.part != Part.BUY:
				row.component, row.qty = 0, 1
			elif not row.component:
				last += 1
				row.component = last

	def sort_tiers(self) -> None:
		self.tiers.sort(key=lambda row: row.at_least)
		for number, row in enumerate(self.tiers, 1):
			row.idx = number

	def validate_currency(self) -> None:
		if self.is_new() or self.has_value_changed("currency"):
			if self.currency and not frappe.db.get_value("Currency", self.currency, "enabled"):
				frappe.throw(_("The currency {0} is disabled. Choose another one.").format(self.currency))

	def validate_soundness(self) -> None:
		if problems := [errors.spoken(error, self.doctype) for error in soundness.problems(self)]:
			one = len(problems) == 1
			title = _("The Promotion Is Not Complete")
			frappe.throw(problems[0] if one else problems, title=title, as_list=not one)

	def validate_status(self) -> None:
		super().validate_status()
		before = self.get_doc_before_save()
		stopped = self.status == Status.STOPPED
		if stopped and before and before.status == self.status:
			self.stopped_by, self.stopped_at = before.stopped_by, before.stopped_at
		else:
			self.stopped_by = frappe.session.user if stopped else None
			self.stopped_at = now_datetime() if stopped else None

	def obstacles(self) -> list[CrmExtError]:
		return approval.obstacles(self)

	def static_findings(self) -> list[Finding]:
		return checks.findings_alone(self)

	def on_update(self) -> None:
		compiled.forget()
		counting.limits_changed(self)

	def on_trash(self) -> None:
		for doctype in OWN_RECORDS:
			frappe.db.delete(doctype, {"promotion": self.name})

	def after_delete(self) -> None:
		compiled.forget()


def _cast(doc: Document) -> None:
	doc._fix_numeric_types()
	for field in doc.meta.get("fields", {"fieldtype": "Time"}):
		value = doc.get(field.fieldname)
		doc.set(field.fieldname, str(get_time(value)) if value not in (None, "") else None)
