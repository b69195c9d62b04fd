# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import frappe
from frappe.model.document import Document

from crm_ext import errors
from crm_ext.exceptions import CodeUsed, CrmExtError, NoUniqueCodes
from crm_ext.pricing.promotions import codes

KEPT = ("status", "uses")


class PromotionCoupon(Document):
	"""A code that lets a customer have a promotion. Its name is the code; only its holder may be changed."""

	def before_insert(self) -> None:
		self.code = codes.normal(self.code)

	def validate(self) -> None:
		self.keep_uses()
		if self.is_new():
			self.validate_code()
		self.promotion = frappe.db.get_value(codes.BATCH, self.batch, "promotion")

	def keep_uses(self) -> None:
		"""Only redemptions count uses."""
		kept = self.get_doc_before_save() and frappe.db.get_value(
			self.doctype, self.name, KEPT, for_update=True
		)
		self.update(dict(zip(KEPT, kept or ("Available", 0), strict=True)))

	def validate_code(self) -> None:
		"""A code may come from elsewhere, such as a printer of vouchers; a public batch has only its own."""
		try:
			codes.check_code(self.code)
			kind, public_code = frappe.db.get_value(codes.BATCH, self.batch, ["kind", "public_code"]) or (
				"",
				"",
			)
			if kind == codes.PUBLIC and public_code != self.code:
				raise NoUniqueCodes
		except CrmExtError as error:
			errors.throw(error)

	def after_insert(self) -> None:
		self.count()

	def on_trash(self) -> None:
		if codes.used({"name": self.name}):
			errors.throw(CodeUsed(code=self.name))

	def after_delete(self) -> None:
		self.count()

	def count(self) -> None:
		made = codes.count(self.batch)
		frappe.db.set_value(codes.BATCH, self.batch, "code_count", made, update_modified=False)
