# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Making the codes of coupon batches, over REST and for the Desk. Codes are read by the list of Promotion Coupons."""

import frappe
from frappe.utils import cint

from crm_ext.errors import speaking
from crm_ext.pricing.promotions import codes


@frappe.whitelist(methods=["POST"])
@speaking
def make_codes(batch: str, count: int | str = 0) -> dict:
	"""Have so many more unique codes made for a batch; 0 goes on where the work was broken off. As `state` answers."""
	frappe.has_permission(codes.BATCH, "write", batch, throw=True)
	frappe.has_permission(codes.COUPON, "create", throw=True)
	codes.ask(batch, cint(count))
	return codes.state(batch)


@frappe.whitelist(methods=["GET", "POST"])
def state(batch: str) -> dict:
	"""How the making goes: {status, made, asked, message, running}; `running`: a worker has it, or will have it."""
	frappe.has_permission(codes.BATCH, "read", batch, throw=True)
	return codes.state(batch)
