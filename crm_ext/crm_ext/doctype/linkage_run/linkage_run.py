# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import frappe
from frappe.model.document import Document


class LinkageRun(Document):
	"""One execution of a linkage rule for one customer. Written by the planner and the executor, in sets."""


def on_doctype_update() -> None:
	frappe.db.add_unique("Linkage Run", ["rule", "customer", "once_key", "shadow"], "once_per_period")
	frappe.db.add_index("Linkage Run", ["customer", "rule", "occurred_at"], "of_customer")
	frappe.db.add_index("Linkage Run", ["status", "next_attempt"], "due")
	# the order in which the runs of a rule are taken, so that a batch reads and locks no others
	frappe.db.add_index("Linkage Run", ["rule", "status", "next_attempt", "creation"], "due_of_rule")
