# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Orders, deliveries and invoices that are submitted.

On submission one row is written, and only where a rule waits for it; what costs more is added in the background.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal

import frappe
from frappe.utils import flt, getdate, now_datetime

from crm_ext.exceptions import NoExchangeRate
from crm_ext.jobs import enqueue_once
from crm_ext.linkage import inbox
from crm_ext.linkage.facts import (
	DOCUMENT_AMOUNT,
	DOCUMENT_COMPANY,
	DOCUMENT_ITEM_GROUPS,
	DOCUMENT_ORDINAL,
)
from crm_ext.profile.service import FULL_REFRESH_TIMEOUT
from crm_ext.rules.actions import Event
from crm_ext.rules.facts import SET_SEPARATOR
from crm_ext.rules.site import SiteContext, currency_of, reporting_currency

ORDER_SUBMITTED = "Order Submitted"
DELIVERY_SUBMITTED = "Delivery Submitted"
INVOICE_SUBMITTED = "Invoice Submitted"

TRIGGERS = {
	"Sales Order": ORDER_SUBMITTED,
	"Delivery Note": DELIVERY_SUBMITTED,
	"Sales Invoice": INVOICE_SUBMITTED,
	"POS Invoice": INVOICE_SUBMITTED,
}

NO_EVENT = {
	"Delivery Note": {"is_return": 1},
	"Sales Invoice": {"is_return": 1, "is_debit_note": 1, "is_consolidated": 1, "is_opening": "Yes"},
	"POS Invoice": {"is_return": 1, "is_opening": "Yes"},
}
"""What is no sale of its own: returns, corrections, opening balances, the sum of a day's POS Invoices."""

NET = "base_net_total"
"""Kept with the event, in the currency of the company."""

BATCH = 1_000


def on_submit(doc) -> None:
	"""Tell of a document, in the transaction that submits it. No query where no rule waits, one where one does."""
	trigger = TRIGGERS[doc.doctype]
	if not inbox.awaited(trigger) or any(
		doc.get(field) == value for field, value in NO_EVENT.get(doc.doctype, {}).items()
	):
		return
	facts = {
		DOCUMENT_COMPANY: doc.company,
		DOCUMENT_ITEM_GROUPS: sorted({row.item_group for row in doc.items if row.item_group}),
		NET: flt(doc.base_net_total),
	}
	inbox.tell([_event(trigger, doc.doctype, doc.name, doc.customer, now_datetime(), facts)])
	# the figures are to be fresh before the rules read them
	enqueue_once("crm_ext.tasks.crm_ext_drain_refresh_queue", timeout=FULL_REFRESH_TIMEOUT)


def complete(events: Sequence[Event], facts: Collection[str]) -> list[Event]:
	"""Add the amount in the reporting currency and, if rules read it, which document of its kind it is.

	Both wait for this moment, since the one may need a rate, and the other all documents submitted at the same time.
	"""
	numbers = {}
	if DOCUMENT_ORDINAL in facts:
		for trigger in {event.trigger for event in events}:
			numbers |= _ordinals(trigger, [event for event in events if event.trigger == trigger])
	amounts = _Amounts()
	return [
		replace(
			event,
			facts={
				**event.facts,
				DOCUMENT_AMOUNT: amounts.of(event),
				DOCUMENT_ORDINAL: numbers.get((event.reference_doctype, event.reference_name)),
			},
		)
		if NET in event.facts
		else event  # one that somebody only supposes, without a document
		for event in events
	]


def past(trigger: str) -> Callable[[object, datetime], Iterator[Event]]:
	"""The `past` of one of the triggers: the documents of the days since, with what is known of them today."""

	def documents(_rule, since: datetime) -> Iterator[Event]:
		for doctype in _doctypes(trigger):
			events = [_past_event(trigger, doctype, row) for row in _since(doctype, getdate(since))]
			for first in range(0, len(events), BATCH):
				yield from complete(events[first : first + BATCH], (DOCUMENT_ORDINAL,))

	return documents


def _since(doctype: str, day: date) -> list[frappe._dict]:
	on = _day_of(doctype)
	return frappe.db.sql(
		f"""SELECT d.name, d.customer, {on} AS day, d.company, d.{NET} AS net,
			(SELECT GROUP_CONCAT(DISTINCT i.item_group SEPARATOR '{SET_SEPARATOR}')
			FROM `tab{doctype} Item` i WHERE i.parent = d.name) AS item_groups
		FROM `tab{doctype}` d WHERE {_counting(doctype)} AND {on} >= %s""",
		(day,),
		as_dict=True,
	)


def _past_event(trigger: str, doctype: str, row: frappe._dict) -> Event:
	at = datetime.combine(row.day, time.min)
	facts = {DOCUMENT_COMPANY: row.company, DOCUMENT_ITEM_GROUPS: row.item_groups, NET: flt(row.net)}
	return _event(trigger, doctype, row.name, row.customer, at, facts)


def _ordinals(trigger: str, events: Sequence[Event]) -> dict[tuple[str, str], int]:
	"""Which of its customer's documents each is, by (DocType, name), in the order in which they were submitted.

	That moment is the event's; a document from before any rule waited counts by its own date.
	"""
	customers = tuple({event.customer for event in events})
	documents, values = [], []
	for doctype in _doctypes(trigger):
		documents.append(
			f"""SELECT %s AS doctype, d.name, d.customer, LEAST(d.creation, {_day_of(doctype)}) AS at,
				LEFT(SHA2(CONCAT(%s, d.name), 256), 32) AS event
			FROM `tab{doctype}` d WHERE {_counting(doctype)} AND d.customer IN %s"""
		)
		values += [doctype, _key(trigger, doctype), customers]
	rows = frappe.db.sql(
		f"""SELECT doctype, name, ordinal FROM (
			SELECT d.doctype, d.name,
				ROW_NUMBER() OVER (PARTITION BY d.customer ORDER BY COALESCE(e.occurred_at, d.at), d.name) AS ordinal
			FROM ({" UNION ALL ".join(documents)}) d LEFT JOIN `tab{inbox.EVENT}` e ON e.name = d.event
		) numbered WHERE name IN %s""",
		(*values, tuple(event.reference_name for event in events)),
	)
	return {(doctype, name): ordinal for doctype, name, ordinal in rows}


class _Amounts:
	"""Net amounts in the reporting currency, by the rates of today."""

	def __init__(self):
		self.context = SiteContext(getdate(), reporting_currency())
		self.missing: set[str] = set()

	def of(self, event: Event) -> float | None:
		"""None without a rate, which goes to the Error Log."""
		currency = currency_of(event.facts[DOCUMENT_COMPANY])
		if currency in self.missing:
			return None
		try:
			net = Decimal(str(event.facts[NET]))
			return flt(net if currency == self.context.currency else self.context.convert(net, currency))
		except NoExchangeRate as error:
			self.missing.add(currency)
			frappe.log_error(
				title="Linkage: no exchange rate for the amounts of documents", message=str(error)
			)
			return None


def _event(trigger: str, doctype: str, name: str, customer: str, at: datetime, facts: dict) -> Event:
	return Event(
		key=f"{_key(trigger, doctype)}{name}",
		trigger=trigger,
		customer=customer,
		occurred_at=at,
		reference_doctype=doctype,
		reference_name=name,
		facts=facts,
	)


def _key(trigger: str, doctype: str) -> str:
	return f"{trigger}:{doctype}:"


def _counting(doctype: str) -> str:
	"""The condition that a document `d` is submitted and an event."""
	others = (f"COALESCE(d.{field}, '') != '{value}'" for field, value in NO_EVENT.get(doctype, {}).items())
	return " AND ".join(("d.docstatus = 1", *others))


def _doctypes(trigger: str) -> list[str]:
	return [doctype for doctype, told in TRIGGERS.items() if told == trigger]


def _day_of(doctype: str) -> str:
	return "d.transaction_date" if doctype == "Sales Order" else "d.posting_date"
