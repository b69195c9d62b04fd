# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What one worker keeps of the rates, while another changes them: with real transactions on real connections."""

import threading

import pytest

import frappe

from crm_ext.pricing import compiled, service
from crm_ext.tests import builders
from crm_ext.tests.parallel import Worker, commit_without_jobs, patiently
from crm_ext.tests.pricing.shop import LISTED, MATRIX, PRICE_LIST, basket, open_shop

LAMP = [("LAMP-A", 1, "Nos")]


@pytest.fixture
def committed_shop():
	"""The shop, committed, so that other connections see it; taken away again afterwards."""
	customer = builders.customer()
	open_shop()
	commit_without_jobs()
	yield customer

	def clean_up():
		frappe.db.delete("Price Matrix Rate", {"matrix": MATRIX})
		frappe.delete_doc("Price Matrix", MATRIX, force=True)
		frappe.db.delete("Item Price", {"price_list": PRICE_LIST})
		for code in LISTED:
			frappe.delete_doc("Item", code, force=True)
		frappe.delete_doc("Price List", PRICE_LIST, force=True)
		frappe.delete_doc("Customer", customer, force=True)
		frappe.db.set_value("UOM", "Nos", "must_be_whole_number", 1)

	patiently(clean_up)


def price(customer: str) -> float:
	return float(service.price(basket(customer, LAMP)).priced["0"].price)


def change(value: float) -> None:
	name = frappe.db.get_value(
		"Price Matrix Rate", {"matrix": MATRIX, "item": "LAMP-A", "min_qty": 0, "uom": ""}
	)
	doc = frappe.get_doc("Price Matrix Rate", name)
	doc.value = value
	doc.save()
	commit_without_jobs()


def test_a_change_by_another_worker_is_known_after_its_commit(site, committed_shop):
	assert price(committed_shop) == 88.8
	commit_without_jobs()
	Worker(site, lambda: change(70)).done()
	assert price(committed_shop) == 70


def test_what_is_not_committed_is_known_to_nobody_else(site, committed_shop):
	assert price(committed_shop) == 88.8
	compiled.forget()
	frappe.db.set_value("Price Matrix", MATRIX, "status", "Paused")
	seen = []
	Worker(site, lambda: seen.append(price(committed_shop))).done()
	assert (seen, price(committed_shop)) == ([88.8], 100)
	frappe.db.rollback()
	assert price(committed_shop) == 88.8


def test_a_transaction_older_than_a_change_leaves_nothing_old_behind(site, committed_shop):
	began, changed = threading.Event(), threading.Event()
	seen = []

	def slow():
		frappe.db.sql("SELECT COUNT(*) FROM `tabPrice Matrix Rate`")  # from here on it sees the rates of now
		began.set()
		changed.wait(30)
		seen.append(price(committed_shop))

	worker = Worker(site, slow)
	assert began.wait(30)
	change(70)
	changed.set()
	worker.done()
	assert seen == [88.8]
	assert price(committed_shop) == 70


def test_many_who_change_and_price_at_once_end_up_with_the_last_price(site, committed_shop):
	def work(first: int):
		for step in range(6):
			for _attempt in range(20):
				try:
					change(first + step)
					break
				except (frappe.QueryDeadlockError, frappe.QueryTimeoutError, frappe.TimestampMismatchError):
					frappe.db.rollback()
			price(committed_shop)
			commit_without_jobs()

	for worker in [Worker(site, lambda first=first: work(first)) for first in (10, 20, 30)]:
		worker.done()
	commit_without_jobs()
	stored = frappe.db.get_value(
		"Price Matrix Rate", {"matrix": MATRIX, "item": "LAMP-A", "min_qty": 0, "uom": ""}, "value"
	)
	assert price(committed_shop) == stored
	seen = []
	Worker(site, lambda: seen.append(price(committed_shop))).done()
	assert seen == [stored]


def test_what_an_old_transaction_still_sees_is_not_published(shop):
	"""The shop's matrix is not committed: another connection does not see it, and so nobody else may."""
	frappe.local.crm_ext_pricing = None
	frappe.cache.delete_value(["crm_ext_pricing_stamp", "crm_ext_pricing_state"])
	assert shop not in compiled.current().matrices
