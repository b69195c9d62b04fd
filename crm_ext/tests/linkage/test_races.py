# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Real connections, real commits: each event has its run once, and each run is carried out once."""

import subprocess
import sys
import textwrap
import threading

import pytest

import frappe

from crm_ext.linkage import runner
from crm_ext.tests.linkage.conftest import SENT, bell_at, register
from crm_ext.tests.parallel import Worker, commit_without_jobs, patiently

CUSTOMERS = tuple(f"Racing Shop {n:02}" for n in range(30))
RULES = ("Race Visit", "Race Call", "Race Yearly")


def _delete() -> None:
	for name in CUSTOMERS:
		frappe.delete_doc("Customer", name, force=True, ignore_missing=True)
	frappe.db.delete("Linkage Run", {"rule": ("in", RULES)})
	frappe.db.delete("Linkage Event", {"customer": ("in", CUSTOMERS)})
	for name in RULES:
		frappe.delete_doc("Linkage Rule", name, force=True, ignore_missing=True)
	frappe.delete_doc("Linkage Rule Group", "Race", force=True, ignore_missing=True)
	frappe.db.delete("Profile Refresh Request", {"customer": ("in", CUSTOMERS)})


@pytest.fixture
def waiting(company, figures, rule):
	"""A bell at each customer, committed, for a rule of each kind."""
	from crm_ext.linkage import inbox

	patiently(_delete)
	for name in CUSTOMERS:
		figures(name)
	rule(
		"Race Visit",
		actions=[("Write", {"text": "visit"}), ("Send", {"text": "x"})],
		rule_group="Race",
		priority=1,
	)
	rule("Race Call", rule_group="Race")
	rule("Race Yearly", actions=[("Write All", {"text": "yearly"})], once_per="Year")
	inbox.tell([bell_at(name) for name in CUSTOMERS])
	commit_without_jobs()
	yield
	patiently(_delete)


def outcome() -> dict[str, list]:
	"""What happened, however it came about."""
	frappe.db.rollback()
	runs = frappe.get_all(
		"Linkage Run",
		{"rule": ("in", RULES)},
		["rule", "customer", "status"],
		order_by="rule, customer",
		as_list=True,
	)
	comments = frappe.get_all(
		"Comment",
		{"reference_doctype": "Customer", "reference_name": ("in", CUSTOMERS), "comment_type": "Comment"},
		["reference_name", "content"],
		order_by="reference_name, content",
		as_list=True,
	)
	return {"runs": list(map(tuple, runs)), "comments": list(map(tuple, comments))}


EXPECTED = {
	"runs": [("Race Call", name, "Outranked") for name in CUSTOMERS]
	+ [("Race Visit", name, "Done") for name in CUSTOMERS]
	+ [("Race Yearly", name, "Done") for name in CUSTOMERS],
	"comments": [(name, text) for name in CUSTOMERS for text in ("visit", "yearly")],
}


def job() -> None:
	register()
	runner.run()


def test_jobs_at_once_end_as_one(site, waiting):
	barrier = threading.Barrier(4)
	for worker in [Worker(site, job, barrier) for _ in range(4)]:
		worker.done()
	assert outcome() == EXPECTED
	assert sorted(customer for customer, _run in SENT) == list(CUSTOMERS)


def test_the_same_job_twice_does_nothing_more(waiting):
	runner.run()
	runner.run()
	assert outcome() == EXPECTED
	assert len(SENT) == len(CUSTOMERS)


@pytest.mark.parametrize(
	"where", ["store.insert_runs", "store.write_runs", "inbox.judged", "executor._Execution._write"]
)
def test_a_killed_job_neither_loses_nor_repeats(site, waiting, where):
	script = f"""
		import os, frappe
		frappe.init({site!r}, sites_path="."); frappe.connect()
		from crm_ext.linkage import executor, inbox, runner, store
		from crm_ext.tests.linkage.conftest import register
		register()
		holder, name = {where!r}.rsplit(".", 1)
		holder = eval(holder)
		work = getattr(holder, name)
		def die(*args, **kwargs):
			work(*args, **kwargs)
			os._exit(9)
		setattr(holder, name, die)
		runner.run()
	"""
	killed = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], timeout=120)
	assert killed.returncode == 9
	runner.run()
	assert outcome() == EXPECTED


def test_events_told_at_once_are_there_once(site, waiting):
	from crm_ext.linkage import inbox

	def tell():
		inbox.tell([bell_at(name) for name in CUSTOMERS])
		frappe.db.commit()

	barrier = threading.Barrier(3)
	for worker in [Worker(site, tell, barrier) for _ in range(3)]:
		worker.done()
	frappe.db.rollback()
	assert frappe.db.count("Linkage Event", {"customer": ("in", CUSTOMERS)}) == len(CUSTOMERS)


def test_what_waits_for_its_turn_outside_is_left_to_the_job_that_began_it(site, waiting):
	"""Between the commit and the sending another job must not send as well."""
	from crm_ext.linkage import executor

	committed, looked = threading.Event(), threading.Event()
	external = executor._Execution._external

	def slow(self, run):
		committed.set()
		assert looked.wait(60)
		return external(self, run)

	executor._Execution._external = slow
	try:
		worker = Worker(site, job)
		assert committed.wait(60)
		executor._Execution._external = external
		job()
		looked.set()
		worker.done()
	finally:
		executor._Execution._external = external
		looked.set()
	assert outcome() == EXPECTED
	assert sorted(customer for customer, _run in SENT) == list(CUSTOMERS)
