# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Every night: what the calendar brings, and rules whose beginning was missed."""

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date
from functools import partial

import frappe
from frappe.utils import getdate

from crm_ext.linkage import inbox, runner
from crm_ext.linkage.calendar import days_to_make_up
from crm_ext.linkage.sources import existing, occasions, schedule
from crm_ext.profile.service import FULL_REFRESH_TIMEOUT
from crm_ext.profile.store import everybody
from crm_ext.profile.transactions import persistently, read_committed
from crm_ext.rules.actions import SCHEDULE
from crm_ext.settings import keep_setting, read_kept

SEEN = "linkage_days_seen_until"


def tell_later() -> None:
	"""Have a worker tell of today."""
	frappe.enqueue(
		"crm_ext.linkage.sources.nightly.tell",
		queue="long",
		timeout=FULL_REFRESH_TIMEOUT,
		enqueue_after_commit=True,
	)


def tell(*, today: date | None = None, commit: bool = True) -> int:
	"""Tell of the occasions and schedules of today and of missed nights; returns how many events there were.

	Safe to run twice and to be killed: each event has a key of its own, and the night is ticked off at the end.
	"""
	today = getdate(today)
	with read_committed() if commit else nullcontext():
		existing.catch_up(commit=commit)
		seen = read_kept(SEEN)
		told = _tell(days_to_make_up(seen and getdate(seen), today), commit)
		keep_setting(SEEN, today)
		if told:
			runner.run_later()
	return told


def _tell(days: Sequence[date], commit: bool) -> int:
	transaction = partial(persistently, commit=commit)
	told = transaction(lambda: occasions.tell(days))
	if inbox.awaited(SCHEDULE):
		for chunk in everybody():
			told += transaction(lambda chunk=chunk: schedule.tell_slice(chunk, days))
	return told
