# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""One run in words: what called it, what it read, what led to it."""

import frappe
from frappe import _
from frappe.utils import format_datetime

from crm_ext.linkage.explain import event_words
from crm_ext.rules import evidence
from crm_ext.rules.actions import Event
from crm_ext.rules.words import step_words

LONGEST_CHAIN = 50


def run_of(name: str) -> dict:
	"""A Linkage Run for a reader: {sentence, steps, losers: [{rule, reason}], replay: {match, differing}, chain:
	[{run, rule}]}; the chain begins with what came first. Raises UnreadableEvidence."""
	run = frappe.get_doc("Linkage Run", name)
	proof = frappe.parse_json(run.evidence) if run.evidence else None
	replayed = evidence.replay(proof) if proof else None
	return {
		"sentence": _sentence(run),
		"steps": [step_words(step, proof["currency"]) for step in proof["steps"]] if proof else [],
		"losers": proof["losers"] if proof else [],
		"replay": {"match": replayed.match, "differing": list(replayed.differing)} if replayed else None,
		"chain": _chain(run),
	}


def _sentence(run) -> str:
	event = Event(
		key="",
		trigger=run.trigger,
		customer=run.customer,
		occurred_at=run.occurred_at,
		tag=run.tag or "",
		reference_name=run.reference_name or "",
	)
	return _("{0} on {1}, judged by “{2}” (version {3})").format(
		event_words(event), format_datetime(run.occurred_at), run.rule, (run.rule_version or "").split(" ")[0]
	)


def _chain(run) -> list[dict]:
	chain = []
	cause = run.cause
	while cause and len(chain) < LONGEST_CHAIN:
		rule, before = frappe.db.get_value("Linkage Run", cause, ["rule", "cause"]) or (None, None)
		if rule:
			chain.insert(0, {"run": cause, "rule": rule})
		cause = before
	return chain
