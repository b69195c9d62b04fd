# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt
"""A real Chromium before a real server of the test site.

CRM_EXT_TEST_URL names the server. The server sees only what is committed: the profiles and tags that these tests
need are committed once and taken away again at the end.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

URL = os.environ.get("CRM_EXT_TEST_URL", "").rstrip("/")
CHROMIUM = os.environ.get("CRM_EXT_CHROMIUM", "/usr/bin/chromium")
IMAGES = Path(__file__).parents[3] / "docs" / "images"

FLAGS = (
	"--no-sandbox",
	"--disable-gpu",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
	"--no-first-run",
)

OURS = ("Customer Profile", "Customer Tag Assignment", "Profile Refresh Request")

HARMLESS = ("socket.io", "/private/files/", "favicon")
"""Console errors about these say nothing about the app: the tests run without the realtime server."""

CHART_REDRAWN = "Failed to execute 'removeChild' on 'Node'"
"""Frappe's own charts say so when the page's width changes while they are still being animated."""

ROW_WITHOUT_THE_FIELD = "at frappe.format"
"""Where Frappe 16 fails itself on what ERPNext answers about a row and the row has no field for (`has_margin`)."""

MISNAMED = "frappe.template.compile(...) is not a function"
"""Frappe gives the loop variables of its templates three random letters: once in some thousand pages they are a word
of JavaScript (“for”, “new”, “try”, “var”), and the page is not drawn."""


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


@dataclass
class Desk:
	"""One user's Desk in a window of its own, and what its console complained about."""

	page: object
	complaints: list[str] = field(default_factory=list)
	harmless: tuple[str, ...] = HARMLESS
	misnamed: bool = False

	def __post_init__(self):
		self.page.on("pageerror", self._error)
		self.page.on("console", self._listen)

	def _error(self, error):
		if MISNAMED in str(error):
			self.misnamed = True
		elif CHART_REDRAWN not in str(error) and ROW_WITHOUT_THE_FIELD not in (error.stack or ""):
			self.complaints.append(str(error))

	def _listen(self, message):
		where = f"{message.text} {message.location.get('url', '')}"
		if message.type == "error" and not any(known in where for known in self.harmless):
			self.complaints.append(where)

	def expects(self, *complaints: str) -> "Desk":
		"""Console errors about these are wanted. Say so first: the console speaks some time after the page."""
		self.harmless += complaints
		return self

	def log_in(self, user: str, password: str) -> "Desk":
		response = self.page.request.post(f"{URL}/api/method/login", form={"usr": user, "pwd": password})
		assert response.ok, response.text()
		return self

	def open(self, path: str, wait_for: str, *, height: int = 900) -> "Desk":
		"""Go to a page of the Desk, in a window of this height, and wait for an element of it."""
		from playwright.sync_api import TimeoutError

		from crm_ext.compat import DESK

		self.page.set_viewport_size({"width": 1360, "height": height})
		self.page.goto(f"{URL}{DESK}/{path}")
		drawn = self.page.locator(wait_for).first
		try:
			drawn.wait_for()
		except TimeoutError:
			if not self.misnamed:
				raise
			self.page.reload()
			drawn.wait_for()
		return self

	def see(self, name: str, *, part=None) -> None:
		"""A picture for the documentation, if CRM_EXT_SCREENSHOTS is set."""
		if os.environ.get("CRM_EXT_SCREENSHOTS"):
			IMAGES.mkdir(parents=True, exist_ok=True)
			self.page.wait_for_timeout(1500)  # let dialogs and charts come to rest, for the picture only
			(part or self.page).screenshot(path=str(IMAGES / f"{name}.png"))


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
