# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Issues that are opened or closed, found by their time stamps: an Issue costs nothing more, and bulk actions, which call
no hook, are seen.

That an Issue was closed, and not merely touched long after, shows by what was known before: for each open Issue the
inbox holds an event that waits without end. It is released when the Issue is found closed.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

import frappe
from frappe.utils import add_to_date, now_datetime

from crm_ext.linkage import inbox
from crm_ext.rows import insert_rows
from crm_ext.rules.actions import Event
from crm_ext.settings import keep_setting, read_kept, settings

ISSUE_OPENED = "Issue Opened"
ISSUE_CLOSED = "Issue Closed"
CLOSED = ("Closed", "Resolved")

NEVER = datetime(9999, 12, 31)
"""Until then waits the event of an Issue that is open."""

OVERLAP_MINUTES = 15
"""So long a transaction may take from an Issue's time stamp to its commit."""

SEEN = "linkage_issues_seen_until"


def sweep() -> int:
	"""Tell of the Issues that were opened or closed since the last time; returns how many.

	No query while no rule waits. When one begins to wait, what is open then is noted, and nothing told.
	"""
	if not (inbox.awaited(ISSUE_OPENED) or inbox.awaited(ISSUE_CLOSED)):
		if settings().get(SEEN):
			_forget()
		return 0
	now = now_datetime()
	since = read_kept(SEEN)
	if since:
		rows = _issues("modified > %s", since)
		told = _tell_opened(rows, since) + _tell_closed(rows, since)
	else:
		rows, told = _issues("status NOT IN %s", CLOSED), 0
	_await_closing(rows)
	keep_setting(SEEN, add_to_date(now, minutes=-OVERLAP_MINUTES) if since else now)
	return told


def past_opened(_rule, since: datetime) -> Iterator[Event]:
	"""The Issues that were opened since a moment."""
	return (_event(ISSUE_OPENED, row, row.creation) for row in _issues("creation >= %s", since))


def past_closed(_rule, since: datetime) -> Iterator[Event]:
	"""The Issues that are closed and were last changed since a moment."""
	rows = _issues("modified >= %s AND status IN %s", since, CLOSED)
	return (_event(ISSUE_CLOSED, row, row.modified) for row in rows)


def _tell_opened(rows: Sequence[frappe._dict], since: datetime) -> int:
	return inbox.tell([_event(ISSUE_OPENED, row, row.creation) for row in rows if row.creation >= since])


def _tell_closed(rows: Sequence[frappe._dict], since: datetime) -> int:
	"""Release the events that waited, and tell of the Issues that were not there the last time."""
	closed = {inbox.key_name(_key(ISSUE_CLOSED, row.name)): row for row in rows if row.status in CLOSED}
	if not closed:
		return 0
	waited = {
		name
		for (name,) in frappe.db.sql(
			f"SELECT name FROM `tab{inbox.EVENT}` WHERE name IN %s AND wait_until = %s",
			(tuple(closed), NEVER),
		)
	}
	if waited:
		frappe.db.delete(inbox.EVENT, {"name": ("in", list(waited)), "wait_until": NEVER})
	return inbox.tell(
		[
			_event(ISSUE_CLOSED, row, row.modified)
			for name, row in closed.items()
			if name in waited or row.creation >= since
		]
	)


def _await_closing(rows: Sequence[frappe._dict]) -> None:
	open_ = [row for row in rows if row.status not in CLOSED]
	insert_rows(
		inbox.EVENT,
		("customer", "trigger", "reference_doctype", "reference_name", "occurred_at", "wait_until"),
		[(row.customer, ISSUE_CLOSED, "Issue", row.name, row.creation, NEVER) for row in open_],
		names=[inbox.key_name(_key(ISSUE_CLOSED, row.name)) for row in open_],
		ignore_known=True,
	)


def _forget() -> None:
	"""Nobody waits any more."""
	frappe.db.delete(inbox.EVENT, {"trigger": ISSUE_CLOSED, "wait_until": NEVER})
	keep_setting(SEEN, None)


def _issues(condition: str, *values: object) -> list[frappe._dict]:
	return frappe.db.sql(
		f"""SELECT name, customer, status, creation, modified, priority, issue_type
		FROM `tabIssue` WHERE customer > '' AND {condition}""",
		values,
		as_dict=True,
	)


def _event(trigger: str, row: frappe._dict, at: datetime) -> Event:
	return Event(
		key=_key(trigger, row.name),
		trigger=trigger,
		customer=row.customer,
		occurred_at=at,
		reference_doctype="Issue",
		reference_name=row.name,
		facts={
			"issue_priority": row.priority,
			"issue_type": row.issue_type,
			"issue_status": row.status,
		},
	)


def _key(trigger: str, issue: str) -> str:
	return f"{trigger}:{issue}"
