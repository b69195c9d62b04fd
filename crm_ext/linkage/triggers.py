# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The events that linkage rules may wait for, but for those of the tags (`tags.triggers`)."""

from crm_ext.linkage.facts import DOCUMENT_FACTS, ISSUE_FACTS, OCCASION_FACTS, SURVEY_FACTS
from crm_ext.linkage.sources import documents, issues, occasions, outside, profile, schedule
from crm_ext.rules.actions import OCCASION, PROFILE_CHANGED, SCHEDULE, Trigger


def triggers() -> list[Trigger]:
	"""Registered through the hook `crm_ext_linkage_triggers`."""
	return [
		Trigger(
			name=PROFILE_CHANGED,
			options=("include_existing",),
			own_events=True,
			past=profile.past,
			existing=profile.existing,
		),
		*(_of_documents(name) for name in dict.fromkeys(documents.TRIGGERS.values())),
		Trigger(name=issues.ISSUE_OPENED, facts=ISSUE_FACTS, past=issues.past_opened),
		Trigger(name=issues.ISSUE_CLOSED, facts=ISSUE_FACTS, past=issues.past_closed),
		Trigger(
			name=outside.SURVEY_ANSWERED,
			facts=SURVEY_FACTS,
			past=outside.past(outside.SURVEY_ANSWERED),
		),
		Trigger(
			name=OCCASION,
			facts=OCCASION_FACTS,
			fields=("occasion",),
			options=("days_before",),
			own_events=True,
			past=occasions.past,
		),
		Trigger(
			name=SCHEDULE,
			fields=("frequency",),
			options=("spread", "include_existing"),
			own_events=True,
			past=schedule.past,
		),
	]


def _of_documents(name: str) -> Trigger:
	return Trigger(name=name, facts=DOCUMENT_FACTS, past=documents.past(name), complete=documents.complete)
