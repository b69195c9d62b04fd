# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Real connections: two that write the same rates at once, and one that is killed while it does."""

import subprocess
import sys
import textwrap
import threading

import pytest

import frappe

from crm_ext.exceptions import RatesChanged
from crm_ext.pricing.rates import imports, service
from crm_ext.tests.parallel import Worker, commit_without_jobs, patiently
from crm_ext.tests.pricing.sheets import GOODS, attach, counted, csv, make_matrix, rates

FIRST, SECOND, _ = GOODS
TITLES = ("Raced Sheet", "Other Raced Sheet")
IMPORT = "Price Matrix Import"
LINES = 3_000


def _clean_up():
	for name in frappe.get_all(IMPORT, {"matrix": ("in", TITLES)}, pluck="name"):
		frappe.delete_doc(IMPORT, name, force=True)
	for title in TITLES:
		frappe.delete_doc("Price Matrix", title, force=True, ignore_missing=True)


@pytest.fixture
def matrices(company):
	made = [make_matrix(title) for title in TITLES]
	commit_without_jobs()
	yield made
	patiently(_clean_up)


@pytest.fixture
def job(matrices):
	"""`job(matrix)`: an import that waits for a worker; returns its name."""

	def make(matrix: str) -> str:
		lines = (f"{FIRST},{number},{number + 1}" for number in range(LINES))
		url = attach(csv("Item,From Quantity,Value", *lines))
		values = {"doctype": IMPORT, "matrix": matrix, "file": url, "mode": "Replace All"}
		document = frappe.get_doc(values).insert()
		document.db_set("status", imports.IMPORTING)
		commit_without_jobs()
		return document.name

	return make


def at_once(site: str, *works) -> list[BaseException | None]:
	barrier = threading.Barrier(len(works))
	workers = [Worker(site, work, barrier) for work in works]
	for worker in workers:
		worker.join(120)
	frappe.db.rollback()
	return [worker.error for worker in workers]


def test_the_same_rates_imported_twice_at_once_are_there_once(site, matrices, job):
	names = [job(matrices[0]) for _ in range(2)]
	assert at_once(site, *(lambda name=name: imports.work_in_background(name) for name in names)) == [
		None,
		None,
	]
	done = [frappe.get_doc(IMPORT, name) for name in names]
	assert [document.status for document in done] == ["Imported", "Imported"]
	assert sorted((document.added, document.unchanged) for document in done) == [(0, LINES), (LINES, 0)]
	assert counted(matrices[0]) == (1, LINES)


def test_one_import_taken_by_two_workers_is_done_once(site, matrices, job):
	name = job(matrices[0])
	at_once(site, *[lambda: imports.work_in_background(name)] * 2)
	document = frappe.get_doc(IMPORT, name)
	assert (document.status, document.added) == ("Imported", LINES)
	assert counted(matrices[0]) == (1, LINES)


def test_two_matrices_are_imported_at_once_without_getting_in_each_others_way(site, matrices, job):
	names = [job(matrix) for matrix in matrices]
	at_once(site, *(lambda name=name: imports.work_in_background(name) for name in names))
	assert [frappe.db.get_value(IMPORT, name, "status") for name in names] == ["Imported", "Imported"]
	assert [counted(matrix) for matrix in matrices] == [(1, LINES), (1, LINES)]


def test_a_killed_import_leaves_nothing_and_runs_through_the_next_time(site, matrices, job):
	name = job(matrices[0])
	script = f"""
		import os, frappe
		frappe.init({site!r}, sites_path="."); frappe.connect()
		from crm_ext.pricing.rates import imports
		imports._tell = lambda document, done, total: os._exit(9)
		imports.work_in_background({name!r})
	"""
	killed = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], timeout=120)
	assert killed.returncode == 9
	frappe.db.rollback()
	assert (rates(matrices[0]), counted(matrices[0])) == ([], (0, 0))
	assert frappe.db.get_value(IMPORT, name, "status") == "Importing"
	assert at_once(site, lambda: imports.work_in_background(name)) == [None]
	assert counted(matrices[0]) == (1, LINES)


def test_a_fault_in_the_worker_is_told_and_leaves_nothing(site, matrices, job):
	name = job(matrices[0])

	def work():
		imports._tell, kept = (lambda *_: 1 / 0), imports._tell
		try:
			imports.work_in_background(name)
		finally:
			imports._tell = kept

	assert at_once(site, work) == [None]
	document = frappe.get_doc(IMPORT, name)
	assert document.status == "Failed"
	assert "Error Log" in document.message
	assert counted(matrices[0]) == (0, 0)
	frappe.db.delete("Error Log", {"method": ("like", f"%{name}%")})


def test_of_the_same_new_rate_saved_by_two_people_at_once_one_is_stored(site, matrices):
	matrix, read = matrices[0], threading.Barrier(2)
	answers = []

	def save():
		frappe.db.get_value(
			"Price Matrix", matrix, "rate_count"
		)  # what was read before both wait for the lock
		read.wait()
		answers.append(service.save_rates(matrix, [{"idx": 1, "item": SECOND, "value": 1}])["saved"])
		frappe.db.commit()

	errors = at_once(site, save, save)
	assert sorted(type(error) for error in errors if error) == [RatesChanged]
	assert answers == [1]
	assert counted(matrix) == (1, 1)


def test_two_people_who_save_different_rates_at_once_are_both_counted(site, matrices):
	def save(code: str):
		frappe.db.get_value("Price Matrix", matrices[0], "rate_count")
		service.save_rates(matrices[0], [{"idx": 1, "item": code, "value": 1}])
		frappe.db.commit()

	assert at_once(site, lambda: save(FIRST), lambda: save(SECOND)) == [None, None]
	assert counted(matrices[0]) == (2, 2)
