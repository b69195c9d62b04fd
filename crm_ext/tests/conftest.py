# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt
"""One connection to the test site, the invented company on it, and a rollback after every test.

The site is named by CRM_EXT_TEST_SITE; pytest runs in the bench's `sites` folder. Pure tests need neither.
"""

import os

import pytest

PURE = "tests/pure/"


@pytest.fixture(scope="session")
def site():
	import frappe

	name = os.environ.get("CRM_EXT_TEST_SITE")
	if not name:
		pytest.exit("CRM_EXT_TEST_SITE is not set: run ./dev test, or ./dev test pure without a site.", 2)
	frappe.init(name, sites_path=".")
	frappe.connect()
	frappe.flags.in_test = frappe.in_test = True  # the one up to version 15, the other from 16 on
	yield name
	frappe.db.rollback()
	frappe.destroy()


@pytest.fixture(scope="session")
def company(site):
	"""The invented trading company of crm_ext.demo, committed once for the whole run."""
	import frappe

	from crm_ext.demo.install import install

	frappe.set_user("Administrator")
	installed = install()
	frappe.db.commit()
	return installed


@pytest.fixture
def buyer(company) -> str:
	"""A customer without documents."""
	from crm_ext.tests.builders import customer

	return customer()


@pytest.fixture
def figures():
	"""`figures("Name", revenue_365d=1)` makes a customer with just these figures, and returns its name."""
	import frappe

	def make(title: str, company: str = "", **values) -> str:
		if not frappe.db.exists("Customer", title):
			frappe.get_doc(
				doctype="Customer",
				customer_name=title,
				customer_group=frappe.db.get_value("Customer Group", {"is_group": 0}),
				territory=frappe.db.get_value("Territory", {"is_group": 0}),
			).insert()
		frappe.db.delete("Customer Profile", {"customer": title, "company": company})
		columns = {"name": frappe.generate_hash(length=12), "customer": title, "company": company, **values}
		frappe.db.sql(
			f"""INSERT INTO `tabCustomer Profile` ({", ".join(f"`{c}`" for c in columns)})
			VALUES ({", ".join(["%s"] * len(columns))})""",
			list(columns.values()),
		)
		return title

	return make


@pytest.fixture
def queries():
	"""`queries(function)` counts the statements that a call sends to the database."""
	import frappe

	def count(call) -> int:
		sent = []
		execute = frappe.db._cursor.execute

		def counted(query, *args, **kwargs):
			sent.append(query)
			return execute(query, *args, **kwargs)

		frappe.db._cursor.execute = counted
		try:
			call()
		finally:
			frappe.db._cursor.execute = execute
		return len(sent)

	return count


@pytest.fixture(autouse=True)
def rolled_back(request):
	if PURE in request.node.nodeid.replace(os.sep, "/"):
		yield
		return
	request.getfixturevalue("company")
	import frappe

	frappe.set_user("Administrator")
	yield
	frappe.db.rollback()
	frappe.set_user("Administrator")
	frappe.clear_messages()
	_forget_what_was_kept()


def _forget_what_was_kept():
	"""A rollback does not reach the caches; a test is a request of its own."""
	import frappe

	frappe.local.crm_ext_price_phrases = {}
	for settings in ("CRM Ext Settings", "Stock Settings"):
		frappe.clear_document_cache(settings, settings)
	for key in ("notifications", "webhooks"):
		frappe.cache.delete_keys(key)
