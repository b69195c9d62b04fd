# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Price deviations over REST and for the Desk. Permission first."""

import frappe

from crm_ext.errors import speaking
from crm_ext.incoming import texts

DEVIATION = "Price Deviation"


@frappe.whitelist(methods=["POST"])
@speaking
def accept(deviations: list | str, note: str) -> dict:
	"""Accept open deviations as they are, and say why: {accepted}. Those that are not open are passed over."""
	frappe.has_permission(DEVIATION, "write", throw=True)
	documents = [frappe.get_doc(DEVIATION, name) for name in texts(deviations, "deviations")]
	for doc in documents:
		doc.check_permission("write")
	waiting = [doc for doc in documents if doc.status == "Open"]
	for doc in waiting:
		doc.update({"status": "Accepted", "note": note}).save()
	return {"accepted": len(waiting)}
