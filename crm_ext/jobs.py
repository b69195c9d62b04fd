# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Asking for a job that does whatever waits: asking for it a thousand times is asking for it once."""

import frappe
from frappe.utils.background_jobs import is_job_enqueued


def enqueue_once(method: str, *, timeout: int) -> None:
	"""Have a worker call `method`, which does all that waits, once this transaction is through.

	Nothing is added while the job waits for its turn or runs: what it overlooks at its very end, the five-minute job
	finds. `timeout` in seconds.
	"""

	def ask() -> None:
		if not is_job_enqueued(method):
			frappe.enqueue(method, queue="long", timeout=timeout, job_id=method)

	frappe.db.after_commit.add(ask)
