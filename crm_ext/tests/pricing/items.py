# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""“Update Items” of a submitted order, as its dialog sends it."""

import frappe


def update_items(doc, **values) -> None:
	"""Change the first row, or with `docname=None` add one like it."""
	from erpnext.controllers.accounts_controller import update_child_qty_rate

	row = doc.items[0]
	names = ("item_code", "qty", "rate", "uom", "conversion_factor", "delivery_date")
	sent = {"docname": row.name, **{name: row.get(name) for name in names}, **values}
	update_child_qty_rate(doc.doctype, frappe.as_json([sent]), doc.name)
