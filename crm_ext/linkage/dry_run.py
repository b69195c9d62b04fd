# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What a rule, saved or not, would have done in the last days, had it been active. Nothing is written."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from itertools import islice

import frappe
from frappe import _
from frappe.utils import add_to_date, now_datetime

from crm_ext.exceptions import NotAwaitable, Term
from crm_ext.linkage import registry
from crm_ext.linkage.explain import previews
from crm_ext.linkage.judge import Judge, Judged
from crm_ext.linkage.model import RUNS
from crm_ext.linkage.planner import reason_of
from crm_ext.linkage.rules import as_if_active, live_rules

EVENTS = 50_000
"""So many events are judged at most."""

PREVIEWS = 200
"""For so many runs it is looked up what the actions would change."""

SAMPLE = 20
BATCH = 1_000

Progress = Callable[[int, int], None]


def dry_run(document, days: int, visible: Collection[str], progress: Progress | None = None) -> dict:
	"""Judge the events of the last days by a Linkage Rule document and its exclusion group, as if it were active.

	Only customers in `visible` count. Earlier runs are left out of account: the rule begins anew. The answer:
	{days, events, customers, outcomes: [{outcome, label, count}], actions: [{action, label, text, count, unchanged}],
	previewed, sample: [{customer, customer_name, occurred_at, outcome, label, reason, actions}], truncated}.
	Facts are those of today. Raises UnknownTrigger, NotAwaitable.
	"""
	trigger = registry.trigger(document.trigger)
	if trigger.past is None:
		raise NotAwaitable(trigger=Term(trigger.name))
	since = add_to_date(now_datetime(), days=-days)
	happened = (event for event in trigger.past(document, since) if event.customer in visible)
	events = sorted(islice(happened, EVENTS + 1), key=lambda event: (event.occurred_at, event.key))
	truncated = len(events) > EVENTS
	judged = _judge(document, events[:EVENTS], progress)
	runs = [one for one in judged if one.verdict.outcome in RUNS]
	looked_up = {id(one): previews(one) for one in runs[:PREVIEWS]}
	counts = Counter(one.verdict.outcome for one in judged)
	return {
		"days": days,
		"events": len(judged),
		"customers": len({one.event.customer for one in judged}),
		"outcomes": [
			{"outcome": outcome.value, "label": _(outcome.value), "count": count}
			for outcome, count in counts.most_common()
		],
		"actions": _actions(document, len(runs), list(looked_up.values())),
		"previewed": len(looked_up),
		"sample": _sample(judged, looked_up),
		"truncated": truncated,
	}


def _judge(document, events: Sequence, progress: Progress | None) -> list[Judged]:
	rule = as_if_active(document)
	rule.clauses()  # raises what is wrong with it, before anything else
	rivals = [
		other
		for other in live_rules(trigger=rule.trigger, quiet=True)
		if other.name != rule.name and not other.shadow and other.limits.group == rule.limits.group != ""
	]
	judge = Judge([*rivals, rule], remember=False)
	judged: list[Judged] = []
	for first in range(0, len(events), BATCH):
		judged += (one for one in judge.judge(events[first : first + BATCH]) if one.rule is rule)
		if progress:
			progress(min(first + BATCH, len(events)), len(events))
	return judged


def _actions(document, runs: int, looked_up: Sequence[Sequence[dict]]) -> list[dict]:
	return [
		{
			"action": row.action,
			"label": _(row.action, context="CRM Ext"),
			"text": row.summary
			or registry.action(row.action).summary(frappe.parse_json(row.parameters) or {}),
			"count": runs,
			"unchanged": sum(not actions[place]["changed"] for actions in looked_up),
		}
		for place, row in enumerate(document.actions)
	]


def _sample(judged: Sequence[Judged], looked_up: dict[int, list[dict]]) -> list[dict]:
	"""Those that run first, then the others."""
	chosen = sorted(judged, key=lambda one: id(one) not in looked_up)[:SAMPLE]
	names = dict(
		frappe.get_all(
			"Customer",
			filters={"name": ("in", [one.event.customer for one in chosen])},
			fields=["name", "customer_name"],
			as_list=True,
		)
	)
	return [
		{
			"customer": one.event.customer,
			"customer_name": names.get(one.event.customer, one.event.customer),
			"occurred_at": one.event.occurred_at,
			"outcome": one.verdict.outcome.value,
			"label": _(one.verdict.outcome.value),
			"reason": reason_of(one),
			"actions": [action["text"] for action in looked_up.get(id(one), ())],
		}
		for one in chosen
	]
