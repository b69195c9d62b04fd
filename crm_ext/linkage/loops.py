# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Which rule may bring about the event of which other: the map that the guard against circles reads. Pure.

An action says what may follow from it (its effects). A fact that changes may change every tag whose conditions read
it; a tag that changes changes the fact of the tags held; and a rule hears a tag, an event, or a change of the facts
that its conditions read.
"""

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from crm_ext.rules.actions import (
	PROFILE_CHANGED,
	TAG_GAINED,
	TAG_LOST,
	event_caused,
	fact_changed,
	tag_gained,
	tag_lost,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
	"""What a rule hears, and the effects of its actions."""

	trigger: str
	tag: str = ""
	facts: frozenset[str] = frozenset()
	effects: frozenset[str] = frozenset()

	def hears(self, effects: Collection[str]) -> bool:
		if self.trigger == TAG_GAINED:
			return tag_gained(self.tag) in effects
		if self.trigger == TAG_LOST:
			return tag_lost(self.tag) in effects
		if self.trigger == PROFILE_CHANGED:
			return any(fact_changed(fact) in effects for fact in self.facts)
		return event_caused(self.trigger) in effects


def following(
	nodes: Mapping[str, Node], tag_reads: Mapping[str, Collection[str]], tags_fact: str
) -> dict[str, set[str]]:
	"""For each rule the rules that may follow it at once, itself perhaps included.

	`tag_reads`: the facts that the conditions of each tag read; `tags_fact`: the fact that holds the tags.
	"""
	spread = {name: spread_of(node.effects, tag_reads, tags_fact) for name, node in nodes.items()}
	return {
		name: {other for other, node in nodes.items() if node.hears(effects)}
		for name, effects in spread.items()
	}


def spread_of(
	effects: Iterable[str], tag_reads: Mapping[str, Collection[str]], tags_fact: str
) -> frozenset[str]:
	"""The effects with all that the conditions of tags make of them."""
	reached: set[str] = set()
	waiting = list(effects)
	while waiting:
		effect = waiting.pop()
		if effect in reached:
			continue
		reached.add(effect)
		if effect.startswith((tag_gained(""), tag_lost(""))):
			waiting.append(fact_changed(tags_fact))
		for tag, facts in tag_reads.items():
			if any(effect == fact_changed(fact) for fact in facts):
				waiting += [tag_gained(tag), tag_lost(tag)]
	return frozenset(reached)


def circle(rule: str, follows: Mapping[str, Collection[str]]) -> list[str]:
	"""The shortest way from a rule back to itself: [rule, …, rule]; empty if there is none."""
	ways = deque([[rule]])
	seen = set()
	while ways:
		way = ways.popleft()
		for after in sorted(follows.get(way[-1], ())):
			if after == rule:
				return [*way, rule]
			if after not in seen:
				seen.add(after)
				ways.append([*way, after])
	return []
