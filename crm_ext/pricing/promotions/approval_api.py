# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Approving promotions, over REST and for the Desk."""

import frappe

from crm_ext.constants import PROMOTION_APPROVER
from crm_ext.errors import speaking
from crm_ext.pricing.promotions import approval


@frappe.whitelist(methods=["POST"])
@speaking
def approve(promotion: str, version_hash: str | None = None) -> dict:
	"""Approve a promotion of somebody else as it stands: {approved_by, approved_at, approved_hash}.

	`version_hash`: the version that the user has seen; another one is refused.
	"""
	frappe.only_for(PROMOTION_APPROVER)
	frappe.has_permission(approval.PROMOTION, "read", promotion, throw=True)
	approval.approve(promotion, version_hash or "")
	return frappe.db.get_value(approval.PROMOTION, promotion, approval.FIELDS, as_dict=True)
