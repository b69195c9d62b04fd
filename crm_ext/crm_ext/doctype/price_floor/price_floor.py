# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import frappe
from frappe import _
from frappe.model.document import Document

from crm_ext.pricing import compiled


class PriceFloor(Document):
	"""How low the holders of a role may sell the items of a group."""

	def validate(self) -> None:
		self.validate_margin()
		self.validate_unique()

	def on_update(self) -> None:
		compiled.forget()

	def on_trash(self) -> None:
		compiled.forget()

	def after_rename(self, old: str, new: str, merge: bool = False) -> None:
		compiled.forget()

	def validate_margin(self) -> None:
		if not -100 <= self.minimum_margin < 100:
			frappe.throw(_("Minimum Margin must be at least -100 and less than 100 percent of the price."))

	def validate_unique(self) -> None:
		"""Of two floors of the same cost for the same people and items, one would say nothing."""
		same = {field: self.get(field) or ("is", "not set") for field in ("role", "item_group", "company")}
		others = {**same, "cost": self.cost, "enabled": 1, "name": ("!=", self.name or "")}
		if self.enabled and (other := frappe.db.get_value(self.doctype, others)):
			frappe.throw(
				_("The floor {0} is for the same people and items. Change that one, or disable it.").format(
					other
				)
			)
