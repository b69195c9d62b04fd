# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The inbox: events that wait to be judged by the linkage rules.

An event is told in the transaction of what it tells of, as one row whose name is a digest of the event's key: telling
it again adds nothing. It stays for some months after it was judged (Log Settings), so that late repetitions are known.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence

import frappe
from frappe.utils import now_datetime

from crm_ext.linkage.rules import LIVE
from crm_ext.rows import insert_rows, update_rows
from crm_ext.rules.actions import Event
from crm_ext.settings import settings

EVENT = "Linkage Event"
COLUMNS = (
	*("customer", "trigger", "tag", "rule", "company", "reference_doctype", "reference_name"),
	*("occurred_at", "facts"),
)
BATCH = 10_000
"""Events that are judged at once, at most."""

_AWAITED = "crm_ext_linkage_awaited"


def enabled() -> bool:
	return bool(settings().linkage_enabled)


def awaited(trigger: str) -> bool:
	"""Whether any rule acts on, or observes, this trigger. From the cache: no query once that is warm."""
	return enabled() and trigger in _listening()


def awaited_tags(trigger: str) -> frozenset[str]:
	"""The tags that rules of this trigger wait for."""
	return frozenset(_listening().get(trigger, ())) if enabled() else frozenset()


def forget_awaited() -> None:
	"""A rule has changed: look anew who waits for what, now and once the change is committed."""
	frappe.cache.delete_value(_AWAITED)
	# written, not deleted: a long transaction that began before would fill it with what it still sees
	frappe.db.after_commit.add(lambda: frappe.cache.set_value(_AWAITED, _read()))
	frappe.db.after_rollback.add(lambda: frappe.cache.delete_value(_AWAITED))


def tell(events: Iterable[Event]) -> int:
	"""Put events into the inbox, in the caller's transaction; returns how many were given. One statement per 1,000."""
	told = {key_name(event.key): event for event in events}
	insert_rows(EVENT, COLUMNS, [_row(event) for event in told.values()], names=list(told), ignore_known=True)
	return len(told)


def waiting() -> bool:
	"""Whether an event waits to be judged now."""
	return bool(_due("SELECT 1", "LIMIT 1"))


def waiting_customers(limit: int) -> list[str]:
	"""Some customers whose events wait, in their order."""
	return [name for (name,) in _due("SELECT DISTINCT customer", "ORDER BY customer LIMIT %s", limit)]


def take(customers: Sequence[str]) -> list[Event]:
	"""Their waiting events, of each customer in the order in which they happened, without those that another job has.

	At most so many that they fit into memory, with all that rules make of them.
	"""
	rows = _due(
		f"SELECT name, {', '.join(f'`{column}`' for column in COLUMNS)}",
		"AND customer IN %s ORDER BY customer, occurred_at, name LIMIT %s FOR UPDATE SKIP LOCKED",
		tuple(customers),
		BATCH,
	)
	return [_event(*row) for row in rows]


def judged(events: Sequence[Event]) -> None:
	"""Mark taken events as judged. Their `key` is the name of their row."""
	if events:
		frappe.db.sql(
			f"UPDATE `tab{EVENT}` SET processed = 1 WHERE name IN %s", (tuple(e.key for e in events),)
		)


def postpone(events: Sequence[Event], rule: str, until) -> None:
	"""Keep events for a rule that cannot be evaluated at present, for that rule alone."""
	names = [e.key if e.rule else key_name(f"{e.key} for {rule}") for e in events]
	own = [(*_row(e)[:3], rule, *_row(e)[4:]) for e in events]
	insert_rows(EVENT, COLUMNS, own, names=names, ignore_known=True)
	update_rows(EVENT, ("wait_until", "processed"), [(name, until, 0) for name in names])


def set_aside(customer: str, until) -> int:
	"""Keep the waiting events of a customer for later; returns how many."""
	events = take([customer])
	update_rows(EVENT, ("wait_until",), [(event.key, until) for event in events])
	return len(events)


def key_name(key: str) -> str:
	"""The name of the row of an event."""
	return hashlib.sha256(key.encode()).hexdigest()[:32]


def _due(select: str, rest: str, *values: object) -> tuple:
	return frappe.db.sql(
		f"""{select} FROM `tab{EVENT}`
		WHERE processed = 0 AND (wait_until IS NULL OR wait_until <= %s) {rest}""",
		(now_datetime(), *values),
	)


def _listening() -> dict[str, list[str]]:
	"""Trigger → tags of the rules that wait for it."""
	# what a long job read at its beginning may be old
	frappe.local.cache.pop(frappe.cache.make_key(_AWAITED), None)
	return frappe.cache.get_value(_AWAITED, generator=_read)


def _read() -> dict[str, list[str]]:
	found: dict[str, list[str]] = {}
	for rule in frappe.get_all("Linkage Rule", {"status": ("in", LIVE)}, ["trigger", "tag"]):
		found.setdefault(rule.trigger, []).append(rule.tag or "")
	return found


def _row(event: Event) -> tuple:
	return (
		event.customer,
		event.trigger,
		event.tag or None,
		event.rule or None,
		event.company or None,
		event.reference_doctype or None,
		event.reference_name or None,
		event.occurred_at,
		json.dumps(dict(event.facts), default=str) if event.facts else None,
	)


def _event(name, customer, trigger, tag, rule, company, doctype, document, occurred_at, facts) -> Event:
	return Event(
		key=name,
		trigger=trigger,
		customer=customer,
		occurred_at=occurred_at,
		tag=tag or "",
		rule=rule or "",
		company=company or "",
		reference_doctype=doctype or "",
		reference_name=document or "",
		facts=json.loads(facts) if facts else {},
	)
