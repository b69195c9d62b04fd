# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Real users of each role against the served site, over HTTP, with sessions of their own."""

import os

import pytest
import requests


class Client:
	"""A logged-in user. `get` and `post` return (status code, message or None)."""

	def __init__(self, base: str, user: str, password: str):
		self.base = base
		self.session = requests.Session()
		answer = self.session.post(f"{base}/api/method/login", data={"usr": user, "pwd": password})
		assert answer.status_code == 200, answer.text
		csrf = self.session.get(f"{base}/app").text.partition('csrf_token = "')[2].partition('"')[0]
		self.session.headers["X-Frappe-CSRF-Token"] = csrf

	def get(self, method: str, **arguments):
		return _read(self.session.get(f"{self.base}/api/method/{method}", params=arguments))

	def post(self, method: str, **arguments):
		return _read(self.session.post(f"{self.base}/api/method/{method}", json=arguments))


def _read(answer: requests.Response):
	body = answer.json() if "json" in answer.headers.get("Content-Type", "") else {}
	return answer.status_code, body.get("message"), answer.text


@pytest.fixture(scope="session")
def served() -> str:
	url = os.environ.get("CRM_EXT_TEST_URL")
	if not url:
		message = "CRM_EXT_TEST_URL is not set: ./dev test serves the site and sets it."
		pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
	return url


@pytest.fixture
def client(served, company):
	"""`client(email)` logs a demo user in."""
	from crm_ext.demo.data import PASSWORD

	return lambda user: Client(served, user, PASSWORD)


@pytest.fixture
def committed(company):
	"""Undo by hand what the server committed: removes the assignments given during the test."""
	import frappe

	frappe.db.commit()
	before = set(frappe.get_all("Customer Tag Assignment", pluck="name"))
	open_before = set(frappe.get_all("Customer Tag Assignment", {"closed_key": ""}, pluck="name"))
	yield
	frappe.db.rollback()
	added = set(frappe.get_all("Customer Tag Assignment", pluck="name")) - before
	frappe.db.delete("Customer Tag Assignment", {"name": ("in", list(added) or [""])})
	frappe.db.sql(
		"""UPDATE `tabCustomer Tag Assignment` SET closed_key = '', until = NULL, end_reason = NULL
		WHERE name IN %s AND closed_key > ''""",
		(tuple(open_before) or ("",),),
	)
	frappe.db.commit()
