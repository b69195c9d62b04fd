# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Approvals of prices over REST, by real users: who may ask, who decides, and what must not be learned."""

from functools import cache

import pytest

import frappe
from frappe.utils import getdate
from frappe.utils.password import update_password

from crm_ext.demo import data
from crm_ext.pricing import compiled
from crm_ext.tests import builders
from crm_ext.tests.http.conftest import Client
from crm_ext.tests.http.test_permissions import told
from crm_ext.tests.parallel import commit_without_jobs, patiently
from crm_ext.tests.pricing.people import APPROVER, SELLER, WRENCH, floor, person

API = "crm_ext.pricing.approvals_api"
REASON = "A competitor sells it at 850"
COSTS = ("cost", "margin", "floor_rate")
PEOPLE = {"Bea Boss": (SELLER, APPROVER), "Otto Outside": (APPROVER,), "Rita Restricted": (SELLER, APPROVER)}


@pytest.fixture(scope="module")
def own(company) -> str:
	return company.customers[data.SELLER.customers[0]]


@pytest.fixture(scope="module")
def foreign(company) -> str:
	return next(record for name, record in company.customers.items() if name not in data.SELLER.customers)


@pytest.fixture(scope="module")
def log_in(served, company, foreign):
	"""`log_in(user)`, once for each; the people of these tests and a floor are on the site meanwhile."""
	_clean()
	for name, roles in PEOPLE.items():
		update_password(person(name, *roles), data.PASSWORD)
	# she may see only the customer that the seller may not
	permission = {"user": person("Rita Restricted"), "allow": "Customer", "for_value": foreign}
	frappe.get_doc({"doctype": "User Permission", **permission}).insert()
	floor(40, description="http")
	commit_without_jobs()
	yield cache(lambda user: Client(served, user, data.PASSWORD))
	_clean()


@pytest.fixture
def on_site(log_in, own, foreign):
	"""Drafts under the floor for both customers, committed and taken away again."""
	drafts = {
		customer: builders.sales_order(customer, getdate(), items=[(WRENCH, 900, 2)], submit=False).name
		for customer in (own, foreign)
	}
	commit_without_jobs()
	yield drafts
	patiently(_delete_drafts)


def _delete_drafts() -> None:
	orders = frappe.get_all(
		"Sales Order Item", {"rate": 900, "item_code": WRENCH, "docstatus": 0}, pluck="parent"
	)
	for name in orders:
		frappe.delete_doc("Sales Order", name, force=True)


def _clean() -> None:
	def clean() -> None:
		people = [f"{frappe.scrub(name)}@floors.example" for name in PEOPLE]
		_delete_drafts()
		for name in frappe.get_all("Price Floor", {"description": "http"}, pluck="name"):
			frappe.delete_doc("Price Floor", name, force=True)
		frappe.db.delete("User Permission", {"user": ("in", people)})
		for name in people:
			frappe.delete_doc("User", name, force=True, ignore_missing=True)

	patiently(clean)
	compiled.forget()
	commit_without_jobs()


@pytest.fixture
def draft(on_site, own) -> str:
	return on_site[own]


@pytest.fixture
def seller(log_in, company):
	return log_in(company.seller)


@pytest.fixture
def boss(log_in):
	return log_in(person("Bea Boss"))


@pytest.fixture
def approval(seller, draft) -> str:
	status, message, text = ask(seller, draft)
	assert status == 200, text
	return message["approval"]


def ask(user, draft: str, **values):
	return user.post(
		f"{API}.request", **{"doctype": "Sales Order", "name": draft, "reason": REASON, **values}
	)


def decide(user, approval: str, decision: str = "Approved", note: str = "Fine") -> int:
	return user.post(f"{API}.decide", approval=approval, decision=decision, note=note)[0]


def standing(draft: str) -> str:
	frappe.db.rollback()
	return frappe.db.get_value("Sales Order", draft, "crm_ext_price_approval")


def test_a_seller_asks_and_a_holder_of_the_role_approves(boss, approval, draft):
	assert standing(draft) == "Requested"
	assert decide(boss, approval) == 200
	assert standing(draft) == "Approved"


def test_a_seller_does_not_decide_nor_a_manager_without_the_role(log_in, company, seller, approval, draft):
	assert decide(seller, approval) == decide(log_in(company.manager), approval) == 403
	assert standing(draft) == "Requested"


@pytest.mark.parametrize("outsider", ["Otto Outside", "Rita Restricted"])
def test_who_may_not_see_the_document_or_its_customer_does_not_decide(log_in, approval, draft, outsider):
	user = log_in(person(outsider))
	assert decide(user, approval) == 403
	assert user.post(f"{API}.withdraw", approval=approval)[0] == 403
	assert standing(draft) == "Requested"


def test_requests_are_listed_only_for_who_may_read_the_customer(log_in, boss, approval):
	def listed(user) -> list:
		return [one["name"] for one in user.get("frappe.client.get_list", doctype="Price Approval")[1]]

	assert approval in listed(boss)
	assert listed(log_in(person("Rita Restricted"))) == []


def test_nobody_asks_for_a_document_that_is_not_theirs_to_write(log_in, company, seller, on_site, foreign):
	assert ask(seller, on_site[foreign])[0] == 403
	assert ask(log_in(data.AGENT.email), on_site[foreign])[0] == 403


def test_whether_a_request_exists_is_not_told(log_in, approval):
	user = log_in(person("Rita Restricted"))
	hidden = user.post(f"{API}.decide", approval=approval, decision="Approved")
	absent = user.post(f"{API}.decide", approval="no-such", decision="Approved")
	assert hidden[0] == absent[0] == 403
	assert told(hidden[2]) == told(absent[2])


def test_the_seller_reads_the_request_without_the_cost(seller, boss, approval):
	def read(user) -> dict:
		status, message, text = user.get("frappe.client.get", doctype="Price Approval", name=approval)
		assert status == 200, text
		return message

	mine, theirs = read(seller), read(boss)
	assert mine["reason"] == REASON and mine["lines"][0]["rate"] == 900
	assert not [name for name in COSTS if mine["lines"][0].get(name)] and not mine.get("shortfall")
	assert [theirs["lines"][0][name] for name in ("cost", "floor_rate")] == [600, 1000]
	assert theirs["shortfall"] == 200


def test_the_status_is_not_written_past_the_service(boss, approval, draft):
	answer = boss.post(
		"frappe.client.set_value",
		doctype="Price Approval",
		name=approval,
		fieldname="status",
		value="Approved",
	)
	assert answer[0] == 403
	assert standing(draft) == "Requested"


def test_asking_and_deciding_are_posts(seller, boss, draft, approval):
	assert seller.get(f"{API}.request", doctype="Sales Order", name=draft, reason=REASON)[0] == 403
	assert boss.get(f"{API}.decide", approval=approval, decision="Approved")[0] == 403
	assert standing(draft) == "Requested"


@pytest.mark.parametrize("values", [{"reason": " "}, {"doctype": "Customer"}])
def test_a_request_that_makes_no_sense_is_answered_with_a_sentence(seller, draft, values):
	status, _message, text = ask(seller, draft, **values)
	assert status == 417
	assert "Give a reason" in text or "Prices are approved in" in text


def test_submitting_below_the_floor_is_answered_with_the_line(seller, draft):
	doc = seller.get("frappe.client.get", doctype="Sales Order", name=draft)[1]
	status, _message, text = seller.post("frappe.client.submit", doc=doc)
	assert status == 417
	assert "Row 1" in text
	assert standing(draft) == "Below Floor"


def test_deviations_are_accepted_only_by_who_may_write_them(seller, log_in, company):
	arguments = {"deviations": [], "note": "Fine"}
	assert seller.post("crm_ext.pricing.drift_api.accept", **arguments)[0] == 403
	assert log_in(company.manager).post("crm_ext.pricing.drift_api.accept", **arguments)[0] == 200
