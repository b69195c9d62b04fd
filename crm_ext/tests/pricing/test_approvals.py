# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Prices below the floor are asked for with a reason, decided by somebody else, and hold while nothing gets worse."""

import pytest

import frappe
from frappe.utils import getdate

from crm_ext.exceptions import (
	NoDecision,
	NoDraft,
	NotBelowFloor,
	OwnRequest,
	ReasonMissing,
	RequestDecided,
)
from crm_ext.pricing import approvals, approvals_api
from crm_ext.tests import builders
from crm_ext.tests.pricing.people import APPROVER, SELLER, WRENCH, as_user, floor, person

pytestmark = pytest.mark.usefixtures("nothing_committed")

REASON = "A competitor sells it at 850"


@pytest.fixture(autouse=True)
def floors_of_the_test():
	floor(40)


@pytest.fixture
def seller() -> str:
	return person("Ann Plain", SELLER)


@pytest.fixture
def approver() -> str:
	return person("Bea Boss", SELLER, APPROVER)


@pytest.fixture
def draft(seller):
	"""An order of 10 wrenches at 900, under the floor of 1,000; the seller's."""
	customer = builders.customer()
	with as_user(seller):
		return builders.sales_order(customer, getdate(), items=[(WRENCH, 900, 10)], submit=False)


def request(doc, user: str, reason: str = REASON) -> str:
	with as_user(user):
		return approvals_api.request(doc.doctype, doc.name, reason)["approval"]


def decide(approval: str, user: str, decision: str = "Approved", note: str = "") -> None:
	with as_user(user):
		approvals_api.decide(approval, decision, note)


def save(doc, user: str, **values):
	with as_user(user):
		doc.reload()
		doc.items[0].update(values)
		doc.save()
	return standing(doc)


def standing(doc) -> str:
	return frappe.db.get_value(doc.doctype, doc.name, "crm_ext_price_approval") or ""


def status(approval: str) -> str:
	return frappe.db.get_value("Price Approval", approval, "status")


def told(user: str) -> list[str]:
	return frappe.get_all(
		"Notification Log", {"for_user": user, "document_type": "Price Approval"}, pluck="subject"
	)


def test_a_request_tells_what_is_asked_why_and_by_whom(draft, seller):
	doc = frappe.get_doc("Price Approval", request(draft, seller))
	assert (doc.status, doc.requested_by, doc.reason) == ("Requested", seller, REASON)
	assert (doc.customer, doc.company, doc.currency) == (draft.customer, draft.company, draft.currency)
	assert doc.shortfall == 1000
	line = doc.lines[0]
	assert (line.item_code, line.qty, line.rate, line.floor_rate, line.cost) == (WRENCH, 10, 900, 1000, 600)
	assert line.margin == pytest.approx(33.33, abs=0.01)
	assert standing(draft) == "Requested"


def test_an_approved_document_can_be_submitted(draft, seller, approver):
	decide(request(draft, seller), approver, note="Once")
	assert standing(draft) == "Approved"
	with as_user(seller):
		draft.reload().submit()
	assert (draft.docstatus, draft.crm_ext_price_approval) == (1, "Approved")


@pytest.mark.parametrize("decision", ["", "Rejected"])
def test_without_an_approval_it_cannot(draft, seller, approver, decision):
	approval = request(draft, seller)
	if decision:
		decide(approval, approver, decision, "Too low")
	said = "was rejected" if decision else "not decided yet"
	with as_user(seller), pytest.raises(frappe.ValidationError, match=said):
		draft.reload().submit()


@pytest.mark.parametrize(
	("changes", "after"),
	[
		({"qty": 500}, "Approved"),
		({"rate": 950}, "Approved"),
		({"rate": 899.99}, "Below Floor"),
		({"rate": 1000}, ""),
		({"item_code": "WB-PRESS", "item_name": "Arbor Press", "rate": 900}, "Below Floor"),
	],
)
def test_an_approval_holds_while_nothing_gets_worse(draft, seller, approver, changes, after):
	decide(request(draft, seller), approver)
	assert save(draft, seller, **changes) == after


def test_another_line_below_the_floor_needs_an_approval_of_its_own(draft, seller, approver):
	decide(request(draft, seller), approver)
	with as_user(seller):
		draft.reload()
		draft.append("items", {"item_code": "WB-PRESS", "qty": 1, "rate": 1, "delivery_date": getdate()})
		draft.save()
		assert standing(draft) == "Below Floor"
		with pytest.raises(frappe.ValidationError, match="Row 2"):
			draft.submit()
	decide(request(draft, seller), approver)
	assert standing(draft) == "Approved"


def test_a_form_that_says_approved_is_not_believed(draft, seller):
	with as_user(seller):
		draft.reload()
		draft.crm_ext_price_approval = "Approved"
		draft.save()
		assert standing(draft) == "Below Floor"
		draft.crm_ext_price_approval = "Approved"
		with pytest.raises(frappe.ValidationError, match="Row 1"):
			draft.submit()


def test_a_copy_is_not_approved(draft, seller, approver):
	decide(request(draft, seller), approver)
	with as_user(seller):
		copy = frappe.copy_doc(draft.reload())
		copy.insert()
	assert standing(copy) == "Below Floor"


def test_an_open_form_can_still_be_saved_after_a_request(draft, seller):
	draft.reload()
	request(draft, seller)
	with as_user(seller):
		draft.save()
	assert standing(draft) == "Requested"


def test_a_new_request_replaces_the_open_one(draft, seller):
	first = request(draft, seller)
	save(draft, seller, rate=850)
	assert standing(draft) == "Below Floor"
	second = request(draft, seller, "Even lower")
	assert (status(first), status(second), standing(draft)) == ("Withdrawn", "Requested", "Requested")


def test_an_approval_stays_when_a_lower_price_is_rejected(draft, seller, approver):
	decide(request(draft, seller), approver)
	save(draft, seller, rate=800)
	decide(request(draft, seller), approver, "Rejected", "Too low")
	assert standing(draft) == "Rejected"
	assert save(draft, seller, rate=900) == "Approved"


def test_raising_the_price_takes_the_own_request_back(draft, seller, approver):
	approval = request(draft, seller)
	assert save(draft, seller, rate=1000) == ""
	assert status(approval) == "Withdrawn"


def test_a_save_by_somebody_who_may_go_lower_leaves_the_request(draft, seller, approver):
	floor(0, role=APPROVER)
	approval = request(draft, seller)
	assert save(draft, approver, qty=11) == "Requested"
	decide(approval, approver)
	assert save(draft, seller, qty=12) == "Approved"


def test_whoever_may_go_lower_submits_without_the_approval_asked_for(draft, seller, approver):
	floor(0, role=APPROVER)
	approval = request(draft, seller)
	with as_user(approver):
		draft.reload().submit()
	assert (draft.docstatus, standing(draft), status(approval)) == (1, "", "Withdrawn")


def test_the_holders_of_the_role_are_told_and_then_who_asked(draft, seller, approver):
	bystander = person("Cara Clerk", SELLER)
	approval = request(draft, seller)
	assert told(approver) == [f"Ann Plain asks for your approval of the prices in Sales Order {draft.name}."]
	assert told(bystander) == told(seller) == []
	decide(approval, approver)
	assert told(seller) == [f"Bea Boss approved the prices in Sales Order {draft.name}."]


def test_who_may_not_read_the_document_is_not_told_and_may_not_decide(draft, seller):
	outsider = person("Otto Outside", APPROVER)
	approval = request(draft, seller)
	assert told(outsider) == []
	with pytest.raises(frappe.PermissionError):
		decide(approval, outsider)


def test_nobody_decides_on_a_request_of_ones_own(draft, approver):
	approval = request(draft, approver)
	with as_user(approver), pytest.raises(OwnRequest):
		approvals.decide(approval, "Approved")
	assert told(approver) == []


def test_administrator_does(draft):
	approvals.decide(approvals.request(draft.doctype, draft.name, REASON), "Approved")
	assert standing(draft) == "Approved"


def test_who_lacks_the_role_does_not_decide(draft, seller):
	approval = request(draft, seller)
	for user in (seller, person("Max Manager", SELLER, "Sales Manager")):
		with pytest.raises(frappe.PermissionError):
			decide(approval, user)


def test_a_request_is_decided_once(draft, seller, approver):
	approval = request(draft, seller)
	decide(approval, approver)
	with as_user(approver), pytest.raises(RequestDecided):
		approvals.decide(approval, "Rejected", "Changed my mind")


def test_a_request_needs_a_reason_and_a_rejection_too(draft, seller, approver):
	with pytest.raises(ReasonMissing):
		approvals.request(draft.doctype, draft.name, "  ")
	approval = request(draft, seller)
	with as_user(approver), pytest.raises(ReasonMissing):
		approvals.decide(approval, "Rejected")


def test_a_decision_is_one_of_two(draft, seller):
	with pytest.raises(NoDecision):
		approvals.decide(request(draft, seller), "Perhaps")


def test_prices_above_the_floor_need_no_approval(draft, seller):
	save(draft, seller, rate=1000)
	with pytest.raises(NotBelowFloor):
		approvals.request(draft.doctype, draft.name, REASON)


def test_what_is_submitted_cannot_be_approved_any_more(draft, seller, approver):
	approval = request(draft, seller)
	decide(approval, approver)
	with as_user(seller):
		draft.reload().submit()
	with pytest.raises(NoDraft):
		approvals.withdraw(approval)
	with pytest.raises(NoDraft):
		approvals.request(draft.doctype, draft.name, REASON)


def test_a_request_is_taken_back_by_who_asked(draft, seller):
	approval = request(draft, seller)
	with as_user(person("Cara Clerk", SELLER)), pytest.raises(frappe.PermissionError):
		approvals_api.withdraw(approval)
	with as_user(seller):
		approvals_api.withdraw(approval)
	assert (status(approval), standing(draft)) == ("Withdrawn", "Below Floor")


def test_an_approval_is_taken_back_by_who_may_decide(draft, seller, approver):
	approval = request(draft, seller)
	decide(approval, approver)
	with as_user(approver):
		approvals_api.withdraw(approval)
	assert standing(draft) == "Below Floor"


def test_an_approval_is_not_written_past_the_service(draft, seller, approver):
	doc = frappe.get_doc("Price Approval", request(draft, seller))
	with as_user(approver), pytest.raises(frappe.PermissionError, match="buttons"):
		doc.update({"status": "Approved"}).save()


def test_deleting_a_draft_deletes_its_requests(draft, seller):
	approval = request(draft, seller)
	frappe.delete_doc(draft.doctype, draft.name)
	assert not frappe.db.exists("Price Approval", approval)


def test_deleting_a_customer_deletes_its_requests(draft, seller):
	approval = request(draft, seller)
	customer = draft.customer
	frappe.db.delete("Sales Order Item", {"parent": draft.name})
	frappe.db.delete("Sales Order", draft.name)
	frappe.delete_doc("Customer", customer)
	assert not frappe.db.exists("Price Approval", approval)
