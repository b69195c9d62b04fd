# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What would happen to a customer if something befell it today: nothing is written."""

from collections.abc import Mapping
from dataclasses import replace

import frappe
from frappe import _
from frappe.utils import now_datetime, strip_html

from crm_ext.constants import ALL_COMPANIES, TAGS_FACT
from crm_ext.exceptions import CrmExtError, NotYetRefreshed
from crm_ext.linkage import registry, store
from crm_ext.linkage.judge import Judge, Judged
from crm_ext.linkage.model import RUNS, History, Outcome
from crm_ext.linkage.planner import evidence_of, reason_of
from crm_ext.linkage.rules import live_rules
from crm_ext.profile.customer_facts import facts_of
from crm_ext.rules import actions
from crm_ext.rules.actions import TAG_GAINED, TAG_LOST, Event, Work, tag_gained, tag_lost
from crm_ext.rules.site import registry as facts_registry
from crm_ext.rules.words import step_words


def explain(customer: str, event: Mapping) -> dict:
	"""What each rule would do that an event calls, and what would follow from it.

	`event`: {trigger, tag, company, reference_doctype, reference_name, facts}. The answer:
	{customer, customer_name, event: {trigger, tag, text}, rules: [{rule, status, outcome, label, runs, reason, group,
	priority, steps, actions}], then: [{because, event, rules, then}], stopped}. `stopped` says that the chain would be
	cut off here. Raises UnknownTrigger, UnknownFact, InvalidValue, NotYetRefreshed.
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
		self.judge = Judge(live_rules(quiet=True))
		self.history = History.empty()
		self.now = now_datetime()
		known = facts_of([customer], ALL_COMPANIES, [TAGS_FACT], facts_registry())
		if customer not in known:
			raise NotYetRefreshed
		self.tags = set(known[customer][TAGS_FACT] or ())

	def event(self, given: Mapping) -> Event:
		return Event(
			key=f"what if {frappe.generate_hash(length=10)}",
			trigger=given["trigger"],
			customer=self.customer,
			occurred_at=given.get("occurred_at") or self.now,
			tag=given.get("tag") or "",
			rule=given.get("rule") or "",
			company=given.get("company") or "",
			reference_doctype=given.get("reference_doctype") or "",
			reference_name=given.get("reference_name") or "",
			facts=given.get("facts") or {},
		)

	def follow(self, event: Event, depth: int) -> dict:
		"""Judge an event with the tags that the customer then holds, and what follows from it."""
		answer = {
			"event": {"trigger": event.trigger, "tag": event.tag, "text": event_words(event)},
			"rules": [],
			"then": [],
			"stopped": None,
		}
		if depth > self.judge.max_depth:
			answer["stopped"] = _("Here the chain is cut off: it is longer than {0} rules.").format(
				self.judge.max_depth
			)
			return answer
		gives_way = self._change_tags(event)
		assumed = replace(event, facts={**event.facts, TAGS_FACT: sorted(self.tags)})
		judged = self.judge.judge([assumed], before=self.history)
		self.history = self.judge.history
		answer["rules"] = [describe(one) for one in judged]
		for tag in gives_way:
			answer["then"] += self._then(event_words(event), TAG_LOST, tag, depth)
		for one in judged:
			if one.verdict.outcome is Outcome.RUN:
				answer["then"] += self._consequences(one, depth)
		return answer

	def _change_tags(self, event: Event) -> list[str]:
		"""Give or take the tag of the event; returns what gives way to it."""
		if event.trigger == TAG_LOST:
			self.tags.discard(event.tag)
		if event.trigger != TAG_GAINED:
			return []
		gives_way = self.tags & store.rivals_of(event.tag)
		self.tags = (self.tags - gives_way) | {event.tag}
		return sorted(gives_way)

	def _consequences(self, one: Judged, depth: int) -> list[dict]:
		"""What follows from the tags that the actions of a rule give and take."""
		effects = set()
		for row in one.rule.actions:
			effects |= registry.effects_of(row.action, row.parameters)
		found = []
		for trigger, prefix in ((TAG_GAINED, tag_gained("")), (TAG_LOST, tag_lost(""))):
			for effect in sorted(effect for effect in effects if effect.startswith(prefix)):
				tag = effect.removeprefix(prefix)
				if (tag in self.tags) != (trigger == TAG_GAINED):
					found += self._then(one.rule.name, trigger, tag, depth)
		return found

	def _then(self, because: str, trigger: str, tag: str, depth: int) -> list[dict]:
		"""An event that follows, where any rule hears it."""
		follows = self.follow(self.event({"trigger": trigger, "tag": tag}), depth + 1)
		return [{"because": because, **follows}] if follows["rules"] or follows["stopped"] else []


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
	"""What each action would do, after those before it: [{action, label, text, changed, external}].

	An error is its text, with `failed`. Of a rule that does not run, the actions in general.
	"""
	work = Work(
		customer=one.event.customer,
		parameters={},
		event=one.event,
		rule=one.rule.name,
		rule_owner=one.rule.doc.rule_owner or "",
		run="",
	)
	found = []
	for row in one.rule.actions:
		if one.verdict.outcome in RUNS:
			work = replace(work, parameters=row.parameters)
			outcome, failed = _preview(row.action, work)
			work = replace(work, assumed={**work.assumed, **outcome.sets})
		else:
			outcome, failed = actions.Outcome(text=row.summary, changed=False), False
		found.append(
			{
				"action": row.action,
				"label": _(row.action, context="CRM Ext"),
				"text": outcome.text,
				"changed": outcome.changed,
				"external": registry.is_external(row.action),
				**({"failed": True} if failed else {}),
			}
		)
	return found


def _preview(action: str, work: Work) -> tuple[actions.Outcome, bool]:
	"""What an action would do, and whether it would fail."""
	try:
		return registry.action(action).preview(work), False
	except CrmExtError as error:
		text = error.translated(_)
	except Exception as error:  # whatever it is, the run would fail with it, and say so
		frappe.clear_messages()
		text = strip_html(str(error)) or type(error).__name__
	return actions.Outcome(text=text, changed=False), True


def event_words(event: Event) -> str:
	"""An event as a reader says it: “Tag Gained: High Value”."""
	trigger = _(event.trigger, context="CRM Ext")
	if event.tag:
		return _("{0}: {1}").format(trigger, _(event.tag, context="Tag"))
	if event.reference_name:
		return _("{0}: {1}").format(trigger, event.reference_name)
	return trigger
