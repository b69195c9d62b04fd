# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The refresh queue: customers whose documents changed, waiting for the job that refreshes them.

Marking costs one INSERT per transaction, at its commit, whatever the number of documents, and locks nobody's row.
Requests are only ever added; the job deletes exactly those that it has read, with the refresh that answers them.
"""

from collections.abc import Iterable, Sequence

import frappe
from frappe.utils import add_to_date, now_datetime

from crm_ext.exceptions import NoExchangeRate
from crm_ext.profile import service
from crm_ext.profile.service import Refresh, Refreshed
from crm_ext.profile.slices import SIZE, CustomerSlice
from crm_ext.profile.transactions import read_committed
from crm_ext.rows import insert_rows
from crm_ext.settings import keep_setting, read_kept

REQUEST = "Profile Refresh Request"
OVERLAP_MINUTES = 15
"""A transaction that takes longer from an Issue's time stamp to its commit waits for the nightly refresh."""

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


def mark_everybody(cause: str) -> None:
	"""Ask for a refresh of all customers, as on a site where crm_ext is new."""
	frappe.db.sql(
		f"""INSERT INTO `tab{REQUEST}` (name, creation, modified, owner, modified_by, customer, cause)
		SELECT REPLACE(UUID(), '-', ''), %(now)s, %(now)s, %(user)s, %(user)s, name, %(cause)s FROM `tabCustomer`""",
		{"now": now_datetime(), "user": frappe.session.user, "cause": cause},
	)


def flush() -> None:
	"""Write the pending requests now, in one INSERT."""
	pending = _pending()
	if not pending:
		return
	insert_rows(REQUEST, ("customer", "cause"), list(pending.items()))
	pending.clear()


def mark_issues() -> None:
	"""Mark the customers whose issues changed since the last time.

	Looked up by time stamp instead of told by a hook: so an Issue costs nothing more, and the bulk actions of the
	Issue list, which call no hook, are seen as well.
	"""
	now = now_datetime()
	yesterday = add_to_date(now, days=-1)  # what is older the nightly refresh has seen
	since = max(read_kept("issues_seen_until") or yesterday, yesterday)
	changed = frappe.db.sql(
		"SELECT DISTINCT customer FROM `tabIssue` WHERE modified > %s AND customer > ''",
		(add_to_date(since, minutes=-OVERLAP_MINUTES),),
	)
	mark([customer for (customer,) in changed], "Issue")
	keep_setting("issues_seen_until", now)


def drain(limit: int = DRAIN_LIMIT, *, commit: bool = True) -> Refreshed:
	"""Refresh the customers that wait, up to `limit` requests.

	Killed at any point, or run twice at once, it loses no request: each is deleted in the transaction of its refresh.
	What cannot be refreshed goes to the Error Log and stays for the next time; the rest goes on.
	"""
	if not service.enabled():
		return Refreshed()
	mark_issues()
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
