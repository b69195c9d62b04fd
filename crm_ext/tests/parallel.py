# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Work on a second, real connection at the same time, beside the worker that the served site has."""

import threading
import time
from collections.abc import Callable


class Worker(threading.Thread):
	"""Runs `work` on a connection of its own."""

	def __init__(self, site: str, work, barrier: threading.Barrier | None = None):
		super().__init__()
		self.site, self.work, self.barrier, self.error = site, work, barrier, None
		self.start()

	def run(self):
		import frappe

		frappe.init(self.site, sites_path=".")
		frappe.connect()
		try:
			if self.barrier:
				self.barrier.wait()
			self.work()
		except BaseException as error:
			self.error = error
		finally:
			frappe.db.rollback()
			frappe.destroy()

	def done(self):
		self.join(120)
		assert not self.is_alive()
		if self.error:
			raise self.error


def commit_without_jobs() -> None:
	"""Commit; the jobs are those of the test, not the worker's."""
	import frappe

	callbacks = frappe.db.after_commit._functions
	frappe.db.after_commit._functions = type(callbacks)(
		f for f in callbacks if f.__name__ not in ("enqueue_call", "ask")
	)
	frappe.db.commit()


def patiently(clean_up: Callable[[], None]) -> None:
	"""Clean up and commit, again and again while the worker of the served site holds what is to go."""
	import frappe

	for attempt in range(20):
		frappe.db.rollback()
		try:
			clean_up()
			return commit_without_jobs()
		except (frappe.QueryTimeoutError, frappe.QueryDeadlockError):
			time.sleep(attempt / 10)
	raise AssertionError("what is to be cleaned up stays locked")
