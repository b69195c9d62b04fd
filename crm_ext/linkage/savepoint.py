# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""A savepoint that also takes back what was to follow the commit: jobs, webhooks, messages to the Desk."""

import frappe

COLLECTED = ("_webhook_queue", "_realtime_log")
"""Where Frappe collects, until the commit, what it then sends."""

SENDING = ("frappe.utils.background_jobs", "frappe.email")
"""What of Frappe's own does not merely clear a cache, or send what it collected, after the commit."""


class Savepoint:
	"""All that is done from now on, until it is undone, is undone."""

	def __init__(self, name: str):
		self.name = name
		self.asked = len(frappe.db.after_commit._functions)
		self.collected = {log: len(getattr(frappe.local, log, None) or ()) for log in COLLECTED}
		frappe.db.savepoint(name)

	def undo(self) -> None:
		frappe.db.rollback(save_point=self.name)
		functions = frappe.db.after_commit._functions
		later = [functions.pop() for _ in range(len(functions) - self.asked)]
		# Frappe's own caches are to be cleared all the same, and what it collects is to be sent
		functions.extend(function for function in reversed(later) if not _sends(function))
		for log, length in self.collected.items():
			if hasattr(frappe.local, log):
				del getattr(frappe.local, log)[length:]


def _sends(function) -> bool:
	module = getattr(function, "__module__", None) or ""
	return module.split(".")[0] != "frappe" or module.startswith(SENDING)
