# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Who may do what over REST, and what must not be learned."""

import re

import pytest

from crm_ext.demo import data

READING = (
	("crm_ext.tags.api.tags_of", {}),
	("crm_ext.tags.api.history_of", {}),
	("crm_ext.tags.api.outlook", {}),
	("crm_ext.profile.api.profile_of", {}),
)
WRITING = (
	("crm_ext.tags.api.assign", {"tag": "High Value", "reason": "Because."}),
	("crm_ext.tags.api.remove", {"tag": "High Value", "reason": "Because."}),
)


@pytest.fixture
def own(company) -> str:
	"""A customer that the restricted sales user may see."""
	return company.customers[data.SELLER.customers[0]]


@pytest.fixture
def foreign(company) -> str:
	"""One that she may not."""
	return next(record for name, record in company.customers.items() if name not in data.SELLER.customers)


@pytest.mark.parametrize("method, arguments", READING)
def test_a_restricted_user_reads_her_own_customer(client, company, own, method, arguments):
	status, message, _ = client(company.seller).get(method, customer=own, **arguments)
	assert status == 200
	assert message is not None


@pytest.mark.parametrize("method, arguments", READING + WRITING)
def test_a_user_without_access_learns_nothing_not_even_whether_the_customer_exists(
	client, company, foreign, method, arguments
):
	seller = client(company.seller)
	call = seller.post
	hidden = call(method, customer=foreign, **arguments)
	absent = call(method, customer="No Such Customer At All", **arguments)
	assert hidden[0] == absent[0] == 403
	assert foreign not in hidden[2]
	assert told(hidden[2]).replace(foreign, "") == told(absent[2]).replace("No Such Customer At All", "")


def told(answer: str) -> str:
	"""The answer without the random number by which Frappe finds its exception again."""
	return re.sub(r"\b[0-9a-f]{56}\b", "", answer)


def test_why_tells_nothing_about_an_assignment_of_a_hidden_customer(client, company, foreign, committed):
	manager, seller = client(company.manager), client(company.seller)
	_, given, _ = manager.post(
		"crm_ext.tags.api.assign", customer=foreign, tag="Product-oriented", reason="To be hidden."
	)
	hidden = seller.get("crm_ext.tags.api.why", assignment=given["assignment"])
	absent = seller.get("crm_ext.tags.api.why", assignment="nothing")
	assert hidden[0] == absent[0] == 403
	assert "hidden" not in hidden[2]


@pytest.mark.parametrize("doctype", ["Customer Profile", "Customer Tag Assignment"])
def test_lists_show_a_restricted_user_only_her_own_customers(client, company, doctype):
	status, rows, _ = client(company.seller).get(
		"frappe.client.get_list", doctype=doctype, fields='["customer"]', limit_page_length=0
	)
	assert status == 200
	allowed = {company.customers[name] for name in data.SELLER.customers}
	assert {row["customer"] for row in rows} <= allowed


@pytest.mark.parametrize("method, arguments", WRITING)
def test_a_sales_user_reads_but_does_not_write(client, company, own, method, arguments):
	seller = client(company.seller)
	assert seller.get("crm_ext.tags.api.tags_of", customer=own)[0] == 200
	assert seller.post(method, customer=own, **arguments)[0] == 403


@pytest.mark.parametrize("method, arguments", READING + WRITING)
def test_a_support_agent_whom_erpnext_lets_see_no_customer_sees_none_here(
	client, company, own, method, arguments
):
	assert client(company.agent).post(method, customer=own, **arguments)[0] == 403


@pytest.mark.parametrize("method", ["assign", "remove", "refresh", "simulate"])
def test_what_writes_or_computes_refuses_get(client, company, method):
	assert client(company.manager).get(f"crm_ext.tags.api.{method}")[0] == 403


def test_a_sales_user_can_neither_refresh_all_nor_simulate(client, company):
	seller = client(company.seller)
	assert seller.post("crm_ext.tags.api.refresh")[0] == 403
	assert seller.post("crm_ext.tags.api.simulate", tag="High Value")[0] == 403


def test_a_guest_gets_nothing(served, own):
	import requests

	for method, arguments in READING + WRITING:
		answer = requests.post(f"{served}/api/method/{method}", json={"customer": own, **arguments})
		assert answer.status_code == 403, method


def test_a_sales_manager_gives_and_removes_a_tag(client, company, own, committed):
	manager = client(company.manager)
	call = {"customer": own, "tag": "Product-oriented", "reason": "She said so."}
	status, given, _ = manager.post("crm_ext.tags.api.assign", **call)
	assert status == 200
	_, tags, _ = manager.get("crm_ext.tags.api.tags_of", customer=own)
	row = next(row for row in tags if row["assignment"] == given["assignment"])
	assert (row["tag"], row["source"], row["reason"]) == ("Product-oriented", "Manual", "She said so.")
	_, why, _ = manager.get("crm_ext.tags.api.why", assignment=given["assignment"])
	assert "She said so." in why["sentence"]
	status, _, _ = manager.post("crm_ext.tags.api.remove", **{**call, "reason": "She changed her mind."})
	assert status == 200
	_, tags, _ = manager.get("crm_ext.tags.api.tags_of", customer=own)
	assert all(row["tag"] != "Product-oriented" for row in tags)


def test_bad_input_names_the_field_and_writes_nothing(client, company, own, committed):
	manager = client(company.manager)
	status, _, text = manager.post(
		"crm_ext.tags.api.assign", customer=own, tag="Product-oriented", reason="Late.", until="2020-01-01"
	)
	assert status == 417 and "Valid Until" in text
	status, _, text = manager.post("crm_ext.tags.api.assign", customer=own, tag="No Such Tag", reason="?")
	assert status == 404 and "No Such Tag" in text
	_, tags, _ = manager.get("crm_ext.tags.api.tags_of", customer=own)
	assert all(row["tag"] != "Product-oriented" for row in tags)


def test_an_unsaved_tag_can_be_simulated(client, company):
	document = {
		"doctype": "Customer Tag",
		"tag_name": "Colossal",
		"tag_group": "Value",
		"rank": 99,
		"conditions": [{"fact": "revenue_365d", "operator": ">=", "value": "500000"}],
	}
	status, result, _ = client(company.manager).post("crm_ext.tags.api.simulate", tag=document)
	assert status == 200
	assert {"gains", "losses", "unchanged", "flow", "sample"} <= set(result)


def test_a_program_with_a_key_of_its_own_is_told_from_a_person(served, company, own, committed):
	import requests

	import frappe

	frappe.db.commit()
	user = frappe.get_doc("User", company.manager)
	user.api_key, user.api_secret = "willow-key", "willow-secret"
	user.save(ignore_permissions=True)
	frappe.db.commit()
	answer = requests.post(
		f"{served}/api/method/crm_ext.tags.api.assign",
		headers={"Authorization": "token willow-key:willow-secret"},
		json={"customer": own, "tag": "Product-oriented", "reason": "The shop system says so."},
	)
	assert answer.status_code == 200
	frappe.db.rollback()
	assignment = answer.json()["message"]["assignment"]
	assert frappe.db.get_value("Customer Tag Assignment", assignment, "source") == "API"
