# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Who qualifies for a rule at the moment when it begins, and so is not news later.

A job goes through all customers: it notes where they stand with the rule and, if the rule is to begin with those who
qualify already, tells of them. `baseline_version` of the rule says for which version this is over.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace

import frappe

from crm_ext.exceptions import RuleError
from crm_ext.linkage import inbox, registry, runner
from crm_ext.linkage.rules import RULE, LiveRule, live_rules
from crm_ext.linkage.sources import matching, profile, schedule
from crm_ext.profile.service import FULL_REFRESH_TIMEOUT
from crm_ext.profile.slices import CustomerSlice
from crm_ext.profile.store import everybody, lock
from crm_ext.profile.transactions import persistently, read_committed
from crm_ext.rules.actions import PROFILE_CHANGED, SCHEDULE, Event


def begin_later(rule: str, *, started: bool = True) -> None:
	"""Have a worker begin with a rule. `started` False: it was in force before, and only changed."""
	frappe.enqueue(
		"crm_ext.linkage.sources.existing.begin",
		queue="long",
		timeout=FULL_REFRESH_TIMEOUT,
		enqueue_after_commit=True,
		rule=rule,
		started=started,
	)


def begin(rule: str, *, started: bool = True, commit: bool = True) -> int:
	"""Note who qualifies for a rule, and tell of them if it began and wants that; returns how many were told of.

	Safe to run twice and to be killed. Ends early if the rule is changed meanwhile, for then another begins anew.
	"""
	found = next(iter(live_rules(name=rule)), None)
	if not found:
		return 0
	with read_committed() if commit else nullcontext():
		told = _Beginning(found, started).everybody(commit)
		if told:
			runner.run_later()
	return told


def catch_up(*, commit: bool = True) -> None:
	"""Begin with the rules that have come into force, or whose beginning was cut short."""
	for rule in live_rules():
		if rule.doc.baseline_version != rule.doc.version_hash:
			begin(rule.name, started=not rule.doc.baseline_version, commit=commit)


class _Beginning:
	"""The beginning of one version of a rule."""

	def __init__(self, rule: LiveRule, started: bool):
		self.rule = rule
		self.version = {"name": rule.name, "version_hash": rule.doc.version_hash}
		trigger = registry.triggers().get(rule.trigger)
		wanted = started and rule.doc.include_existing and trigger and trigger.available()
		self.existing = trigger.existing if wanted else None
		by_the_clock = rule.trigger == SCHEDULE and started
		self.notes = rule.trigger == PROFILE_CHANGED or (by_the_clock and not rule.doc.include_existing)
		self.anew = by_the_clock and rule.doc.include_existing

	def everybody(self, commit: bool) -> int:
		"""Go through all customers. A rule that cannot be evaluated now begins in a later night."""
		told = 0
		if self.rule.trigger in (PROFILE_CHANGED, SCHEDULE):
			try:
				matching.condition(self.rule)
			except RuleError:
				return told
		if self.notes or self.anew or self.existing:
			for chunk in everybody():
				if not frappe.db.exists(RULE, self.version):
					return told
				told += persistently(lambda chunk=chunk: self._slice(chunk), commit=commit)
		frappe.db.set_value(
			RULE, self.version, "baseline_version", self.version["version_hash"], update_modified=False
		)
		return told

	def _slice(self, chunk: CustomerSlice) -> int:
		lock(chunk)
		if self.anew:
			schedule.begin_anew(self.rule, chunk)
		if self.notes:
			(profile if self.rule.trigger == PROFILE_CHANGED else schedule).baseline(self.rule, chunk)
		return inbox.tell(self._own(self.existing(self.rule.doc, chunk))) if self.existing else 0

	def _own(self, events: Sequence[Event]) -> list[Event]:
		"""The events for this rule alone, once in each of its states, but those that it hears, or heard, anyway."""
		heard = self._heard(events)
		return [
			replace(e, rule=self.rule.name, key=f"{e.key} for {self.rule.name}, {self.rule.doc.status}")
			for e in events
			if inbox.key_name(e.key) not in heard
		]

	def _heard(self, events: Sequence[Event]) -> set[str]:
		if not events:
			return set()
		rows = frappe.db.sql(
			f"""SELECT e.name FROM `tab{inbox.EVENT}` e
			LEFT JOIN `tabLinkage Run` r ON r.customer = e.customer AND r.rule = %s AND r.event_key = e.name
				AND r.shadow = %s
			WHERE e.name IN %s AND (e.processed = 0 OR r.name IS NOT NULL)""",
			(self.rule.name, int(self.rule.shadow), tuple(inbox.key_name(e.key) for e in events)),
		)
		return {name for (name,) in rows}
