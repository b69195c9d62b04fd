# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The static check of a linkage rule: alone, beside the rules of its exclusion group, and in the chain of rules."""

from crm_ext.constants import ALL_COMPANIES
from crm_ext.exceptions import ForeignEventFact, Term
from crm_ext.linkage import registry as registry_
from crm_ext.linkage.judge import follows
from crm_ext.linkage.loops import circle
from crm_ext.linkage.rules import LiveRule, as_if_active, live_rules
from crm_ext.rules.site import registry
from crm_ext.rules.static_check import Finding, Kind, Rule, check

RELEVANT = frozenset({Kind.DEAD, Kind.OVERLAP, Kind.SHADOWED, Kind.INCOMPLETE})
"""That nothing matches somewhere is no gap: rules are not meant for everybody."""


def check_event_facts(document) -> None:
	"""Raises ForeignEventFact for a condition on what the event of the rule does not tell."""
	known = registry()
	told = registry_.trigger(document.trigger).facts
	for row in document.conditions:
		if not known[row.fact].sql and row.fact not in told:
			raise ForeignEventFact(fact=Term(known[row.fact].label), trigger=Term(document.trigger))


def findings_of(document) -> list[Finding]:
	"""Findings that concern a Linkage Rule document, checked as if it were active beside the active ones."""
	rule = as_if_active(document)
	others = [r for r in live_rules(quiet=True) if r.name != rule.name and not r.shadow]
	return _beside(rule, others) + _in_a_circle(rule, others)


def _beside(rule: LiveRule, others: list[LiveRule]) -> list[Finding]:
	rivals = [r for r in others if _compete(rule, r)]
	rules = [Rule(r.name, r.limits.priority, r.clauses(ALL_COMPANIES)) for r in (*rivals, rule)]
	report = check(rules, registry(), exclusive=True)
	return [f for f in report.findings if f.kind in RELEVANT and f.concerns(rule.name)]


def _compete(rule: LiveRule, other: LiveRule) -> bool:
	same_event = (rule.trigger, rule.tag) == (other.trigger, other.tag)
	return bool(rule.limits.group) and rule.limits.group == other.limits.group and same_event


def _in_a_circle(rule: LiveRule, others: list[LiveRule]) -> list[Finding]:
	way = circle(rule.name, follows([*others, rule]))
	return [Finding(Kind.LOOP, (rule.name,), (" → ".join(way),))] if way else []
