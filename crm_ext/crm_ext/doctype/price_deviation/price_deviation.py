# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import frappe
from frappe import _
from frappe.model.document import Document


class PriceDeviation(Document):
	"""A price that no longer follows from what is written beside it. Found by `crm_ext.pricing.drift`, in sets."""

	def validate(self) -> None:
		self.validate_figures()
		self.validate_status()

	def validate_figures(self) -> None:
		"""What was found is a record; people add their note."""
		own = ("status", "note")
		fields = [field.fieldname for field in self.meta.fields if field.fieldname not in own]
		if self.is_new() or any(self.has_value_changed(field) for field in fields):
			frappe.throw(
				_("Price deviations are found by CRM Ext. Only the note is yours."), frappe.PermissionError
			)

	def validate_status(self) -> None:
		if not self.has_value_changed("status"):
			return
		if (self.get_doc_before_save().status, self.status) != ("Open", "Accepted"):
			frappe.throw(_("Only an open deviation can be accepted."))
		if not (self.note or "").strip():
			frappe.throw(_("Say in the note why this price is right."))


def on_doctype_update() -> None:
	frappe.db.add_unique(
		"Price Deviation",
		["reference_doctype", "reference_name", "row", "kind"],
		constraint_name="price_of_row",
	)
