# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import frappe
from frappe.model.document import Document
from frappe.utils import cint

from crm_ext import errors
from crm_ext.exceptions import CrmExtError
from crm_ext.pricing.rates import imports


class PriceMatrixImport(Document):
	"""A file of rates on its way into a matrix: New, then checked as often as one likes, then imported."""

	def validate(self) -> None:
		self.validate_matrix()
		self.validate_file()
		self.validate_status()

	def validate_matrix(self) -> None:
		"""Rates may be brought in by whoever may change their matrix."""
		frappe.has_permission("Price Matrix", "write", self.matrix, throw=True)

	def validate_file(self) -> None:
		try:
			imports.file_of(self.file)
		except CrmExtError as error:
			errors.throw(error)

	def validate_status(self) -> None:
		"""Only the work itself moves the status; another file or mode begins anew."""
		before = self.get_doc_before_save()
		changed = before is None or any(self.has_value_changed(field) for field in ("matrix", "file", "mode"))
		self.status = "New" if changed else before.status

	@frappe.whitelist(methods=["POST"])
	def start(self, dry_run: bool | int | str = True) -> None:
		"""Check the file, or bring its rates in."""
		self.check_permission("write")
		self.validate_matrix()
		try:
			imports.start(self, dry_run=bool(cint(dry_run)))
		except CrmExtError as error:
			errors.throw(error)
