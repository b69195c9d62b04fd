# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What would happen to a customer if something befell it today: nothing is written."""

from collections.abc import Mapping

import frappe
from frappe import _
from frappe.utils import get_datetime, now_datetime

from crm_ext.exceptions import CrmExtError
from crm_ext.linkage import registry
from crm_ext.linkage.judge import TAGS_FACT, Judge, Judged
from crm_ext.linkage.model import History, Outcome
from crm_ext.linkage.planner import evidence_of, reason_of
from crm_ext.linkage.rules import action_rows, live_rules
from crm_ext.profile.customer_facts import facts_of
from crm_ext.rules.actions import TAG_GAINED, TAG_LOST, Event, Work, tag_gained, tag_lost
from crm_ext.rules.site import registry as facts_registry
from crm_ext.rules.words import step_words

RUNS = (Outcome.RUN, Outcome.OBSERVED)


def explain(customer: str, event: Mapping) -> dict:
	"""What each rule would do that an event calls, and what would follow from it.

	`event`: {trigger, tag, company, reference_doctype, reference_name, facts}. The answer:
	{customer, customer_name, event: {trigger, tag, text}, rules: [{rule, status, outcome, label, runs, reason, group,
	priority, steps, actions}], then: [{because, event, rules, then}], stopped}. `stopped` says that the chain would be
	cut off here. Raises UnknownTrigger, UnknownFact, InvalidValue.
	"""
	registry.trigger(event.get("trigger") or "")
	chain = _Chain(customer)
	answer = chain.follow(chain.event(event), depth=0)
	return {
		"customer": customer,
		"customer_name": frappe.db.get_value("Customer", customer, "customer_name"),
		**answer,
	}


class _Chain:
	"""One customer, with the tags it would hold as the chain goes on."""

	def __init__(self, customer: str):
		self.customer = customer
		self.judge = Judge(live_rules())
		self.history = History.empty()
		self.now = now_datetime()
		held = facts_of([customer], "", [TAGS_FACT], facts_registry()).get(customer, {})
		self.tags = set(held.get(TAGS_FACT) or ())

	def event(self, given: Mapping) -> Event:
		return Event(
			key=f"what if {frappe.generate_hash(length=10)}",
			trigger=given["trigger"],
			customer=self.customer,
			occurred_at=get_datetime(given.get("occurred_at")) if given.get("occurred_at") else self.now,
			tag=given.get("tag") or "",
			rule=given.get("rule") or "",
			company=given.get("company") or "",
			reference_doctype=given.get("reference_doctype") or "",
			reference_name=given.get("reference_name") or "",
			facts=given.get("facts") or {},
		)

	def follow(self, event: Event, depth: int) -> dict:
		if event.trigger == TAG_GAINED:
			self.tags.add(event.tag)
		elif event.trigger == TAG_LOST:
			self.tags.discard(event.tag)
		text = event_words(event)
		answer = {
			"event": {"trigger": event.trigger, "tag": event.tag, "text": text},
			"rules": [],
			"then": [],
		}
		answer["stopped"] = None
		if depth > self.judge.max_depth:
			answer["stopped"] = _("Here the chain is cut off: it is longer than {0} rules.").format(
				self.judge.max_depth
			)
			return answer
		assumed = Event(**{**_fields(event), "facts": {**event.facts, TAGS_FACT: sorted(self.tags)}})
		judged = self.judge.judge([assumed], before=self.history)
		self.history = self.judge.history
		answer["rules"] = [describe(one) for one in judged]
		for one in judged:
			if one.verdict.outcome is Outcome.RUN:
				answer["then"] += self._consequences(one, depth)
		return answer

	def _consequences(self, one: Judged, depth: int) -> list[dict]:
		effects = {
			effect
			for row in action_rows(one.rule.doc)
			for effect in registry.effects_of(row.action, row.parameters)
		}
		found = []
		for trigger, effect_of in ((TAG_GAINED, tag_gained), (TAG_LOST, tag_lost)):
			for tag in sorted(
				effect.removeprefix(effect_of("")) for effect in effects if effect.startswith(effect_of(""))
			):
				if (tag in self.tags) != (trigger == TAG_GAINED):
					follows = self.follow(self.event({"trigger": trigger, "tag": tag}), depth + 1)
					if follows["rules"] or follows["stopped"]:
						found.append({"because": one.rule.name, **follows})
		return found


def describe(one: Judged) -> dict:
	"""One rule of an answer, in the user's language."""
	outcome = one.verdict.outcome
	doc = one.rule.doc
	steps = []
	if not one.error:
		proof = evidence_of(one)
		steps = [step_words(step, proof["currency"]) for step in proof["steps"]]
	return {
		"rule": one.rule.name,
		"status": doc.status,
		"outcome": outcome.value,
		"label": _(outcome.value),
		"runs": outcome in RUNS,
		"reason": reason_of(one),
		"group": one.rule.limits.group,
		"priority": one.rule.limits.priority,
		"steps": steps,
		"actions": previews(one),
	}


def previews(one: Judged) -> list[dict]:
	"""What each action would do: [{action, label, text, changed, external}]; an error is its text."""
	known = registry.actions()
	found = []
	for row in action_rows(one.rule.doc):
		work = Work(
			customer=one.event.customer,
			parameters=row.parameters,
			event=one.event,
			rule=one.rule.name,
			rule_owner=doc_owner(one),
			run="",
		)
		found.append(
			{
				"action": row.action,
				"label": _(row.action),
				"external": bool(row.action in known and known[row.action].external),
				**_preview(row.action, row.summary, work if one.verdict.outcome in RUNS else None),
			}
		)
	return found


def doc_owner(one: Judged) -> str:
	return one.rule.doc.rule_owner or ""


def _preview(action: str, summary: str, work: Work | None) -> dict:
	if work is None:
		return {"text": summary, "changed": False}
	try:
		outcome = registry.action(action).preview(work)
	except CrmExtError as error:
		return {"text": error.translated(_), "changed": False, "failed": True}
	except frappe.ValidationError as error:
		frappe.clear_messages()
		return {"text": frappe.utils.strip_html(str(error)), "changed": False, "failed": True}
	return {"text": outcome.text, "changed": outcome.changed}


def event_words(event: Event) -> str:
	"""An event as a reader says it: “Tag Gained: High Value”."""
	trigger = _(event.trigger)
	if event.tag:
		return _("{0}: {1}").format(trigger, _(event.tag, context="Tag"))
	if event.reference_name:
		return _("{0}: {1}").format(trigger, event.reference_name)
	return trigger


def _fields(event: Event) -> dict:
	return {name: getattr(event, name) for name in Event.__dataclass_fields__}
