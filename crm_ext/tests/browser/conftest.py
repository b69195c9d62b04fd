# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt
"""A real Chromium before a real server of the test site.

CRM_EXT_TEST_URL names the server. The server sees only what is committed: the profiles and tags that these tests
need are committed once and taken away again at the end.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_ext.tests.browser.desk import URL, Desk

CHROMIUM = os.environ.get("CRM_EXT_CHROMIUM", "/usr/bin/chromium")

FLAGS = (
	"--no-sandbox",
	"--disable-gpu",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
	"--no-first-run",
)

OURS = ("Customer Profile", "Customer Tag Assignment", "Profile Refresh Request")


def pytest_collection_modifyitems(items):
	if URL or os.environ.get("CI"):
		return
	skip = pytest.mark.skip(reason="CRM_EXT_TEST_URL is not set: no server to look at")
	for item in items:
		if Path(__file__).parent in Path(item.path).parents:
			item.add_marker(skip)


@pytest.fixture(scope="package")
def tagged(company):
	"""The demo company with its profiles and tags, committed; gone again afterwards."""
	import frappe

	from crm_ext.profile.service import refresh
	from crm_ext.tags.announce import announce
	from crm_ext.tags.mirror import sync

	if not URL:
		pytest.fail("CRM_EXT_TEST_URL is not set: the browser tests need a server of the test site.")
	frappe.set_user("Administrator")
	before = {doctype: set(frappe.get_all(doctype, pluck="name")) for doctype in OURS}
	refresh(commit=True)
	announce()
	frappe.db.commit()  # its last look for events left locks that the server would wait for
	yield company
	frappe.db.rollback()
	for doctype in OURS:
		for name in set(frappe.get_all(doctype, pluck="name")) - before[doctype]:
			frappe.db.delete(doctype, {"name": name})
	sync(frappe.get_all("Customer", pluck="name"))
	frappe.db.commit()


@pytest.fixture(scope="package")
def browser() -> Iterator:
	from playwright.sync_api import expect, sync_playwright

	expect.set_options(timeout=15_000)
	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=list(FLAGS))
		yield browser
		browser.close()


@pytest.fixture
def desk_of(browser, tagged):
	"""`desk_of(user)` logs in; at the end no Desk may have complained."""
	from crm_ext.demo.data import PASSWORD

	desks = []

	def log_in(user: str) -> Desk:
		context = browser.new_context(viewport={"width": 1360, "height": 900}, locale="en-GB")
		context.set_default_timeout(30_000)
		desks.append(Desk(context.new_page()))
		return desks[-1].log_in(user, PASSWORD)

	yield log_in
	for desk in desks:
		desk.page.context.close()
	assert [complaint for desk in desks for complaint in desk.complaints] == []


@pytest.fixture
def manager(desk_of, tagged) -> Desk:
	return desk_of(tagged.manager)


@pytest.fixture
def seller(desk_of, tagged) -> Desk:
	return desk_of(tagged.seller)
