# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Who may check prices and ask for the impact of a matrix over REST, and what must not be learned."""

import pytest

import frappe

from crm_ext.demo import data
from crm_ext.tests.pricing.a_matrix import matrix

COMPARE, LADDER = "crm_ext.pricing.check_api.compare", "crm_ext.pricing.check_api.ladder"
START, STATUS, LINES = (f"crm_ext.pricing.impact_api.{name}" for name in ("start", "status", "lines"))
LATEST = "crm_ext.pricing.impact_api.latest"
MATRIX = "Asked over REST"


@pytest.fixture
def own(company) -> str:
	"""A customer that the restricted sales user may see."""
	return company.customers[data.SELLER.customers[0]]


@pytest.fixture
def foreign(company) -> str:
	"""One that she may not."""
	return next(record for name, record in company.customers.items() if name not in data.SELLER.customers)


@pytest.fixture
def asked(company):
	"""A matrix in draft, committed for the server to see; gone again afterwards, with what was asked about it."""
	name = matrix(MATRIX, {"item": data.VISIT.code, "Discount": 10})
	frappe.db.commit()
	yield name
	frappe.db.rollback()
	frappe.delete_doc("Price Matrix", name, force=True)
	frappe.db.commit()


def basket(customer: str) -> dict:
	return {
		"company": data.HOME.name,
		"customer": customer,
		"price_list": data.PRICE_LISTS[0][0],
		"lines": [{"key": "a", "item_code": data.VISIT.code, "qty": 2}],
	}


def test_a_seller_checks_the_price_of_her_own_customer(client, company, own):
	status, answer, _ = client(company.seller).post(COMPARE, left=basket(own))
	assert status == 200
	assert answer["lines"][0]["left"]["base_rate"] == data.VISIT.price
	assert client(company.seller).post(LADDER, basket=basket(own), key="a")[0] == 200


def test_she_learns_nothing_of_another_customer_on_either_side(client, company, own, foreign):
	seller = client(company.seller)
	hidden = seller.post(COMPARE, left=basket(foreign))
	absent = seller.post(COMPARE, left=basket("No Such Customer At All"))
	assert hidden[0] == absent[0] == 403
	assert foreign not in hidden[2]
	assert seller.post(COMPARE, left=basket(own), right=basket(foreign))[0] == 403
	assert seller.post(LADDER, basket=basket(foreign), key="a")[0] == 403


def test_a_support_agent_who_sees_no_items_checks_no_price(client, company, own):
	assert client(company.agent).post(COMPARE, left=basket(own))[0] == 403


@pytest.mark.parametrize("method", [COMPARE, LADDER, START, LINES])
def test_what_computes_refuses_get(client, company, method):
	assert client(company.manager).get(method)[0] == 403


def test_a_guest_gets_nothing(served):
	import requests

	for method in (COMPARE, LADDER, START, STATUS, LATEST, LINES):
		assert requests.post(f"{served}/api/method/{method}", json={}).status_code == 403, method


def test_a_manager_asks_what_a_matrix_would_change_and_for_the_lines_behind_it(client, company, asked):
	manager = client(company.manager)
	status, answer, _ = manager.post(START, matrix=asked, months=3)
	assert (status, answer["status"], answer["stale"]) == (200, "Done", False)
	assert set(answer["result"]) >= {"revenue", "margin", "pay_less", "pay_more", "items", "months", "method"}
	assert manager.get(LATEST, matrix=asked)[1]["name"] == answer["name"]
	found = manager.post(LINES, name=answer["name"], item_code=data.VISIT.code)[1]
	assert set(found) == {"rows", "total"}


def test_a_seller_may_neither_ask_nor_read_answers(client, company, asked):
	name = client(company.manager).post(START, matrix=asked, months=1)[1]["name"]
	seller = client(company.seller)
	assert seller.post(START, matrix=asked, months=1)[0] == 403
	assert seller.get(STATUS, name=name)[0] == 403
	assert seller.get(LATEST, matrix=asked)[0] == 403
	assert seller.post(LINES, name=name, item_code=data.VISIT.code)[0] == 403
	read = seller.get("frappe.client.get_list", doctype="Price Matrix Impact")
	assert read[0] == 403


def test_an_answer_is_for_who_asked(client, company, asked):
	frappe.db.commit()
	name = client(company.manager).post(START, matrix=asked, months=1)[1]["name"]
	frappe.db.rollback()
	frappe.db.set_value("Price Matrix Impact", name, "owner", "Administrator")
	frappe.db.commit()
	assert client(company.manager).get(STATUS, name=name)[0] == 403
