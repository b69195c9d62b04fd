# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import frappe
from frappe.model.document import Document


class LinkageMatch(Document):
	"""Who meets the conditions of a rule now, or was told of in a period. Written by the sources, in sets."""


def on_doctype_update() -> None:
	frappe.db.add_unique("Linkage Match", ["rule", "customer"], constraint_name="rule_customer")
