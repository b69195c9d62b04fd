# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Several workers at the same batch, on real connections: exactly the codes that were asked for."""

import threading

import pytest

import frappe

from crm_ext.pricing.promotions import codes
from crm_ext.tests.parallel import Worker, commit_without_jobs, patiently
from crm_ext.tests.promotions.drafts import draft

TITLE = "Made by Many"
ASKED = 60


@pytest.fixture
def batch(site, monkeypatch):
	"""A batch for which codes were asked, committed; gone afterwards."""
	patiently(clean)
	draft("Volume Discount", title=TITLE).insert()
	frappe.get_doc(doctype="Coupon Batch", title=TITLE, promotion=TITLE, kind="Unique Codes").insert()
	frappe.db.set_value("Coupon Batch", TITLE, {"codes_asked": ASKED, "status": "Making"})
	commit_without_jobs()
	monkeypatch.setattr(codes, "CHUNK", 7)
	yield TITLE
	patiently(clean)


def clean() -> None:
	frappe.delete_doc("Coupon Batch", TITLE, force=True, ignore_missing=True)
	frappe.delete_doc("Sales Promotion", TITLE, force=True, ignore_missing=True)


def state(batch: str) -> tuple:
	frappe.db.rollback()
	kept = frappe.db.get_value("Coupon Batch", batch, ["status", "code_count"])
	return (*kept, codes.count(batch))


def test_three_workers_make_no_more_than_one_would(site, batch):
	barrier = threading.Barrier(3)
	workers = [Worker(site, lambda: codes.work(batch), barrier) for _ in range(3)]
	for worker in workers:
		worker.done()
	assert state(batch) == ("Made", ASKED, ASKED)


def test_what_a_killed_worker_left_is_made_by_the_next(site, batch, monkeypatch):
	class Killed(BaseException):
		"""What no handler of faults sees."""

	made = codes.make_chunk

	def killed_in_the_third(name: str) -> int:
		missing = made(name)
		if missing < ASKED - 20:
			raise Killed
		return missing

	monkeypatch.setattr(codes, "make_chunk", killed_in_the_third)
	with pytest.raises(Killed):
		Worker(site, lambda: codes.work(batch)).done()
	assert state(batch) == ("Making", 14, 14), "the third chunk was never committed"
	monkeypatch.setattr(codes, "make_chunk", made)
	Worker(site, lambda: codes.work(batch)).done()
	assert state(batch) == ("Made", ASKED, ASKED)


def test_a_fault_is_kept_in_the_batch_and_what_was_made_stays(site, batch, monkeypatch):
	made = codes.make_chunk

	def faulty(name: str) -> int:
		if codes.count(name) > 20:
			raise ZeroDivisionError
		return made(name)

	monkeypatch.setattr(codes, "make_chunk", faulty)
	Worker(site, lambda: codes.work(batch)).done()
	assert state(batch) == ("Failed", 21, 21)
	assert (
		"ZeroDivisionError"
		in frappe.get_doc("Error Log", frappe.db.get_value("Coupon Batch", batch, "message")).error
	)
