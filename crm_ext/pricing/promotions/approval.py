# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Four eyes on a promotion: what is approved is the rule as it stands, known by its digest."""

import frappe
from frappe import _
from frappe.utils import get_fullname, now_datetime

from crm_ext.constants import PROMOTION_APPROVER
from crm_ext.exceptions import ApprovalOfOwn, ChangedMeanwhile, NotApproved, Term
from crm_ext.settings import settings

PROMOTION = "Sales Promotion"
FIELDS = ("approved_by", "approved_at", "approved_hash")


def approve(name: str, version_hash: str = "") -> None:
	"""Approve a promotion as it stands; `version_hash` is the version that the approver has seen.

	Raises ApprovalOfOwn, and ChangedMeanwhile if it stands otherwise by now. The role is the caller's to ask for.
	"""
	doc = frappe.get_doc(PROMOTION, name, for_update=True)
	if version_hash and version_hash != doc.version_hash:
		raise ChangedMeanwhile(document=name)
	if is_own(doc):
		raise ApprovalOfOwn(role=Term(PROMOTION_APPROVER))
	if is_approved(doc):
		return
	values = (frappe.session.user, now_datetime(), doc.version_hash)
	# its time stamp stays: an open form can still be saved
	doc.db_set(dict(zip(FIELDS, values, strict=True)), update_modified=False, notify=True)
	doc.add_comment("Info", _("{0} approved version {1}.").format(get_fullname(), doc.version))


def is_own(doc) -> bool:
	"""Whether the user of the session owns a promotion or changed it last. Administrator may do both."""
	user = frappe.session.user
	return user != "Administrator" and user in (doc.owner, doc.rule_owner, doc.modified_by)


def is_approved(doc) -> bool:
	return bool(doc.approved_hash) and doc.approved_hash == doc.version_hash


def obstacles(doc) -> list[NotApproved]:
	"""That a promotion must be approved before it becomes active, if the settings say so."""
	if not settings().promotions_need_approval or is_approved(doc):
		return []
	return [NotApproved(version=doc.version, role=Term(PROMOTION_APPROVER))]


def standing(doc) -> dict:
	"""For the form: {needed, approved, may_approve}."""
	return {
		"needed": bool(settings().promotions_need_approval),
		"approved": is_approved(doc),
		"may_approve": PROMOTION_APPROVER in frappe.get_roles() and not is_own(doc),
	}
