# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The events of the tags that linkage rules may wait for."""

from collections.abc import Iterator
from datetime import datetime

import frappe

from crm_ext.constants import OPEN
from crm_ext.profile.slices import CustomerSlice
from crm_ext.rules.actions import TAG_GAINED, TAG_LOST, Event, Trigger
from crm_ext.rules.changes import TagChange
from crm_ext.tags.service import enabled


def triggers() -> list[Trigger]:
	"""Registered through the hook `crm_ext_linkage_triggers`."""
	return [
		Trigger(
			name=TAG_GAINED,
			fields=("tag",),
			options=("include_existing",),
			past=_gained,
			existing=_held,
			available=enabled,
		),
		Trigger(name=TAG_LOST, fields=("tag",), past=_lost, available=enabled),
	]


def _gained(rule, since: datetime) -> Iterator[Event]:
	return _events(TAG_GAINED, "since", "tag = %s AND shadow = 0 AND since >= %s", rule.tag, since)


def _lost(rule, since: datetime) -> Iterator[Event]:
	return _events(TAG_LOST, "until", "tag = %s AND shadow = 0 AND until >= %s", rule.tag, since)


def _held(rule, chunk: CustomerSlice) -> list[Event]:
	"""Who holds the tag of a rule, without those whose event is still to come."""
	where, values = chunk.where("customer")
	return list(
		_events(
			TAG_GAINED,
			"since",
			f"""{where} AND tag = %s AND shadow = 0 AND closed_key = %s
			AND COALESCE(pending_events, '') = ''""",
			*values,
			rule.tag,
			OPEN,
		)
	)


def _events(event: str, moment: str, where: str, *values: object) -> Iterator[Event]:
	reason = "reason" if event == TAG_GAINED else "end_reason"
	rows = frappe.db.sql(
		f"""SELECT name, customer, tag, tag_group, company, source, {moment}, {reason}
		FROM `tabCustomer Tag Assignment` WHERE {where}""",
		values,
	)
	for assignment, customer, tag, group, company, source, at, why in rows:
		yield TagChange(
			event=event,
			assignment=assignment,
			customer=customer,
			tag=tag,
			group=group,
			company=company or "",
			source=source,
			at=at,
			reason=why,
		).as_event()
