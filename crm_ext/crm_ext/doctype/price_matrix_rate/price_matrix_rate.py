# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import frappe
from frappe import _
from frappe.model.document import Document

from crm_ext.errors import spoken
from crm_ext.pricing.model import Gives
from crm_ext.pricing.rates import service, store
from crm_ext.pricing.rates.columns import FIELDS, LINKS


class PriceMatrixRate(Document):
	"""One rate, by the form, REST or the Data Import. The grid and the import of files write rates in sets."""

	def _set_defaults(self) -> None:
		"""What a rate does not name, it is for: the site's default territory would make it a rate for that alone."""
		for field, _doctype in LINKS:
			self.set(field, self.get(field) or "")
		super()._set_defaults()

	def validate(self) -> None:
		self.clear_unused()
		self.check()

	def clear_unused(self) -> None:
		"""What the form hides."""
		if self.rate_type == Gives.KIND:
			self.value = 0
		else:
			self.price_kind = ""

	def check(self) -> None:
		"""The same checks as for all rates; they also give the keys."""
		store.lock(self.matrix)
		row = {field: self.get(field) for field in FIELDS}
		planned = service.plan(self.matrix, [row if self.is_new() else {**row, "name": self.name}])
		if planned.faults:
			messages = [spoken(fault.error) for fault in planned.faults]
			frappe.throw(messages, title=_("Price Matrix Rate"), as_list=len(messages) > 1)
		self.update(next(iter(planned.rows()))[2])

	def after_insert(self) -> None:
		service.written(self.matrix, 1)

	def on_update(self) -> None:
		if self.get_doc_before_save():
			service.written(self.matrix, 0)

	def on_trash(self) -> None:
		service.written(self.matrix, -1)


def on_doctype_update() -> None:
	# by which the engine finds the rates of a basket
	frappe.db.add_index(store.RATE, ["item_key", "customer_key", "place_key"], "crm_ext_rate_keys")
	# the order of the sheet, so that a page of 100,000 rates is read without sorting them
	sheet = ["matrix", "item_key", "customer_key", "place_key", "min_qty"]
	frappe.db.add_index(store.RATE, sheet, "crm_ext_sheet")
