# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What others see while the associations are being replaced. On real connections, on the demo company's invoices."""

import threading
from types import SimpleNamespace

import pytest


@pytest.fixture
def old_row(company):
	"""One committed association of a night before; whatever is there is gone afterwards."""
	import frappe

	from crm_ext.rows import insert_rows
	from crm_ext.tests.parallel import commit_without_jobs, patiently

	frappe.db.rollback()
	frappe.db.delete("Item Association")
	insert_rows("Item Association", ("item_code", "suggested_item", "company"), [("OLD", "ROW", "")])
	commit_without_jobs()
	yield
	patiently(lambda: frappe.db.delete("Item Association"))


@pytest.fixture
def any_pair_counts(monkeypatch):
	"""The demo company has sold but one pair, and that by chance."""
	from crm_ext.cross_sell import service

	kept = SimpleNamespace(association_months=24, association_minimum=1)
	monkeypatch.setattr(service, "settings", lambda: kept)
	monkeypatch.setattr(service, "best", lambda found, minimum: list(found))


def pairs() -> list[tuple]:
	import frappe

	return frappe.db.sql(
		"SELECT company, item_code, suggested_item FROM `tabItem Association` ORDER BY 1, 2, 3"
	)


def test_others_see_the_old_ones_until_all_are_there(site, old_row, any_pair_counts):
	import frappe

	from crm_ext.cross_sell import service
	from crm_ext.tests.parallel import Worker

	service.compute(commit=False)
	assert len(pairs()) > 1
	seen = []
	Worker(site, lambda: seen.extend(pairs())).done()
	assert seen == [("", "OLD", "ROW")]
	frappe.db.rollback()
	assert list(pairs()) == [("", "OLD", "ROW")]


def test_runs_at_the_same_time_leave_what_one_would(site, old_row, any_pair_counts):
	import frappe

	from crm_ext.cross_sell import service
	from crm_ext.tests.parallel import Worker

	service.compute(commit=False)
	one = pairs()
	frappe.db.rollback()
	barrier = threading.Barrier(3)
	for worker in [Worker(site, service.compute, barrier) for _ in range(3)]:
		worker.done()
	frappe.db.rollback()
	assert pairs() == one


def test_after_a_deadlock_the_same_is_written_again(old_row, any_pair_counts, monkeypatch):
	import frappe

	from crm_ext.cross_sell import service, store

	service.compute(commit=False)
	expected = pairs()
	frappe.db.rollback()
	write, tried = store.replace, []

	def fail_once():
		write()
		tried.append(len(pairs()))
		if len(tried) == 1:
			raise frappe.QueryDeadlockError

	monkeypatch.setattr(store, "replace", fail_once)
	service.compute()
	assert len(tried) == 2
	assert pairs() == expected
