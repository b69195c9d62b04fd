# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The static check of price kinds, price matrices and promotions, and the chain of kinds that are based on each other."""

from collections.abc import Mapping

import frappe

from crm_ext.exceptions import CircularKinds
from crm_ext.pricing.model import Base
from crm_ext.rules.conditions import resolve
from crm_ext.rules.lifecycle import Status
from crm_ext.rules.rule_document import RuleDocument, conditions_of
from crm_ext.rules.site import registry
from crm_ext.rules.static_check import Finding, Kind, Rule, check

RELEVANT = frozenset({Kind.DEAD, Kind.OVERLAP, Kind.SHADOWED, Kind.INCOMPLETE})
"""That nothing matches somewhere is no gap: who gets no kind pays the price of the price list."""


def findings_of_kind(kind: RuleDocument) -> list[Finding]:
	"""Findings that concern a Price Kind document, checked as if it were active beside the active kinds."""
	report = check([*_other_active_kinds(kind), _rule(kind)], registry(), exclusive=True)
	return [
		finding for finding in report.findings if finding.kind in RELEVANT and finding.concerns(kind.name)
	]


def findings_alone(rule: RuleDocument) -> list[Finding]:
	"""Whether the conditions of a Price Matrix or Sales Promotion can be met at all: as a whole, neither competes."""
	report = check([_rule(rule)], registry(), exclusive=False)
	return [finding for finding in report.findings if finding.kind in RELEVANT]


def chain_of_kinds(name: str, based_on: Mapping[str, str]) -> tuple[str, ...]:
	"""A kind and those that it is based on, in their order. Raises CircularKinds where they lead back to one of them.

	`based_on`: the other kind, for each kind that has one.
	"""
	chain = [name]
	while below := based_on.get(chain[-1]):
		chain.append(below)
		if below in chain[:-1]:
			raise CircularKinds(kinds=" → ".join(chain))
	return tuple(chain)


def check_circle(kind: RuleDocument) -> None:
	"""Raises CircularKinds if a Price Kind document, as it stands, is based on itself."""
	rows = frappe.get_all("Price Kind", {"base": Base.KIND.value}, ["name", "based_on"], as_list=True)
	chain_of_kinds(kind.name, {**dict(rows), kind.name: kind.based_on})


def _rule(document: RuleDocument) -> Rule:
	clauses = resolve(document.rule_conditions(), registry(), document.context())
	return Rule(document.name, document.priority or 0, clauses)


def _other_active_kinds(kind: RuleDocument) -> list[Rule]:
	active = {"status": Status.ACTIVE.value, "name": ("!=", kind.name)}
	ranks = dict(frappe.get_all("Price Kind", active, ["name", "priority"], as_list=True))
	rows = frappe.get_all(
		"Rule Condition", {"parenttype": "Price Kind", "parent": ("in", list(ranks))}, ["*"], order_by="idx"
	)
	written = {name: [row for row in rows if row.parent == name] for name in ranks}
	context = kind.context()
	return [
		Rule(name, rank, resolve(conditions_of(written[name]), registry(), context))
		for name, rank in ranks.items()
	]
