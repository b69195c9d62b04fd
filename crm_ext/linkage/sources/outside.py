# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Events that other systems tell of, such as an answered survey."""

from collections.abc import Iterator, Mapping
from datetime import datetime

import frappe
from frappe.utils import now_datetime

from crm_ext.exceptions import NoSuchRecord, NotFromOutside, Term, UnknownFact
from crm_ext.incoming import site_time
from crm_ext.linkage import inbox, registry, runner
from crm_ext.rules.actions import Event
from crm_ext.rules.facts import jsonable, normalise
from crm_ext.rules.site import registry as facts_registry

SURVEY_ANSWERED = "Survey Answered"


def record(
	customer: str,
	trigger: str,
	*,
	key: str,
	occurred_at: datetime | None = None,
	facts: Mapping[str, object] | None = None,
	reference_doctype: str = "",
	reference_name: str = "",
	readable: bool = False,
) -> bool:
	"""Tell of an event; False if it was known already, by its `key`, or no rule waits for it.

	`occurred_at` is site time, unless it names its time zone, and at the latest now. `facts` are those of the trigger, by name.
	`readable`: a document that the session's user may not read counts as missing.
	Raises UnknownTrigger, NotFromOutside, NoSuchRecord, UnknownFact, InvalidValue.
	"""
	asked = registry.trigger(trigger)
	if asked.own_events or asked.fields:
		raise NotFromOutside(trigger=Term(trigger))
	if not frappe.db.exists("Customer", customer):
		raise NoSuchRecord(value=customer, doctype=Term("Customer"), parameter=Term("Customer"))
	if reference_name and not (
		frappe.db.exists("DocType", reference_doctype)
		and frappe.db.exists(reference_doctype, reference_name)
		and (not readable or frappe.has_permission(reference_doctype, "read", doc=reference_name))
	):
		raise NoSuchRecord(value=reference_name, doctype=Term(reference_doctype), parameter=Term("Document"))
	known = facts_registry()
	for name in facts or ():
		if name not in asked.facts:
			raise UnknownFact(fact=name)
	now = now_datetime()
	event = Event(
		key=f"{trigger}:{key}",
		trigger=trigger,
		customer=customer,
		occurred_at=min(site_time(occurred_at or now), now),
		reference_doctype=reference_doctype,
		reference_name=reference_name,
		facts={name: jsonable(normalise(known[name], value)) for name, value in (facts or {}).items()},
	)
	if not inbox.awaited(trigger) or frappe.db.exists(inbox.EVENT, inbox.key_name(event.key)):
		return False
	inbox.tell([event])
	runner.run_later()
	return True


def past(trigger: str):
	"""The `past` of a trigger from outside: what was told of it since, as long as it is kept."""

	def events(_rule, since: datetime) -> Iterator[Event]:
		for row in frappe.get_all(
			inbox.EVENT,
			filters={"trigger": trigger, "occurred_at": (">=", since), "rule": ("is", "not set")},
			fields=[
				"name",
				"customer",
				"company",
				"occurred_at",
				"reference_doctype",
				"reference_name",
				"facts",
			],
		):
			yield Event(
				key=row.name,
				trigger=trigger,
				customer=row.customer,
				occurred_at=row.occurred_at,
				company=row.company or "",
				reference_doctype=row.reference_doctype or "",
				reference_name=row.reference_name or "",
				facts=frappe.parse_json(row.facts) if row.facts else {},
			)

	return events
