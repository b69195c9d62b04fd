# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Planning: the waiting events of a batch of customers become runs, in one transaction.

Set-based: the number of statements depends on the number of batches, not of events, rules or customers.
"""

import json
from collections.abc import Sequence
from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import now_datetime

from crm_ext.linkage import inbox, registry, store
from crm_ext.linkage.judge import Judge, Judged
from crm_ext.linkage.model import COUNTED, LOGGED, RUNS, Outcome
from crm_ext.linkage.rules import live_rules, once_words
from crm_ext.profile.slices import CustomerSlice
from crm_ext.profile.store import lock
from crm_ext.profile.transactions import persistently
from crm_ext.rules import evidence
from crm_ext.rules.actions import Event

CUSTOMERS = 1_000
"""So many customers are planned for in one transaction."""

ASK_AGAIN = timedelta(minutes=15)
"""A rule that cannot be evaluated, or an event that cannot be judged, is asked again after this time."""

SAVEPOINT = "crm_ext_plan"

STATUS = {
	Outcome.RUN: "Waiting",
	Outcome.OBSERVED: "Waiting",
	Outcome.OUTRANKED: "Outranked",
	Outcome.HELD_OUT: "Held Out",
	Outcome.STOPPED: "Stopped",
}
"""What a run begins as. An observing rule's run waits too, for a preview of what it would have done."""


def plan(*, commit: bool = True) -> tuple[int, int]:
	"""Judge all waiting events; returns (events, runs written). Safe to run twice, in parallel, and to be killed."""
	judge = Judge(())
	events = runs = 0
	while customers := inbox.waiting_customers(CUSTOMERS):
		judge = judge.of_today(live_rules())

		def work(judge: Judge = judge, customers: Sequence[str] = customers) -> tuple[int, int]:
			return _plan(judge, customers)

		taken, written = persistently(work, commit=commit)
		if not taken:
			break  # another job has them
		events += taken
		runs += written
	return events, runs


def _plan(judge: Judge, customers: Sequence[str]) -> tuple[int, int]:
	# who else plans for these customers waits here, before it reads what ran
	lock(CustomerSlice.of(customers))
	return _apart(judge, customers)


def _apart(judge: Judge, customers: Sequence[str]) -> tuple[int, int]:
	"""Plan for some customers. If that fails, by halves: an event that cannot be judged holds up nobody else's."""
	frappe.db.savepoint(SAVEPOINT)
	try:
		return _together(judge, customers)
	except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
		raise
	except Exception:
		frappe.db.rollback(save_point=SAVEPOINT)
		middle = len(customers) // 2
		if middle:
			halves = [_apart(judge, half) for half in (customers[:middle], customers[middle:])]
			return sum(events for events, _runs in halves), sum(runs for _events, runs in halves)
		frappe.log_error(
			title="Linkage events cannot be judged", reference_doctype="Customer", reference_name=customers[0]
		)
		return inbox.set_aside(customers[0], now_datetime() + ASK_AGAIN), 0


def _together(judge: Judge, customers: Sequence[str]) -> tuple[int, int]:
	events = inbox.take(customers)
	judged = judge.judge(events)
	logged = [one for one in judged if one.verdict.outcome in LOGGED]
	written = store.insert_runs([_run(one) for one in logged], [_actions(one) for one in logged])
	inbox.judged(events)
	_postpone([one for one in judged if one.error])
	return len(events), written


def _postpone(broken: Sequence[Judged]) -> None:
	"""Keep for a rule that cannot be evaluated what it has not judged: nothing is lost when it is mended."""
	by_rule: dict[str, list[Event]] = {}
	for one in broken:
		by_rule.setdefault(one.rule.name, []).append(one.event)
	for rule, events in by_rule.items():
		inbox.postpone(events, rule, now_datetime() + ASK_AGAIN)


def _run(one: Judged) -> dict:
	event, rule = one.event, one.rule
	return {
		"customer": event.customer,
		"rule": rule.name,
		"rule_version": f"{rule.doc.version} · {rule.doc.version_hash}",
		"status": STATUS[one.verdict.outcome],
		"shadow": int(rule.shadow),
		"reason": reason_of(one) or None,
		"trigger": event.trigger,
		"tag": event.tag or None,
		"company": event.company or None,
		"occurred_at": event.occurred_at,
		"reference_doctype": event.reference_doctype or None,
		"reference_name": event.reference_name or None,
		"cause": one.cause.run if one.cause else None,
		"depth": one.depth,
		"evidence": json.dumps(evidence_of(one), ensure_ascii=False),
		"event_key": event.key,
		# what did not run leaves the period free for the next event
		"once_key": one.once_key if one.verdict.outcome in COUNTED else event.key,
		"facts": json.dumps(dict(event.facts), default=str) if event.facts else None,
	}


def _actions(one: Judged) -> list[dict]:
	if one.verdict.outcome not in RUNS:
		return []
	return [
		{
			"action": row.action,
			"summary": row.summary,
			"status": "Waiting",
			"external": int(registry.is_external(row.action)),
			"rule_action": row.row,
		}
		for row in one.rule.actions
	]


def reason_of(one: Judged) -> str:
	"""Why a rule does not run, or "" if it does, in the language of the moment."""
	limits, outcome = one.rule.limits, one.verdict.outcome
	if outcome is Outcome.OUTRANKED:
		return _outranked(limits.group, one.verdict.by)
	if outcome is Outcome.HELD_OUT:
		return _("The customer belongs to the {0} % that are left out to measure the effect.").format(
			f"{limits.hold_out_percent:g}"
		)
	if outcome is Outcome.STOPPED:
		return _(
			"Stopped: a chain of {0} runs led to this one, the last by “{1}”. Do the rules trigger each other?"
		).format(one.depth, one.cause.rule)
	if outcome is Outcome.NOT_MET:
		return _("The conditions do not hold.")
	if outcome is Outcome.ONCE:
		return _("It ran already: {0}.").format(once_words(limits.once_per))
	if outcome is Outcome.COOLDOWN:
		return _("It ran less than {0} days ago.").format(limits.cooldown_days)
	if outcome is Outcome.BROKEN:
		return one.error.translated(_)
	return ""


def _outranked(group: str, winner: str) -> str:
	return _("In the group {0}, “{1}” has the higher priority.").format(_(group), winner)


def evidence_of(one: Judged) -> dict:
	"""What the verdict rested on, as the kernel's evidence."""
	rule, company = one.rule, one.event.company
	context = rule.context(company)
	return evidence.build(
		rule.doc.reference(),
		rule.clauses(company),
		one.facts,
		as_of=context.as_of,
		company=company,
		currency=context.currency,
		losers=[(loser, _outranked(rule.limits.group, rule.name)) for loser in one.verdict.losers],
		without_conditions=True,
	)
