# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from crm_ext import errors
from crm_ext.exceptions import CodesUsed, CodeTaken, CodeUsed, CrmExtError
from crm_ext.pricing.promotions import codes, counting

KEPT = ("code_count", "codes_asked", "status", "message")


class CouponBatch(Document):
	"""Codes that are made together and share their limits: unique ones, or one that is public."""

	def validate(self) -> None:
		self.keep_counts()
		self.validate_codes()
		self.validate_validity()
		self.validate_promotion()

	def before_validate(self) -> None:
		if not self.currency and self.promotion:
			self.currency = frappe.db.get_value("Sales Promotion", self.promotion, "currency")

	def keep_counts(self) -> None:
		"""Only who makes codes counts them: a form may have been open since before."""
		kept = self.get_doc_before_save() and frappe.db.get_value(
			self.doctype, self.name, KEPT, for_update=True
		)
		self.update(dict(zip(KEPT, kept or (0, 0, "New", None), strict=True)))

	def validate_codes(self) -> None:
		self.prefix = codes.normal(self.prefix) if self.kind == codes.UNIQUE else None
		self.public_code = codes.normal(self.public_code) if self.kind == codes.PUBLIC else None
		try:
			if self.public_code:
				codes.check_code(self.public_code)
				self.check_not_taken()
			if self.prefix:
				codes.check_code(self.prefix.ljust(codes.LEAST_CODE, "X"))
		except CrmExtError as error:
			errors.throw(error)
		if self.kind == codes.UNIQUE and not codes.SHORTEST <= (self.code_length or 0) <= codes.LONGEST:
			frappe.throw(
				_("“{0}” must be from {1} to {2}.").format(
					_(self.meta.get_label("code_length")), codes.SHORTEST, codes.LONGEST
				)
			)

	def check_not_taken(self) -> None:
		batch = frappe.db.get_value(codes.COUPON, self.public_code, "batch")
		if batch and batch != self.name:
			raise CodeTaken(code=self.public_code, batch=batch)

	def validate_validity(self) -> None:
		if self.valid_from and self.valid_to and getdate(self.valid_to) < getdate(self.valid_from):
			frappe.throw(_("Valid To must not be before Valid From."))

	def validate_promotion(self) -> None:
		before = self.get_doc_before_save()
		if before and before.promotion != self.promotion and codes.used({"batch": self.name}):
			errors.throw(CodesUsed(promotion=before.promotion))

	def on_update(self) -> None:
		if self.kind == codes.PUBLIC and not frappe.db.exists(codes.COUPON, self.public_code):
			coupon = frappe.get_doc(doctype=codes.COUPON, code=self.public_code, batch=self.name)
			coupon.insert(ignore_permissions=True)  # who may write the batch has said its code
		if self.has_value_changed("promotion"):
			coupons = frappe.qb.DocType(codes.COUPON)
			frappe.qb.update(coupons).set(coupons.promotion, self.promotion).where(
				coupons.batch == self.name
			).run()
		counting.limits_changed(self)

	def on_trash(self) -> None:
		"""Its codes go with it, unless one has been used."""
		if code := codes.used({"batch": self.name}):
			errors.throw(CodeUsed(code=code))
		frappe.db.delete(codes.COUPON, {"batch": self.name})

	def before_rename(self, old: str, new: str, merge: bool = False) -> None:
		if merge:
			frappe.throw(_("Coupon batches cannot be merged: each has limits of its own."))
