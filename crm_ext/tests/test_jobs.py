# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""However often a job is asked for, one waits in the queue."""

import frappe
from frappe.utils.background_jobs import create_job_id, get_queue, is_job_enqueued

from crm_ext.jobs import enqueue_once

METHOD = "crm_ext.tests.test_jobs.nothing"


def nothing() -> None:
	"""What no worker needs to do."""


def waiting() -> int:
	return get_queue("long").get_job_ids().count(create_job_id(METHOD))


def test_one_job_waits_after_many_asked_for_it_and_none_after_a_rollback():
	queue = get_queue("long")
	queue.connection.delete(f"rq:job:{create_job_id(METHOD)}")
	frappe.db.after_commit.reset()
	enqueue_once(METHOD, timeout=60)
	frappe.db.rollback()
	frappe.db.after_commit.run()
	assert waiting() == 0
	for _ in range(100):
		enqueue_once(METHOD, timeout=60)
	for ask in list(frappe.db.after_commit._functions):
		ask()
	frappe.db.after_commit.reset()
	try:
		assert waiting() <= 1, "a worker may have taken it already"
		assert is_job_enqueued(METHOD) or waiting() == 0
	finally:
		queue.remove(create_job_id(METHOD))
