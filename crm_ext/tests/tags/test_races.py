# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Real connections: each event is fired once, and a tag is given once, whatever happens at the same time."""

import subprocess
import sys
import textwrap
import threading

import pytest

import frappe

from crm_ext.constants import TAG_GAINED
from crm_ext.tags import announce, service
from crm_ext.tests.parallel import Worker, patiently

CUSTOMERS = ("Racing Trading 1", "Racing Trading 2", "Racing Trading 3")
TAG = "Product-oriented"
HEARD: list[str] = []


def listener(doc, method=None):
	HEARD.append(doc.name)
	doc.add_comment("Comment", f"heard of {doc.crm_ext_tag_change.tag}")


def listen() -> None:
	frappe.get_doc_hooks().setdefault("Customer", {})[TAG_GAINED] = [f"{__name__}.listener"]


def _delete_customers() -> None:
	for name in CUSTOMERS:
		frappe.delete_doc("Customer", name, force=True, ignore_missing=True)
	frappe.db.delete("Profile Refresh Request", {"customer": ("in", CUSTOMERS)})


@pytest.fixture
def customers(company, figures):
	frappe.db.sql("UPDATE `tabCustomer Tag Assignment` SET pending_events = ''")
	for name in CUSTOMERS:
		figures(name)
	frappe.db.commit()
	HEARD.clear()
	yield CUSTOMERS
	patiently(_delete_customers)


@pytest.fixture
def pending(customers):
	for name in customers:
		service.assign(name, TAG, reason="To be announced.")
	frappe.db.after_commit.reset()  # the announcers are those of the test, not the worker's
	frappe.db.commit()
	return customers


def comments(customers) -> int:
	frappe.db.rollback()
	return frappe.db.count("Comment", {"reference_name": ("in", customers), "content": f"heard of {TAG}"})


def waiting(customers) -> int:
	frappe.db.rollback()
	return frappe.db.count(
		"Customer Tag Assignment", {"customer": ("in", customers), "pending_events": (">", "")}
	)


def test_two_announcers_at_once_fire_each_event_once(site, pending):
	barrier = threading.Barrier(2)

	def work():
		listen()
		announce.announce()

	for worker in [Worker(site, work, barrier) for _ in range(2)]:
		worker.done()
	assert sorted(HEARD) == sorted(pending)
	assert comments(pending) == len(pending)
	assert waiting(pending) == 0


def test_a_killed_announcer_neither_loses_an_event_nor_repeats_what_handlers_wrote(site, pending):
	script = f"""
		import os, frappe
		frappe.init({site!r}, sites_path="."); frappe.connect()
		from crm_ext.tags import announce
		from crm_ext.tests.tags import test_races
		test_races.listen()
		fire = announce._fire
		def die(row, audiences):
			fire(row, audiences)
			if len(test_races.HEARD) == 2:
				os._exit(9)
			return 1
		announce._fire = die
		announce.announce()
	"""
	killed = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], timeout=120)
	assert killed.returncode == 9
	assert waiting(pending) == len(pending)
	assert comments(pending) == 0

	def work():
		listen()
		announce.announce()

	Worker(site, work).done()
	assert comments(pending) == len(pending)
	assert waiting(pending) == 0


@pytest.mark.parametrize("tags", [(TAG, TAG), ("Gold", "Silver")], ids=["the same", "of an exclusive group"])
def test_of_tags_given_by_two_people_at_once_one_is_held(site, customers, tags):
	barrier = threading.Barrier(2)

	def give(tag: str):
		frappe.db.get_value("Customer", customers[0], "customer_name")  # a transaction that has begun before
		barrier.wait()
		try:
			service.assign(customers[0], tag, reason="At the same time.")
			frappe.db.after_commit.reset()
			frappe.db.commit()
		except frappe.ValidationError:
			frappe.db.rollback()

	for worker in [Worker(site, lambda tag=tag: give(tag)) for tag in tags]:
		worker.done()
	frappe.db.rollback()
	assert len(service.tags_of(customers[0])) == 1


def test_a_changed_rule_is_applied_to_everybody_by_its_job_and_the_last_run_settles_it(
	site, customers, group, monkeypatch
):
	monkeypatch.setattr(announce, "announce_later", lambda: None)  # or the worker would join in
	at_least = {"fact": "revenue_365d", "operator": ">=", "value": "1000000000"}
	frappe.db.set_value(
		"Customer Profile", {"customer": customers[0], "company": ""}, "revenue_365d", 2_000_000_000
	)
	group("Race", Winner={"conditions": [at_least]})
	frappe.db.after_commit.reset()  # the jobs are those of the test, not the worker's
	frappe.db.commit()
	try:
		barrier = threading.Barrier(2)
		for worker in [Worker(site, service.reevaluate, barrier) for _ in range(2)]:
			worker.done()
		frappe.db.rollback()
		held = frappe.get_all(
			"Customer Tag Assignment", {"tag": "Race Winner", "closed_key": ""}, pluck="customer"
		)
		assert held == [customers[0]]
	finally:
		frappe.db.rollback()
		frappe.db.delete("Customer Tag Assignment", {"tag": "Race Winner"})
		frappe.delete_doc("Customer Tag", "Race Winner", force=True)
		frappe.delete_doc("Customer Tag Group", "Race", force=True)
		frappe.db.commit()
