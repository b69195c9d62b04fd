# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The refresh queue: customers whose documents changed, waiting for the job that refreshes them.

Marking costs one INSERT per transaction, at its commit, whatever the number of documents, and locks nobody's row.
Requests are only ever added; the job deletes exactly those that it has read, with the refresh that answers them.
"""

from collections.abc import Iterable, Sequence

import frappe
from frappe.utils import now_datetime

from crm_ext.exceptions import NoExchangeRate
from crm_ext.profile import service
from crm_ext.profile.service import Refresh, Refreshed
from crm_ext.profile.slices import SIZE, CustomerSlice
from crm_ext.profile.transactions import read_committed

REQUEST = "Profile Refresh Request"
DRAIN_LIMIT = 20_000


def mark(customers: Iterable[str | None], cause: str) -> None:
	"""Ask for a refresh of these customers. The request is written when the transaction commits.

	Costs no query before. Nothing is asked for while the profile is switched off or the site is being changed.
	"""
	flags = frappe.flags
	if flags.in_install or flags.in_migrate or flags.in_patch or not service.enabled():
		return
	pending = _pending()
	for customer in filter(None, customers):
		if not pending:
			frappe.db.before_commit.add(flush)
			frappe.db.after_rollback.add(pending.clear)
		pending.setdefault(customer, cause)


def flush() -> None:
	"""Write the pending requests now, in one INSERT."""
	pending = _pending()
	if not pending:
		return
	now, user = now_datetime(), frappe.session.user
	frappe.db.bulk_insert(
		REQUEST,
		["name", "creation", "modified", "modified_by", "owner", "customer", "cause"],
		[
			(frappe.generate_hash(length=20), now, now, user, user, customer, cause)
			for customer, cause in pending.items()
		],
		chunk_size=len(pending),
	)
	pending.clear()


def drain(limit: int = DRAIN_LIMIT, *, commit: bool = True) -> Refreshed:
	"""Refresh the customers that wait, up to `limit` requests.

	Killed at any point, or run twice at once, it loses no request: each is deleted in the transaction of its refresh.
	What cannot be refreshed goes to the Error Log and stays for the next time; the rest goes on.
	"""
	if not service.enabled():
		return Refreshed()
	flush()
	if not commit:
		return _drain(limit, commit)
	with read_committed():
		return _drain(limit, commit)


def _drain(limit: int, commit: bool) -> Refreshed:
	done = Refreshed()
	run = None
	last = ""
	while limit > 0 and (requests := _read(min(limit, SIZE), last)):
		limit -= len(requests)
		run = run or Refresh(frappe.utils.getdate(), commit)
		names, customers = zip(*requests, strict=True)
		last = names[-1]
		try:
			done += run.one(CustomerSlice.of(sorted(set(customers))), lambda names=names: _delete(names))
		except Exception:
			if not commit:
				raise
			frappe.db.rollback()
			frappe.log_error(title="Customer Profile: customers could not be refreshed")
			frappe.db.commit()
	if run:
		try:
			run.raise_missing_rate()
		except NoExchangeRate as error:
			service.log_missing_rate(error)
	return done


def _read(count: int, after: str) -> Sequence[tuple[str, str]]:
	return frappe.db.sql(
		f"SELECT name, customer FROM `tab{REQUEST}` WHERE name > %s ORDER BY name LIMIT %s", (after, count)
	)


def _delete(names: Sequence[str]) -> None:
	frappe.db.sql(f"DELETE FROM `tab{REQUEST}` WHERE name IN %s", (names,))


def _pending() -> dict[str, str]:
	"""Customer → cause, of the running transaction."""
	if not hasattr(frappe.local, "crm_ext_refresh_requests"):
		frappe.local.crm_ext_refresh_requests = {}
	return frappe.local.crm_ext_refresh_requests
