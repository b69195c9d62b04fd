# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Approvals of prices below the floor: asked for on a draft, decided by somebody else, taken back.

Who asks writes the document; who decides holds the role Price Override and reads the document. Nobody decides on a
request of one's own but Administrator. An approval holds for its document, item by item, at the approved net rate or a
higher one (`floor.standing`).
"""

import frappe
from frappe import _
from frappe.utils import escape_html, get_fullname, now_datetime

from crm_ext.constants import PRICE_OVERRIDE
from crm_ext.exceptions import (
	NoDecision,
	NoDraft,
	NotBelowFloor,
	OwnRequest,
	ReasonMissing,
	RequestDecided,
	Term,
)
from crm_ext.pricing.floor import Standing, margin_of, standing
from crm_ext.pricing.floors import APPROVAL, STATUS, Below, below_floor, decisions, rates_of, withdraw_open
from crm_ext.pricing.rows import party_of

DECISIONS = (Standing.APPROVED.value, Standing.REJECTED.value)
WITHDRAWN = "Withdrawn"


def request(doctype: str, name: str, reason: str) -> str:
	"""Ask for the prices of a draft as they are; returns the name of the Price Approval. An open request is replaced.

	Raises ReasonMissing, NoDraft, NotBelowFloor.
	"""
	reason = (reason or "").strip()
	if not reason:
		raise ReasonMissing()
	doc = frappe.get_doc(doctype, name, for_update=True)
	_check_draft(doc)
	below = below_floor(doc)
	if not below:
		raise NotBelowFloor()
	withdraw_open(doctype, name)
	approval = frappe.get_doc(
		doctype=APPROVAL,
		status=Standing.REQUESTED.value,
		customer=party_of(doc)[0],
		customer_name=doc.get("customer_name"),
		company=doc.company,
		reference_doctype=doctype,
		reference_name=name,
		currency=doc.currency,
		shortfall=sum(float(one.least - one.rate) * one.row.qty for one in below),
		reason=reason,
		requested_by=frappe.session.user,
		lines=[_line(one) for one in below],
	)
	_by_service(approval).insert(ignore_permissions=True)  # whoever writes the document may ask
	for one in below:
		one.row.db_set("crm_ext_below_floor", 1, update_modified=False)
	_set_standing(doc, Standing.REQUESTED)
	subject = _("{0} asks for your approval of the prices in {1} {2}.")
	_tell(_deciders(approval, doc), approval, subject.format(_person(), _(doctype), name), reason)
	return approval.name


def decide(name: str, decision: str, note: str = "") -> None:
	"""Approve or reject a request. Raises NoDecision, RequestDecided, OwnRequest, NoDraft, ReasonMissing."""
	if decision not in DECISIONS:
		raise NoDecision(decision=decision, allowed=tuple(map(Term, DECISIONS)))
	note = (note or "").strip()
	if decision == Standing.REJECTED and not note:
		raise ReasonMissing()
	approval = frappe.get_doc(APPROVAL, name, for_update=True)
	if approval.status != Standing.REQUESTED:
		raise RequestDecided(status=Term(approval.status))
	user = frappe.session.user
	if user == approval.requested_by and user != "Administrator":
		raise OwnRequest(role=Term(PRICE_OVERRIDE))
	doc = frappe.get_doc(approval.reference_doctype, approval.reference_name)
	_check_draft(doc)
	approval.update(
		{"status": decision, "decided_by": user, "decided_at": now_datetime(), "decision_note": note}
	)
	_by_service(approval).save(ignore_permissions=True)  # the API has asked for them
	_set_standing(doc, _stands(doc))
	approved = decision == Standing.APPROVED
	subject = (
		_("{0} approved the prices in {1} {2}.") if approved else _("{0} rejected the prices in {1} {2}.")
	)
	_tell([approval.requested_by], approval, subject.format(_person(), _(doc.doctype), doc.name), note)


def withdraw(name: str) -> None:
	"""Take back a request, or an approval that is not used yet. Raises RequestDecided, NoDraft."""
	approval = frappe.get_doc(APPROVAL, name, for_update=True)
	if approval.status not in (Standing.REQUESTED, Standing.APPROVED):
		raise RequestDecided(status=Term(approval.status))
	doc = frappe.get_doc(approval.reference_doctype, approval.reference_name)
	_check_draft(doc)
	approval.status = WITHDRAWN
	_by_service(approval).save(ignore_permissions=True)  # the API has asked for them
	_set_standing(doc, _stands(doc))


def forget(doctype: str, name: str) -> None:
	"""A document is deleted: so are the requests on it."""
	for approval in frappe.get_all(
		APPROVAL, {"reference_doctype": doctype, "reference_name": name}, pluck="name"
	):
		frappe.delete_doc(APPROVAL, approval, force=True, ignore_permissions=True, delete_permanently=True)


def _check_draft(doc) -> None:
	if doc.docstatus != 0:
		raise NoDraft(document=doc.name)


def _stands(doc) -> Standing:
	"""How a saved document stands now, by the rows that were below the floor when it was saved."""
	marked = [row for row in doc.items if row.crm_ext_below_floor]
	return standing(rates_of(marked), decisions(doc))


def _set_standing(doc, value: Standing) -> None:
	"""Keep the document in step; its time stamp stays, so that an open form can still be saved."""
	doc.db_set(STATUS, value.value, update_modified=False, notify=True)


def _line(one: Below) -> dict:
	row = one.row
	return {
		**{field: row.get(field) for field in ("item_code", "item_name", "qty", "uom")},
		"row": row.name,
		"rate": one.rate,
		"floor_rate": one.least,
		"cost": one.cost,
		"margin": margin_of(one.rate, one.cost),
		"floor": one.floor.name,
		"currency": row.parent_doc.currency,
	}


def _by_service(approval):
	approval.flags.by_service = True
	return approval


def may_decide(approval, doc, user: str | None = None) -> bool:
	"""Whether a user may decide on requests, and read this document: nobody approves what is hidden from them."""
	return frappe.has_permission(APPROVAL, "write", doc=approval, user=user) and frappe.has_permission(
		doc.doctype, "read", doc=doc, user=user
	)


def _deciders(approval, doc) -> list[str]:
	"""The enabled holders of the role who may decide on this request."""
	holders = frappe.get_all("Has Role", {"role": PRICE_OVERRIDE, "parenttype": "User"}, pluck="parent")
	users = frappe.get_all("User", {"name": ("in", holders), "enabled": 1}, pluck="name") if holders else []
	return [user for user in users if user != approval.requested_by and may_decide(approval, doc, user)]


def _person() -> str:
	return get_fullname(frappe.session.user)


def _tell(users: list[str], approval, subject: str, content: str) -> None:
	"""A message in the Desk, unless the user wants none. Frappe mails it on by its own settings."""
	from frappe.desk.doctype.notification_settings.notification_settings import is_notifications_enabled

	for user in users:
		if is_notifications_enabled(user):
			frappe.get_doc(
				doctype="Notification Log",
				for_user=user,
				type="Alert",
				document_type=APPROVAL,
				document_name=approval.name,
				subject=escape_html(subject),
				email_content=escape_html(content),
			).insert(ignore_permissions=True)  # a message to somebody else
