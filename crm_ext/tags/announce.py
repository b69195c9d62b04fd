# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Telling the world, once per change, that a customer gained or lost a tag.

A change is written together with its pending event (an outbox). This job takes pending events in batches, fires
them and clears them in one transaction, so that a kill neither loses nor repeats what handlers wrote.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass

import frappe

from crm_ext.constants import ALL_COMPANIES, TAG_GAINED, TAG_LOST
from crm_ext.jobs import enqueue_once
from crm_ext.profile.transactions import read_committed
from crm_ext.rules import actions
from crm_ext.rules.changes import TagChange
from crm_ext.tags import mirror

BATCH = 250
"""So few that a batch locks its customers for hundredths of a second only: Frappe does not wait for a locked one to
delete it. A batch takes as many queries whatever its size."""

TIMEOUT = 60 * 60
"""Seconds; the first refresh of a large site announces hundreds of thousands of tags."""
EVENTS = {"gained": TAG_GAINED, "lost": TAG_LOST}
CHANGES = {"gained": actions.TAG_GAINED, "lost": actions.TAG_LOST}


@dataclass(frozen=True)
class Audience:
	"""Who waits for an event: handlers (an app's doc_events or a Notification) and Webhooks."""

	handlers: bool
	webhooks: list

	def __bool__(self) -> bool:
		return self.handlers or bool(self.webhooks)


def announce(*, commit: bool = True) -> int:
	"""Fire all pending events, oldest first; returns how many. Safe to run twice and in parallel."""
	with read_committed() if commit else nullcontext():
		return _announce(commit)


def _announce(commit: bool) -> int:
	fired = 0
	audiences = {event: _audience(event) for event in EVENTS.values()}
	while customers := _waiting_customers():
		# in a transaction of its own: it locks customers, which whoever deletes one locks before its assignments
		mirror.sync(customers)
		if commit:
			frappe.db.commit()
		rows = _take(customers)
		if not rows:
			break  # another job has them
		_tell(rows)
		fired += sum(_fire(row, audiences) for row in rows)
		frappe.db.sql(
			"UPDATE `tabCustomer Tag Assignment` SET pending_events = '' WHERE name IN %s",
			(tuple(row.name for row in rows),),
		)
		if commit:
			frappe.db.commit()
	return fired


def announce_later() -> None:
	"""Have the pending events fired in the background, once this transaction is through."""
	enqueue_once("crm_ext.tags.announce.announce", timeout=TIMEOUT)


def waiting() -> bool:
	"""Whether any event is pending."""
	return bool(frappe.db.exists("Customer Tag Assignment", {"pending_events": (">", "")}))


def _waiting_customers() -> set[str]:
	"""Some customers with pending changes."""
	return set(
		frappe.db.sql(
			"SELECT customer FROM `tabCustomer Tag Assignment` WHERE pending_events > '' LIMIT %s",
			(BATCH,),
			pluck=True,
		)
	)


def _take(customers: Collection[str]) -> list[frappe._dict]:
	"""Their pending changes, in the order in which they came, without those that another job has."""
	return frappe.db.sql(
		"""SELECT name, customer, tag, tag_group, company, source, since, until, reason, end_reason, pending_events
		FROM `tabCustomer Tag Assignment` WHERE customer IN %s AND pending_events > ''
		ORDER BY COALESCE(until, since), name FOR UPDATE SKIP LOCKED""",
		(tuple(customers),),
		as_dict=True,
	)


def _tell(rows: Sequence[frappe._dict]) -> None:
	"""Hand the changes to the other capabilities, all at once."""
	changes = [_change(row, word) for row in rows for word in row.pending_events.split()]
	for hook in frappe.get_hooks("crm_ext_on_tag_changes"):
		frappe.get_attr(hook)(changes)


def _change(row: frappe._dict, word: str) -> TagChange:
	lost = word == "lost"
	return TagChange(
		event=CHANGES[word],
		assignment=row.name,
		customer=row.customer,
		tag=row.tag,
		group=row.tag_group,
		company=row.company or ALL_COMPANIES,
		source=row.source,
		at=row.until if lost else row.since,
		reason=row.end_reason if lost else row.reason,
	)


def _fire(row: frappe._dict, audiences: Mapping[str, Audience]) -> int:
	fired = 0
	for word in row.pending_events.split():
		event = EVENTS[word]
		if not audiences[event]:
			continue
		frappe.db.savepoint("crm_ext_event")
		try:
			_run(event, _change(row, word), audiences[event].webhooks)
		except Exception:
			frappe.db.rollback(save_point="crm_ext_event")
			frappe.log_error(
				title=f"{event} failed", reference_doctype="Customer Tag Assignment", reference_name=row.name
			)
		fired += 1
	return fired


def _run(event: str, change: TagChange, webhooks: Sequence[frappe._dict]) -> None:
	# a fresh document per change: Frappe runs a Notification once per document object
	customer = frappe.get_doc("Customer", change.customer)
	customer.crm_ext_tag_change = frappe._dict(asdict(change), event=event)
	customer.run_method(event)
	for webhook in webhooks:
		_enqueue_webhook(customer, webhook)


def _audience(event: str) -> Audience:
	hooks = frappe.get_doc_hooks()
	return Audience(
		handlers=bool(
			hooks.get("Customer", {}).get(event)
			or hooks.get("*", {}).get(event)
			or frappe.db.exists(
				"Notification",
				{"document_type": "Customer", "event": "Method", "method": event, "enabled": 1},
			)
		),
		webhooks=frappe.get_all(
			"Webhook",
			filters={"webhook_doctype": "Customer", "webhook_docevent": event, "enabled": 1},
			fields=["name", "condition", "background_jobs_queue"],
		),
	)


def _enqueue_webhook(customer, webhook: frappe._dict) -> None:
	"""Frappe's own webhook runner knows only its fixed events; the sending is Frappe's."""
	from frappe.integrations.doctype.webhook.webhook import get_context

	if webhook.condition and not frappe.safe_eval(webhook.condition, eval_locals=get_context(customer)):
		return
	frappe.enqueue(
		"frappe.integrations.doctype.webhook.webhook.enqueue_webhook",
		queue=webhook.background_jobs_queue or "default",
		enqueue_after_commit=True,
		doc=customer,
		webhook=webhook,
	)
