# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Approvals of prices below the floor, over REST and for the Desk. Permission first; errors speak the user's language."""

import frappe
from frappe import _

from crm_ext.constants import SELLING_DOCTYPES
from crm_ext.errors import speaking
from crm_ext.pricing import approvals


@frappe.whitelist(methods=["POST"])
@speaking
def request(doctype: str, name: str, reason: str) -> dict:
	"""Ask for the approval of the prices of a draft: {approval}."""
	if doctype not in SELLING_DOCTYPES:
		frappe.throw(_("Prices are approved in: {0}.").format(", ".join(_(one) for one in SELLING_DOCTYPES)))
	frappe.get_doc(doctype, name).check_permission("write")
	return {"approval": approvals.request(doctype, name, reason)}


@frappe.whitelist(methods=["POST"])
@speaking
def decide(approval: str, decision: str, note: str | None = None) -> dict:
	"""Decide on a request, “Approved” or “Rejected”, the latter with a note: {status}."""
	request = _readable(approval)
	if not approvals.may_decide(request, _document(request)):
		frappe.throw(_("You may not decide on this request."), frappe.PermissionError)
	approvals.decide(approval, decision, note or "")
	return {"status": decision}


@frappe.whitelist(methods=["POST"])
@speaking
def withdraw(approval: str) -> dict:
	"""Take back a request of one's own, or as somebody who may decide on it: {status}."""
	request = _readable(approval)
	own = request.requested_by == frappe.session.user
	if not own and not approvals.may_decide(request, _document(request)):
		frappe.throw(_("You may not take back this request."), frappe.PermissionError)
	approvals.withdraw(approval)
	return {"status": approvals.WITHDRAWN}


def _readable(approval: str):
	"""Raises PermissionError unless the user may read the request; whether it exists is not told."""
	frappe.has_permission(approvals.APPROVAL, "read", throw=True)
	request = frappe.db.exists(approvals.APPROVAL, approval) and frappe.get_doc(approvals.APPROVAL, approval)
	if not (request and frappe.has_permission(approvals.APPROVAL, "read", doc=request)):
		frappe.throw(_("You do not have access to this request."), frappe.PermissionError)
	return request


def _document(request):
	return frappe.get_doc(request.reference_doctype, request.reference_name)
