# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Rates of price matrices over REST, by real users: who may read and write, and what must not be learned."""

import pytest

import frappe

from crm_ext.demo import data
from crm_ext.tests.http.test_permissions import told
from crm_ext.tests.parallel import commit_without_jobs, patiently
from crm_ext.tests.pricing.sheets import GOODS, RATE, make_matrix, put

API = "crm_ext.pricing.rates_api"
MATRIX, ABROAD = "Rates over HTTP", "Rates Abroad over HTTP"
FIRST, SECOND, _ = GOODS
ROW = {"idx": 1, "item": SECOND, "value": "1,250"}
READING = (("get_rates", {}), ("check_rates", {"rows": [ROW]}), ("export", {}), ("template", {}))
WRITING = (("save_rates", {"rows": [ROW]}), ("import_file", {"file_url": "/private/files/none.csv"}))


def _clean_up():
	for title in (MATRIX, ABROAD):
		frappe.delete_doc("Price Matrix", title, force=True, ignore_missing=True)
	frappe.db.delete("User Permission", {"user": data.MANAGER.email, "allow": "Company"})
	frappe.clear_cache(user=data.MANAGER.email)


@pytest.fixture
def foreign(company) -> str:
	"""A customer that the seller may not see."""
	return next(record for name, record in company.customers.items() if name not in data.SELLER.customers)


@pytest.fixture
def own(company) -> str:
	return company.customers[data.SELLER.customers[0]]


@pytest.fixture
def matrix(company, own, foreign):
	"""A rate for everybody, one for a customer of the seller's, and one for somebody else's."""
	patiently(_clean_up)
	make_matrix(MATRIX)
	put(
		MATRIX,
		{"item": FIRST, "value": 1},
		{"item": FIRST, "customer": own, "value": 2},
		{"item": FIRST, "customer": foreign, "value": 3},
	)
	commit_without_jobs()
	yield MATRIX
	patiently(_clean_up)


@pytest.fixture
def restricted_manager(client, company, matrix):
	"""A manager who may see one company, and the matrix of another."""
	make_matrix(ABROAD, company=data.COMPANIES[1].name, currency=data.COMPANIES[1].currency)
	put(ABROAD, {"item": FIRST, "value": 9})
	permission = {"user": company.manager, "allow": "Company", "for_value": data.HOME.name}
	frappe.get_doc({"doctype": "User Permission", **permission}).insert()
	commit_without_jobs()
	return client(company.manager)


def values(answer) -> set[float]:
	assert answer[0] == 200, answer[2]
	return {row["value"] for row in answer[1]["rows"]}


def stored() -> int:
	frappe.db.rollback()
	return frappe.db.count(RATE, {"matrix": MATRIX})


def test_a_manager_reads_checks_and_writes(client, company, matrix):
	manager = client(company.manager)
	assert values(manager.get(f"{API}.get_rates", matrix=matrix)) == {1, 2, 3}
	assert manager.post(f"{API}.check_rates", matrix=matrix, rows=[ROW])[1] == {"errors": []}
	status, answer, _ = manager.post(f"{API}.save_rates", matrix=matrix, rows=[ROW])
	assert (status, answer["saved"], answer["rows"][0]["value"], stored()) == (200, 1, 1250, 4)
	faulty = manager.post(f"{API}.save_rates", matrix=matrix, rows=[{**ROW, "value": "x"}])
	assert (faulty[0], faulty[1]["errors"][0]["fieldname"], stored()) == (200, "value", 4)


def test_a_manager_takes_a_file_away_and_brings_it_back(client, company, matrix):
	manager = client(company.manager)
	address = f"{manager.base}/api/method/{API}.export"
	content = manager.session.get(address, params={"matrix": matrix, "file_type": "XLSX"}).content
	upload = manager.session.post(
		f"{manager.base}/api/method/upload_file",
		files={"file": ("rates.xlsx", content)},
		data={"is_private": 1},
	).json()["message"]
	status, answer, text = manager.post(
		f"{API}.import_file", matrix=matrix, file_url=upload["file_url"], mode="Replace All", dry_run=0
	)
	assert status == 200, text
	frappe.db.rollback()
	done = frappe.get_doc("Price Matrix Import", answer["import"])
	assert (done.status, done.unchanged, done.removed, done.owner) == ("Imported", 3, 0, company.manager)
	frappe.delete_doc("File", upload["name"], force=True)
	commit_without_jobs()


def test_a_seller_reads_the_rates_of_her_customers_and_writes_none(client, company, matrix):
	seller = client(company.seller)
	assert values(seller.get(f"{API}.get_rates", matrix=matrix)) == {1, 2}
	assert seller.get(f"{API}.get_rates", matrix=matrix)[1]["total"] == 2
	for method, arguments in (*WRITING, ("export", {})):
		assert seller.post(f"{API}.{method}", matrix=matrix, **arguments)[0] == 403
	assert stored() == 3


@pytest.mark.parametrize("method, arguments", READING + WRITING)
def test_who_has_no_business_with_prices_learns_nothing(client, company, matrix, method, arguments):
	agent = client(data.AGENT.email)
	hidden = agent.post(f"{API}.{method}", matrix=matrix, **arguments)
	absent = agent.post(f"{API}.{method}", matrix="No Such Matrix", **arguments)
	assert hidden[0] == absent[0] == 403
	assert told(hidden[2]) == told(absent[2])


@pytest.mark.parametrize("method, arguments", READING + WRITING)
def test_the_matrix_of_another_company_is_as_if_it_were_not(restricted_manager, method, arguments):
	hidden = restricted_manager.post(f"{API}.{method}", matrix=ABROAD, **arguments)
	absent = restricted_manager.post(f"{API}.{method}", matrix="No Such Matrix", **arguments)
	assert hidden[0] == absent[0] == 403
	assert told(hidden[2]) == told(absent[2])


def test_lists_hide_the_rates_of_another_companys_matrix(restricted_manager):
	everywhere = {"doctype": RATE, "fields": '["matrix", "value"]', "limit_page_length": 0}
	status, found, text = restricted_manager.get("frappe.client.get_list", **everywhere)
	assert status == 200, text
	assert {1, 2, 3} <= {row["value"] for row in found if row["matrix"] == MATRIX}
	assert not [row for row in found if row["matrix"] == ABROAD]
	name = frappe.db.get_value(RATE, {"matrix": ABROAD})
	assert restricted_manager.get("frappe.client.get", doctype=RATE, name=name)[0] == 403


def test_writing_wants_post(client, company, matrix):
	manager = client(company.manager)
	for method, arguments in WRITING:
		arguments = {key: frappe.as_json(value) for key, value in arguments.items()}
		assert manager.get(f"{API}.{method}", matrix=matrix, **arguments)[0] == 403
	assert stored() == 3


def test_a_file_of_somebody_else_is_not_imported(client, company, matrix):
	file = {"doctype": "File", "file_name": "theirs.csv", "content": b"Item,Value\n", "is_private": 1}
	url = frappe.get_doc(file).insert().file_url
	commit_without_jobs()
	status, _, text = client(company.manager).post(f"{API}.import_file", matrix=matrix, file_url=url)
	absent = client(company.manager).post(f"{API}.import_file", matrix=matrix, file_url=url + "x")
	assert (status, absent[0]) == (417, 417)
	assert told(text).replace(url, "") == told(absent[2]).replace(url + "x", "")
	frappe.delete_doc("File", frappe.db.get_value("File", {"file_url": url}), force=True)
	commit_without_jobs()
