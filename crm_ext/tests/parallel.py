# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Work on a second, real connection at the same time."""

import threading


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
