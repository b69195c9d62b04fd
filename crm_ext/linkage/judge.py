# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""From events to verdicts: reads, in a constant number of queries for a batch, and writes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crm_ext.constants import TAGS_FACT
from crm_ext.exceptions import CrmExtError
from crm_ext.linkage import registry as registry_
from crm_ext.linkage import store
from crm_ext.linkage.loops import Node, following
from crm_ext.linkage.model import Call, History, Outcome, Verdict, decide, period_of
from crm_ext.linkage.rules import LiveRule
from crm_ext.linkage.store import Cause
from crm_ext.profile.customer_facts import facts_of
from crm_ext.rules.actions import Event
from crm_ext.rules.conditions import matches
from crm_ext.rules.facts import FactValue, normalise
from crm_ext.rules.site import registry
from crm_ext.settings import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
	"""One rule that an event called. `error`: its conditions cannot be evaluated."""

	event: Event
	rule: LiveRule
	verdict: Verdict
	once_key: str
	facts: dict[str, FactValue]
	depth: int = 0
	cause: Cause | None = None
	error: CrmExtError | None = None


class Judge:
	"""Judges events by some rules. `remember` False: as if nothing had ever run, for a dry run."""

	def __init__(self, rules: Sequence[LiveRule], *, remember: bool = True):
		self.rules = rules
		self.remember = remember
		self.max_depth = settings().linkage_max_depth or 0
		self.follows = follows(rules)
		self.history = History.empty()

	def of_today(self, rules: Sequence[LiveRule]) -> "Judge":
		"""This judge, unless the rules have changed meanwhile."""
		same = [rule.version for rule in rules] == [rule.version for rule in self.rules]
		return self if same else Judge(rules)

	def judge(self, events: Sequence[Event], before: History | None = None) -> list[Judged]:
		"""What becomes of each rule that each event calls, in the order of the events.

		Events of customers that are gone call nothing. `before` is a history that is not stored, but counts.
		"""
		called = _completed([(event, rules) for event in events if (rules := self._called_by(event))])
		facts = _Facts(called)
		called = [(event, rules) for event, rules in called if facts.known(event)]
		causes = self._causes(called)
		if self.remember:
			self.history = _history(called)
		if before:
			self.history.include(before)
		judged = []
		for moment in _moments(called):
			judged += self._moment(moment, facts, causes)
		return judged

	def _called_by(self, event: Event) -> list[LiveRule]:
		return [rule for rule in self.rules if rule.hears(event.trigger, event.tag, event.rule)]

	def _moment(self, pairs: Sequence[tuple[Event, LiveRule]], facts: "_Facts", causes) -> list[Judged]:
		"""The rules that compete, for they are called at once."""
		calls, found = [], []
		for event, rule in pairs:
			known = facts.of(event)
			cause = self._cause(event, rule, causes)
			error = None
			try:
				clauses = rule.clauses(event.company)
				matched = not clauses or matches(clauses, known)
			except CrmExtError as raised:
				error, matched = raised, False
			depth = cause.depth + 1 if cause else 0
			call = Call(
				rule=rule.name,
				limits=rule.limits,
				customer=event.customer,
				event_key=event.key,
				occurred_at=event.occurred_at,
				matched=matched,
				shadow=rule.shadow,
				depth=depth,
			)
			calls.append(call)
			found.append((event, rule, call.once_key, known, depth, cause, error))
		verdicts = decide(calls, self.history, self.max_depth)
		return [
			Judged(
				event=event,
				rule=rule,
				verdict=Verdict(Outcome.BROKEN) if error else verdict,
				once_key=once_key,
				facts=known,
				depth=depth,
				cause=cause,
				error=error,
			)
			for (event, rule, once_key, known, depth, cause, error), verdict in zip(
				found, verdicts, strict=True
			)
		]

	def _causes(self, called) -> dict[str, list[Cause]]:
		leading = {name for name, after in self.follows.items() if after}
		if not (self.remember and leading and called):
			return {}
		times = [event.occurred_at for event, _rules in called]
		return store.causes({event.customer for event, _rules in called}, leading, min(times), max(times))

	def _cause(self, event: Event, rule: LiveRule, causes: dict[str, list[Cause]]) -> Cause | None:
		"""The latest run for the customer, of a rule that may bring this event about, on the day before it."""
		for cause in causes.get(event.customer, ()):
			fits = rule.name in self.follows[cause.rule]
			if fits and event.occurred_at - store.CAUSE_WINDOW <= cause.at <= event.occurred_at:
				return cause
		return None


def _completed(called: Sequence[tuple[Event, list[LiveRule]]]) -> list[tuple[Event, list[LiveRule]]]:
	"""The events with those of their facts that are found only now, once for all events of a trigger."""
	completed = {event.key: event for event, _rules in called}
	known = registry_.triggers()
	for trigger in {event.trigger for event, _rules in called} & known.keys():
		if complete := known[trigger].complete:
			chosen = [(event, rules) for event, rules in called if event.trigger == trigger]
			read = frozenset().union(*(rule.facts for _event, rules in chosen for rule in rules))
			completed |= {event.key: event for event in complete([event for event, _rules in chosen], read)}
	return [(completed[event.key], rules) for event, rules in called]


class _Facts:
	"""The facts that the called rules read, of all customers of the batch: one query for each scope."""

	def __init__(self, called: Iterable[tuple[Event, Sequence[LiveRule]]]):
		known = registry()
		customers: dict[str, set[str]] = {}
		names: dict[str, set[str]] = {}
		for event, rules in called:
			customers.setdefault(event.company, set()).add(event.customer)
			wanted = names.setdefault(event.company, set())
			for rule in rules:
				wanted |= rule.facts
		self._found = {
			company: facts_of(
				sorted(customers[company]),
				company,
				[name for name in names[company] if name in known and known[name].sql],
				known,
			)
			for company in customers
		}

	def known(self, event: Event) -> bool:
		return event.customer in self._found[event.company]

	def of(self, event: Event) -> dict[str, FactValue]:
		"""The customer's facts with those of the event."""
		facts = self._found[event.company][event.customer]
		if not event.facts:
			return facts
		known = registry()
		return facts | {n: normalise(known[n], value) for n, value in event.facts.items() if n in known}


def _history(called: Sequence[tuple[Event, Sequence[LiveRule]]]) -> History:
	"""What ran before for the customers of a batch."""
	calls = {(rule.name, event.customer) for event, rules in called for rule in rules}
	if not calls:
		return History.empty()
	days = {event.occurred_at.date() for event, _rules in called}
	limits = {rule.name: rule.limits for _event, rules in called for rule in rules}.values()
	periods = {period_of(per, day) for per in {one.once_per for one in limits} for day in days} - {""}
	cooldown = max(one.cooldown_days for one in limits)
	return store.history(calls, periods, min(days), max(days), cooldown)


def _moments(
	called: Iterable[tuple[Event, Sequence[LiveRule]]],
) -> Iterable[list[tuple[Event, LiveRule]]]:
	"""What is called at once: by one event, or by the own events of several rules on one day."""
	moments: dict[tuple, list[tuple[Event, LiveRule]]] = {}
	for event, rules in called:
		key = (event.customer, event.trigger, event.occurred_at.date()) if event.rule else (event.key,)
		moments.setdefault(key, []).extend((event, rule) for rule in rules)
	return moments.values()


def follows(rules: Sequence[LiveRule]) -> dict[str, set[str]]:
	"""Which rule may bring about the event of which; observing rules do nothing, and so lead to none."""
	nodes = {rule.name: node(rule) for rule in rules}
	if not any(one.effects for one in nodes.values()):
		return {}
	return following(nodes, store.tag_reads(), TAGS_FACT)


def node(rule: LiveRule) -> Node:
	effects: set[str] = set()
	if not rule.shadow:
		for row in rule.actions:
			effects |= registry_.effects_of(row.action, row.parameters)
	return Node(trigger=rule.trigger, tag=rule.tag, facts=rule.facts, effects=frozenset(effects))
