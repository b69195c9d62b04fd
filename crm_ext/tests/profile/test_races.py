# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Real connections, real commits: whatever happens at once or is killed, one clean pass is the result."""

import subprocess
import sys
import textwrap
import threading

import pytest

from crm_ext.tests.parallel import Worker


@pytest.fixture
def committed(company, ago):
	"""Customers with documents, committed; everything made during the test is deleted afterwards."""
	import frappe

	from crm_ext.tests import builders

	frappe.db.delete("Profile Refresh Request")
	customers = [builders.customer() for _ in range(4)]
	for customer in customers:
		builders.sales_invoice(customer, ago(10), 100)
		builders.sales_order(customer, ago(5))
	frappe.db.commit()
	yield customers
	frappe.db.rollback()
	for doctype in ("Sales Invoice", "Sales Order"):
		for name in frappe.get_all(doctype, {"customer": ("in", customers), "docstatus": 1}, pluck="name"):
			frappe.get_doc(doctype, name).cancel()
		for name in frappe.get_all(doctype, {"customer": ("in", customers)}, pluck="name"):
			frappe.delete_doc(doctype, name, force=True)
	for customer in customers:
		frappe.delete_doc("Customer", customer, force=True)
	frappe.db.delete("Profile Refresh Request", {"customer": ("in", customers)})
	frappe.db.commit()


def state(customers) -> tuple:
	"""The profiles and the tags held by the customers, without what differs between two passes."""
	import frappe

	from crm_ext.profile.figures import FIGURES

	frappe.db.rollback()
	columns = ", ".join(("customer", "company", "as_of", *FIGURES))
	profiles = frappe.db.sql(
		f"SELECT {columns} FROM `tabCustomer Profile` WHERE customer IN %s ORDER BY customer, company",
		(tuple(customers),),
	)
	tags = frappe.db.sql(
		"""SELECT customer, tag, company FROM `tabCustomer Tag Assignment`
		WHERE customer IN %s AND closed_key = '' ORDER BY customer, tag, company""",
		(tuple(customers),),
	)
	assert {customer for customer, _tag, _company in tags} == set(customers)
	return profiles, tags


def clean_pass(customers) -> tuple:
	import frappe

	from crm_ext.profile.service import refresh

	for doctype in ("Customer Profile", "Customer Tag Assignment"):
		frappe.db.delete(doctype, {"customer": ("in", customers)})
	frappe.db.commit()
	refresh(customers, commit=True)
	return state(customers)


def waiting(customers) -> int:
	import frappe

	frappe.db.rollback()
	return frappe.db.count("Profile Refresh Request", {"customer": ("in", customers)})


def test_drains_and_refreshes_at_once_end_as_one_clean_pass(site, committed):
	from crm_ext.profile import queue
	from crm_ext.profile.service import refresh

	assert waiting(committed) >= len(committed)
	barrier = threading.Barrier(4)
	jobs = [queue.drain, queue.drain, lambda: refresh(committed, commit=True)]
	jobs.append(lambda: refresh(reversed(committed), commit=True))
	for worker in [Worker(site, job, barrier) for job in jobs]:
		worker.done()
	assert waiting(committed) == 0
	assert state(committed) == clean_pass(committed)


def test_an_invoice_submitted_during_a_refresh_is_not_lost(site, committed, ago):
	import frappe

	from crm_ext.profile import queue
	from crm_ext.profile.service import Refresh, refresh
	from crm_ext.profile.slices import CustomerSlice
	from crm_ext.profile.transactions import read_committed
	from crm_ext.tests import builders

	refresh(committed, commit=True)
	queue.drain()
	read, submitted = threading.Event(), threading.Event()

	def slow_refresh():
		def after_reading():
			read.set()
			assert submitted.wait(60)

		with read_committed():
			Refresh(frappe.utils.getdate(), True).one(CustomerSlice.of(committed), after_reading)

	worker = Worker(site, slow_refresh)
	assert read.wait(60)
	builders.sales_invoice(
		committed[0], ago(1), 77
	)  # would wait for the refresh if that locked ERPNext's rows
	frappe.db.commit()
	submitted.set()
	worker.done()
	assert waiting(committed) == 1
	queue.drain()
	assert state(committed) == clean_pass(committed)
	assert (
		frappe.db.get_value("Customer Profile", {"customer": committed[0], "company": ""}, "revenue_365d")
		== 177
	)


def test_a_killed_drain_loses_nothing(site, committed):
	from crm_ext.profile import queue

	before = waiting(committed)
	script = f"""
		import os, frappe
		frappe.init({site!r}, sites_path="."); frappe.connect()
		from crm_ext.profile import queue
		delete = queue._delete
		def die(names):
			delete(names)
			os._exit(9)
		queue._delete = die
		queue.drain()
	"""
	killed = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], timeout=120)
	assert killed.returncode == 9
	assert waiting(committed) == before
	queue.drain()
	assert waiting(committed) == 0
	assert state(committed) == clean_pass(committed)


def test_running_the_same_job_twice_changes_nothing(committed):
	from crm_ext.profile.service import refresh

	refresh(committed, commit=True)
	once = state(committed)
	refresh(committed, commit=True)
	assert state(committed) == once


def test_a_refresh_holds_no_lock_on_documents(site, committed):
	import frappe

	from crm_ext.profile.service import Refresh
	from crm_ext.profile.slices import CustomerSlice
	from crm_ext.profile.transactions import read_committed

	written = []

	def touch():
		frappe.db.sql("SET SESSION innodb_lock_wait_timeout = 1")
		for doctype in ("Sales Invoice", "Sales Order", "Customer"):
			field = "name" if doctype == "Customer" else "customer"
			frappe.db.sql(f"UPDATE `tab{doctype}` SET idx = idx + 1 WHERE {field} IN %s", (tuple(committed),))
		written.append(True)

	with read_committed():
		Refresh(frappe.utils.getdate(), True).one(
			CustomerSlice.of(committed), lambda: Worker(site, touch).done()
		)
	assert written


def test_a_deadlock_is_tried_again_and_gives_up_after_three_times(company):
	import frappe

	from crm_ext.profile.transactions import persistently

	attempts = []

	def unlucky(times: int):
		attempts.append(1)
		if len(attempts) <= times:
			raise frappe.QueryDeadlockError
		return "done"

	assert persistently(lambda: unlucky(2)) == "done"
	attempts.clear()
	with pytest.raises(frappe.QueryDeadlockError):
		persistently(lambda: unlucky(3))


def test_the_connection_gets_its_isolation_level_back(company):
	from crm_ext.profile.transactions import _isolation, read_committed

	before = _isolation()
	with read_committed():
		assert _isolation() == "READ COMMITTED"
	assert _isolation() == before


def test_customers_that_cannot_be_refreshed_stay_in_the_queue_and_the_others_go_on(
	site, committed, monkeypatch
):
	import frappe

	from crm_ext.profile import queue
	from crm_ext.profile.service import Refresh

	faulty = committed[0]
	consequences = Refresh._consequences

	def failing(self, chunk):
		if faulty in chunk.names:
			raise ValueError("a follower of another app fails")
		return consequences(self, chunk)

	monkeypatch.setattr(queue, "SIZE", 1)
	monkeypatch.setattr(Refresh, "_consequences", failing)
	logged = frappe.db.count("Error Log")
	queue.drain()
	assert waiting(committed) == waiting([faulty]) > 0
	assert frappe.db.count("Error Log") > logged
	monkeypatch.undo()
	queue.drain()
	assert waiting(committed) == 0
