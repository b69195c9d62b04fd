# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import frappe
from frappe.model.document import Document


class ProfileRefreshRequest(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		cause: DF.Data | None
		customer: DF.Link
	# end: auto-generated types
	"""Written by `crm_ext.profile.queue` in sets, never through this class."""


def on_doctype_update():
	# Renaming a customer updates this column; without an index that would lock the requests of all others.
	frappe.db.add_index("Profile Refresh Request", ["customer"])
