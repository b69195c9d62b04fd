# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt
"""A user's Desk in a real Chromium, and when it is at rest."""

import os
from dataclasses import dataclass, field
from pathlib import Path

URL = os.environ.get("CRM_EXT_TEST_URL", "").rstrip("/")
IMAGES = Path(__file__).parents[3] / "docs" / "images"

HARMLESS = ("socket.io", "/private/files/", "favicon")
"""Console errors about these say nothing about the app: the tests run without the realtime server."""

CHART_REDRAWN = "Failed to execute 'removeChild' on 'Node'"
"""Frappe's own charts say so when the page's width changes while they are still being animated."""

ROW_WITHOUT_THE_FIELD = "at frappe.format"
"""Where Frappe 16 fails itself on what ERPNext answers about a row and the row has no field for (`has_margin`)."""

FREE_ROW = ("reading 'price_list_rate'", "Cannot create property 'discount_percentage'")
"""What ERPNext 15 and 16 say of a free row when the price list changes: `expects(*FREE_ROW)`."""

MISNAMED = "frappe.template.compile(...) is not a function"
"""Frappe gives the loop variables of its templates three random letters: once in some thousand pages they are a word
of JavaScript (“for”, “new”, “try”, “var”), and the page is not drawn."""


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
			self._complain(str(error))

	def _listen(self, message):
		if message.type == "error":
			self._complain(f"{message.text} {message.location.get('url', '')}")

	def _complain(self, what: str):
		if not any(known in what for known in self.harmless):
			self.complaints.append(what)

	def expects(self, *complaints: str) -> "Desk":
		"""Console errors about these are wanted. Say so first: the console speaks some time after the page."""
		self.harmless += complaints
		return self

	def log_in(self, user: str, password: str) -> "Desk":
		response = self.page.request.post(f"{URL}/api/method/login", form={"usr": user, "pwd": password})
		assert response.ok, response.text()
		return self

	def open(self, path: str, wait_for: str, *, height: int = 900) -> "Desk":
		"""Go to a page of the Desk, in a window of this height, and wait for an element of it and for rest."""
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
		settle(self.page)
		return self

	def see(self, name: str, *, part=None) -> None:
		"""A picture for the documentation, if CRM_EXT_SCREENSHOTS is set."""
		if os.environ.get("CRM_EXT_SCREENSHOTS"):
			IMAGES.mkdir(parents=True, exist_ok=True)
			self.page.wait_for_timeout(1500)  # let dialogs and charts come to rest, for the picture only
			(part or self.page).screenshot(path=str(IMAGES / f"{name}.png"))


def settle(page) -> None:
	"""Wait until no request is under way or due, nothing is frozen, and Frappe has drawn its grids.

	It draws them 100 ms after a change of rows or columns, over what is being typed. Fails after a minute.
	"""
	page.evaluate(
		"""async () => {
			const due = (frm) => frm?.crm_ext_preview?.timer && frm.crm_ext_typing !== document.activeElement;
			const until = Date.now() + 60_000;
			for (let quiet = 0; quiet < 4; ) {
				if (Date.now() > until) {
					throw new Error(`The page does not come to rest: ${window.frappe?.request?.ajax_count} requests.`);
				}
				await new Promise((resolve) => setTimeout(resolve, 40));
				const busy =
					window.frappe?.request?.ajax_count ||
					window.$?.("#freeze").is(":visible") ||
					due(window.cur_frm) ||
					due(window.cur_pos?.frm);
				quiet = busy ? 0 : quiet + 1;
			}
		}"""
	)
