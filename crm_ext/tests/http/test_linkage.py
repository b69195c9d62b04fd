# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Linkage rules over REST, by real users: who may ask, who may make, and what must not be learned."""

import pytest

import frappe

from crm_ext.demo import data
from crm_ext.profile.slices import CustomerSlice
from crm_ext.profile.store import lock
from crm_ext.tests.http.test_permissions import told
from crm_ext.tests.parallel import commit_without_jobs, patiently

API = "crm_ext.linkage.api"
GAINED = {"trigger": "Tag Gained", "tag": "High Value"}
TITLE = "Welcome over HTTP"
SURVEY = {"event": "Survey Answered", "key": "http-survey-1", "facts": {"survey_score": 3}}
RUN = "http-linkage-run"


@pytest.fixture
def own(company) -> str:
	"""A customer that the restricted seller may see, with figures."""
	customer = company.customers[data.SELLER.customers[0]]
	lock(CustomerSlice.of([customer]))
	commit_without_jobs()
	return customer


@pytest.fixture
def foreign(company) -> str:
	return next(record for name, record in company.customers.items() if name not in data.SELLER.customers)


@pytest.fixture
def cleaned(company):
	"""Removes the rule and the events that the server committed."""

	def clean() -> None:
		frappe.db.delete("Linkage Run", {"rule": TITLE})
		frappe.db.delete("Linkage Event", {"trigger": SURVEY["event"]})
		frappe.delete_doc("Linkage Rule", TITLE, force=True, ignore_missing=True)
		frappe.db.after_commit.reset()

	patiently(clean)
	frappe.cache.delete_value("crm_ext_linkage_awaited")
	yield
	patiently(clean)
	frappe.cache.delete_value("crm_ext_linkage_awaited")


def make_rule(manager, **values):
	document = {
		"doctype": "Linkage Rule",
		"title": TITLE,
		**GAINED,
		"actions": [{"action": "Add Tag", "parameters": '{"tag": "Product-oriented"}'}],
		**values,
	}
	return manager.post("frappe.client.insert", doc=document)


@pytest.fixture
def dead_letter(cleaned, client, company, foreign):
	"""A dead letter of a customer that the restricted seller may not see."""
	assert make_rule(client(company.manager))[0] == 200
	frappe.db.rollback()
	frappe.db.sql(
		"""INSERT INTO `tabLinkage Run` (name, creation, modified, owner, modified_by, customer, rule, status, `trigger`,
			occurred_at, once_key) VALUES (%s, NOW(), NOW(), 'Administrator', 'Administrator', %s, %s, 'Dead Letter',
			'Tag Gained', NOW(), 'x')""",
		(RUN, foreign, TITLE),
	)
	frappe.db.commit()
	return RUN


def test_a_manager_makes_a_rule_and_asks_what_would_happen(client, company, own, cleaned):
	manager = client(company.manager)
	status, rule, _ = make_rule(manager, status="Active")
	assert (status, rule["status"], rule["actions"][0]["summary"] != "") == (200, "Active", True)
	status, answer, _ = manager.post(f"{API}.explain", customer=own, event=GAINED)
	assert status == 200
	(found,) = [one for one in answer["rules"] if one["rule"] == TITLE]
	assert (found["outcome"], found["actions"][0]["action"]) == ("Would Run", "Add Tag")
	frappe.db.rollback()
	assert not frappe.db.exists("Linkage Run", {"rule": TITLE})


def test_a_wrong_action_is_refused_by_row_and_field_and_nothing_is_written(client, company, cleaned):
	manager = client(company.manager)
	status, _, text = make_rule(manager, actions=[{"action": "Add Tag", "parameters": "{}"}])
	assert status == 417
	assert "row 1" in text and "Tag" in text
	frappe.db.rollback()
	assert not frappe.db.exists("Linkage Rule", TITLE)


def test_a_sales_user_may_ask_about_her_own_customers_and_make_nothing(client, company, own):
	seller = client(company.seller)
	assert seller.post(f"{API}.explain", customer=own, event=GAINED)[0] == 200
	assert seller.get(f"{API}.linkage_map")[0] == 200
	assert make_rule(seller)[0] == 403
	assert seller.post(f"{API}.dry_run", rule={"doctype": "Linkage Rule", "title": "x", **GAINED})[0] == 403
	assert seller.post(f"{API}.record_event", customer=own, **SURVEY)[0] == 403


def test_nobody_learns_of_a_customer_that_is_hidden(client, company, foreign):
	seller = client(company.seller)
	hidden = seller.post(f"{API}.explain", customer=foreign, event=GAINED)
	absent = seller.post(f"{API}.explain", customer="No Such Customer At All", event=GAINED)
	assert hidden[0] == absent[0] == 403
	assert told(hidden[2]) == told(absent[2])


def test_runs_of_a_hidden_customer_are_neither_listed_nor_told_nor_retried(client, company, dead_letter):
	seller = client(company.seller)
	_, rows, _ = seller.get(
		"frappe.client.get_list", doctype="Linkage Run", fields='["name"]', limit_page_length=0
	)
	assert dead_letter not in {row["name"] for row in rows}
	assert seller.get(f"{API}.run_of", run=dead_letter)[0] == 403
	assert seller.get(f"{API}.run_of", run="nothing")[0] == 403
	assert seller.post(f"{API}.retry", runs=[dead_letter])[0] == 403
	assert seller.post(f"{API}.dismiss", runs=[dead_letter], reason="x")[0] == 403


def test_a_manager_gives_a_dead_letter_up_with_a_reason(client, company, dead_letter):
	manager = client(company.manager)
	assert manager.post(f"{API}.dismiss", runs=[dead_letter], reason=" ")[0] == 417
	status, message, _ = manager.post(f"{API}.dismiss", runs=[dead_letter], reason="Closed its doors")
	assert (status, message) == (200, {"dismissed": 1})
	frappe.db.rollback()
	assert frappe.db.get_value("Linkage Run", dead_letter, ["status", "reason"]) == (
		"Cancelled",
		"Closed its doors",
	)


def test_an_outside_event_is_recorded_once_and_only_where_a_rule_waits(client, company, own, cleaned):
	manager = client(company.manager)
	assert manager.post(f"{API}.record_event", customer=own, **SURVEY)[1] == {"recorded": False}
	status, _, text = make_rule(
		manager,
		trigger="Survey Answered",
		tag=None,
		status="Observing",
		conditions=[{"fact": "survey_score", "operator": "<=", "value": "6"}],
	)
	assert status == 200, text
	for recorded in (True, False):
		status, message, _ = manager.post(f"{API}.record_event", customer=own, **SURVEY)
		assert (status, message) == (200, {"recorded": recorded})
	frappe.db.rollback()
	assert frappe.db.count("Linkage Event", {"trigger": "Survey Answered", "customer": own}) == 1
	status, _, text = manager.post(
		f"{API}.record_event", customer=own, **{**SURVEY, "facts": {"survey_score": "often"}}
	)
	assert status == 417 and "often" in text


def test_whether_a_hidden_document_exists_is_not_told(client, company, own):
	manager = client(company.manager)
	call = {"customer": own, **SURVEY, "reference_doctype": "User"}
	hidden = manager.post(f"{API}.record_event", reference_name="Administrator", **call)
	absent = manager.post(f"{API}.record_event", reference_name="nobody@example.com", **call)
	assert hidden[0] == absent[0] == 417
	assert told(hidden[2]).replace("Administrator", "") == told(absent[2]).replace("nobody@example.com", "")


@pytest.mark.parametrize("method", ["explain", "dry_run", "retry", "dismiss", "record_event", "summary"])
def test_what_computes_or_writes_refuses_get(client, company, method):
	assert client(company.manager).get(f"{API}.{method}")[0] == 403


def test_a_guest_gets_nothing(served, own):
	import requests

	for method in ("explain", "dry_run", "retry", "record_event", "linkage_map", "actions", "triggers"):
		answer = requests.post(f"{served}/api/method/{API}.{method}", json={"customer": own, "event": GAINED})
		assert answer.status_code == 403, method


def test_a_support_agent_whom_erpnext_lets_see_no_customer_sees_none_here(client, company, own):
	assert client(company.agent).post(f"{API}.explain", customer=own, event=GAINED)[0] == 403
