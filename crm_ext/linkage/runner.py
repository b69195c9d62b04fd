# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The job of the linkage rules: judge what waits in the inbox, carry out what is due."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import frappe

from crm_ext.jobs import enqueue_once
from crm_ext.linkage import executor, inbox, planner, store
from crm_ext.profile.transactions import read_committed

TIMEOUT = 4 * 60 * 60
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Ran:
	"""How many events were judged, runs written, and runs carried out."""

	events: int = 0
	runs: int = 0
	executed: int = 0


def run(*, commit: bool = True) -> Ran:
	"""Judge all waiting events and carry out all runs that are due. Safe to run twice, in parallel, to be killed.

	With `commit`, each batch is a transaction of its own.
	"""
	if not inbox.enabled():
		return Ran()
	with read_committed() if commit else nullcontext(), _in_the_language_of_the_site():
		events, runs = planner.plan(commit=commit)
		return Ran(events, runs, executor.execute(commit=commit))


def run_in_background() -> None:
	"""The work of a job: as nobody in particular, until nothing waits any more."""
	frappe.set_user("Administrator")
	while run().events and inbox.waiting():
		pass


def run_later() -> None:
	"""Have a worker run, once this transaction is through.

	One job at a time is enough: it goes on while anything waits, and the five-minute job looks after it.
	"""
	if frappe.flags.in_install or frappe.flags.in_migrate:
		return
	enqueue_once("crm_ext.linkage.runner.run_in_background", timeout=TIMEOUT)


def due() -> bool:
	"""Whether anything waits to be judged or carried out."""
	return inbox.enabled() and (inbox.waiting() or store.due())


@contextmanager
def _in_the_language_of_the_site() -> Iterator[None]:
	"""What is stored is for all to read."""
	before = frappe.local.lang
	frappe.local.lang = frappe.db.get_default("lang") or "en"
	try:
		yield
	finally:
		frappe.local.lang = before
