# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""From compiled groups to decisions, for a slice of customers at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from crm_ext.profile.slices import CustomerSlice
from crm_ext.rules.conditions import Clause
from crm_ext.rules.facts import FactRegistry
from crm_ext.tags import store
from crm_ext.tags.groups import CompiledGroup
from crm_ext.tags.model import Decision, Held, TagRule, decide


@dataclass(frozen=True, slots=True)
class Judged:
	"""What changes for one customer in one group."""

	customer: str
	group: CompiledGroup
	decision: Decision


class Evaluation:
	"""Several groups in one scope and on one day: one statement for the masks, then pure decisions.

	With `observing`, the observing tags take part as if they were active.
	"""

	def __init__(
		self, groups: Sequence[CompiledGroup], company: str, as_of: date, *, observing: bool = False
	):
		self.groups = [_Plan(group, as_of, observing) for group in groups]
		self.company = company
		self.as_of = as_of
		self.clauses: dict[str, tuple[Clause, ...]] = {}
		for plan in self.groups:
			self.clauses.update(plan.clauses)
		for bit, tag in enumerate(self.clauses):
			for plan in self.groups:
				if tag in plan.clauses:
					plan.bits[tag] = 1 << bit

	def run(
		self, chunk: CustomerSlice, registry: FactRegistry, held: dict[tuple[str, str], list[Held]]
	) -> Iterator[Judged]:
		"""A Judged for each customer and group; `held` maps (customer, group name) to what is held in this scope."""
		for customer, enters, stays in store.masks(chunk, self.company, self.clauses, registry):
			for plan in self.groups:
				decision = plan.decide(enters, stays, held.get((customer, plan.group.group.name), ()))
				yield Judged(customer, plan.group, decision)


class _Plan:
	"""One group, with the decisions that depend on nothing but the masks and the tags held remembered."""

	def __init__(self, group: CompiledGroup, as_of: date, observing: bool):
		self.group = group
		self.as_of = as_of
		self.rules: dict[str, TagRule] = {
			tag.name: tag.rule(as_of, observing=observing) for tag in group.group.tags
		}
		self.clauses = {tag: clauses for tag, clauses in group.clauses.items() if not self.rules[tag].ended}
		self.bits: dict[str, int] = {}
		self._known: dict[tuple, Decision] = {}

	def decide(self, enters: int, stays: int, held: Sequence[Held]) -> Decision:
		everything = sum(self.bits.values())
		plain = all(h.by_rule and not h.locked and h.grace_until is None for h in held)
		key = (enters & everything, stays & everything, tuple(h.tag for h in held)) if plain else None
		if key is not None and key in self._known:
			return self._known[key]
		decision = decide(
			self.rules,
			held,
			exclusive=self.group.group.exclusive,
			enters={tag for tag, bit in self.bits.items() if enters & bit},
			stays={tag for tag, bit in self.bits.items() if stays & bit},
			as_of=self.as_of,
		)
		if key is not None and decision.timeless:
			self._known[key] = decision
		return decision
