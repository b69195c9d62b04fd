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
	_forget_what_redis_kept()


def _forget_what_redis_kept():
	"""A rollback does not reach the caches."""
	import frappe

	frappe.clear_document_cache("CRM Ext Settings", "CRM Ext Settings")
	for key in ("notifications", "webhooks"):
		frappe.cache.delete_keys(key)
