# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Tag groups as the engine reads them, and their compilation for one day and one scope."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import frappe

from crm_ext.constants import TAGS_FACT
from crm_ext.exceptions import RuleError
from crm_ext.rules.conditions import Clause, Condition, resolve, split_names
from crm_ext.rules.evidence import RuleRef
from crm_ext.rules.lifecycle import Status, in_force
from crm_ext.rules.rule_document import clear_error, conditions_of, record_error
from crm_ext.rules.site import SiteContext, registry
from crm_ext.rules.static_check import dependency_order
from crm_ext.tags.model import TagRule

PER_COMPANY = "Per company"
EXCLUSIVE = "Exclusive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
	"""One Customer Tag with its rule."""

	name: str
	rank: int
	status: str
	valid_from: date | None
	valid_to: date | None
	minimum_stay_days: int
	grace_days: int
	version: int
	version_hash: str
	last_error: str | None
	conditions: tuple[Condition, ...]

	@property
	def reference(self) -> RuleRef:
		return RuleRef("Customer Tag", self.name, self.version, self.version_hash)

	def rule(self, as_of: date, *, observing: bool) -> TagRule:
		"""How the tag takes part: for real, or, with `observing`, as if the observing tags were active."""
		live = (
			(Status.ACTIVE, Status.PAUSED, Status.OBSERVING) if observing else (Status.ACTIVE, Status.PAUSED)
		)
		return TagRule(
			name=self.name,
			rank=self.rank,
			minimum_stay_days=self.minimum_stay_days,
			grace_days=self.grace_days,
			frozen=self.status == Status.PAUSED,
			ended=self.status not in live or not in_force(self.valid_from, self.valid_to, as_of),
		)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
	"""One Customer Tag Group with its tags."""

	name: str
	exclusive: bool
	per_company: bool
	tags: tuple[Tag, ...]

	@property
	def observed(self) -> frozenset[str]:
		return frozenset(tag.name for tag in self.tags if tag.status == Status.OBSERVING)

	@property
	def observes(self) -> bool:
		return bool(self.observed)

	def with_tag(self, tag: Tag) -> "Group":
		"""The group with one tag replaced or added."""
		return replace(self, tags=(*(t for t in self.tags if t.name != tag.name), tag))


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledGroup:
	"""A group whose conditions are resolved for one scope and day."""

	group: Group
	clauses: dict[str, tuple[Clause, ...]]

	def facts(self) -> set[str]:
		return {clause.fact for clauses in self.clauses.values() for clause in clauses}


def read(names: Iterable[str] | None = None) -> dict[str, Group]:
	"""The enabled groups (or those named) with their tags, by name."""
	filters = {"enabled": 1, **({"name": ("in", list(names))} if names is not None else {})}
	rows = frappe.get_all(
		"Customer Tag Group",
		filters=filters,
		fields=["name", "selection", "scope"],
		order_by="sort_order, name",
	)
	tags = _tags([row.name for row in rows])
	return {
		row.name: Group(
			name=row.name,
			exclusive=row.selection == EXCLUSIVE,
			per_company=row.scope == PER_COMPANY,
			tags=tuple(tags.get(row.name, ())),
		)
		for row in rows
	}


def load(names: Iterable[str] | None = None) -> list[list[Group]]:
	"""The groups of `read` by levels: a level asks only about tags of the levels before it.

	Raises CircularRules when groups depend on each other's tags in a circle.
	"""
	groups = read(names)
	return [[groups[name] for name in level] for level in dependency_order(dependencies(groups))]


def _tags(groups: Sequence[str]) -> dict[str, list[Tag]]:
	rows = frappe.get_all(
		"Customer Tag",
		filters={"tag_group": ("in", groups)},
		fields=[
			*("name", "tag_group", "rank", "status", "valid_from", "valid_to", "minimum_stay_days"),
			*("grace_days", "version", "version_hash", "last_error"),
		],
		order_by="rank desc, name asc",
	)
	conditions: dict[str, list] = {}
	for row in frappe.get_all(
		"Rule Condition",
		filters={"parenttype": "Customer Tag", "parent": ("in", [row.name for row in rows])},
		fields=["parent", "fact", "operator", "value", "unit", "currency", "keep_value", "any_of"],
		order_by="parent asc, idx asc",
	):
		conditions.setdefault(row.parent, []).append(row)
	tags: dict[str, list[Tag]] = {}
	for row in rows:
		tags.setdefault(row.tag_group, []).append(tag_from(row, conditions.get(row.name, ())))
	return tags


def tag_from(row, conditions: Iterable) -> Tag:
	"""A Tag from a Customer Tag document or row and its condition rows."""
	return Tag(
		name=row.get("tag_name") or row.name,
		rank=row.rank or 0,
		status=row.status or Status.DRAFT.value,
		valid_from=row.valid_from and frappe.utils.getdate(row.valid_from),
		valid_to=row.valid_to and frappe.utils.getdate(row.valid_to),
		minimum_stay_days=row.minimum_stay_days or 0,
		grace_days=row.grace_days or 0,
		version=row.version or 1,
		version_hash=row.version_hash or "",
		last_error=row.last_error,
		conditions=conditions_of(conditions),
	)


def dependencies(groups: dict[str, Group]) -> dict[str, set[str]]:
	"""For each group the groups whose tags its conditions ask about."""
	home = {tag.name: group.name for group in groups.values() for tag in group.tags}
	return {
		group.name: {
			home[name]
			for tag in group.tags
			for condition in tag.conditions
			if condition.fact == TAGS_FACT
			for name in split_names(condition.value)
			if name in home
		}
		for group in groups.values()
	}


def compile_group(group: Group, context: SiteContext) -> CompiledGroup:
	"""Resolve the conditions of every tag that is not ended; raises the RuleError of the first that cannot be."""
	return CompiledGroup(
		group=group,
		clauses={
			tag.name: resolve(tag.conditions, registry(), context)
			for tag in group.tags
			if tag.conditions and not tag.rule(context.as_of, observing=True).ended
		},
	)


def compile_or_report(group: Group, context: SiteContext) -> CompiledGroup | None:
	"""Like `compile_group`, but a tag that cannot be evaluated is shown to its owner and the group left as it is."""
	sound = True
	for tag in group.tags:
		if tag.rule(context.as_of, observing=True).ended:
			continue
		try:
			resolve(tag.conditions, registry(), context)
		except RuleError as error:
			record_error("Customer Tag", tag.name, error)
			sound = False
		else:
			if tag.last_error:
				clear_error("Customer Tag", tag.name)
	return compile_group(group, context) if sound else None
