# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Evidence: what an automatic decision rested on, so that it can be read, and replayed, later. Pure.

The JSON schema (version 1) is stable:

    {"schema": 1, "rule": {"doctype", "name", "version", "hash"}, "as_of": "2026-01-31",
     "company": "", "currency": "CNY", "holding": false, "matched": true,
     "steps": [{"fact", "type", "op", "operand", "latest", "negate", "any_of", "actual", "met"}],
     "losers": [{"rule", "reason"}]}

`operand` is the threshold that counted (for entering or for staying), resolved: no relative dates, one
currency. Of what lies under a node of a tree it holds the node and what the customer has: thousands of names
would say no more. Numbers are texts, so that no reader rounds them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from crm_ext.exceptions import UnreadableEvidence
from crm_ext.rules.conditions import Clause, Op, Operand, holds, matches
from crm_ext.rules.facts import Fact, FactType, FactValue, jsonable, normalise

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class RuleRef:
	"""The exact rule that decided."""

	doctype: str
	name: str
	version: int
	hash: str


@dataclass(frozen=True, slots=True)
class Replay:
	"""What a replay found: whether today's code reads the same inputs the same way.

	`differing` names the facts of the steps that do not come out as recorded, or that contradict each other.
	"""

	recorded: bool
	replayed: bool
	differing: tuple[str, ...] = ()

	@property
	def match(self) -> bool:
		return self.recorded == self.replayed and not self.differing


def build(
	rule: RuleRef,
	clauses: Sequence[Clause],
	facts: Mapping[str, FactValue],
	*,
	as_of: date,
	company: str,
	currency: str,
	holding: bool = False,
	losers: Iterable[tuple[str, str]] = (),
	without_conditions: bool = False,
) -> dict:
	"""The evidence of one decision by `rule` on one customer.

	`without_conditions` is what this kind of rule decides where it has none: that nobody matches, or everybody.
	"""
	return {
		"schema": SCHEMA,
		"rule": {"doctype": rule.doctype, "name": rule.name, "version": rule.version, "hash": rule.hash},
		"as_of": as_of.isoformat(),
		"company": company,
		"currency": currency,
		"holding": holding,
		"matched": matches(clauses, facts, holding) if clauses else without_conditions,
		"steps": [_step(clause, facts.get(clause.fact), holding) for clause in clauses],
		"losers": [{"rule": name, "reason": reason} for name, reason in losers],
	}


def replay(evidence: Mapping) -> Replay:
	"""Decide again from the evidence alone. Raises UnreadableEvidence for another schema than ours."""
	if evidence.get("schema") != SCHEMA:
		raise UnreadableEvidence(schema=evidence.get("schema"))
	clauses, facts, differing = [], {}, []
	for step in evidence["steps"]:
		clause, value = _clause(step), normalise(_fact(step), step["actual"])
		if holds(clause, value) != step["met"] or facts.setdefault(clause.fact, value) != value:
			differing.append(clause.fact)
		clauses.append(clause)
	recorded = bool(evidence["matched"])
	replayed = matches(clauses, facts) if clauses else recorded
	return Replay(recorded, replayed, tuple(dict.fromkeys(differing)))


def _step(clause: Clause, value: FactValue, holding: bool) -> dict:
	return {
		"fact": clause.fact,
		"type": clause.type.value,
		"op": clause.op.value,
		"operand": _operand_json(clause, clause.threshold(holding), value),
		"latest": jsonable(clause.latest),
		"negate": clause.negate,
		"any_of": clause.any_of,
		"actual": jsonable(value),
		"met": holds(clause, value, holding),
	}


def _operand_json(clause: Clause, operand: Operand, value: FactValue) -> object:
	if not isinstance(operand, tuple | frozenset):
		return jsonable(operand)
	telling = clause.nodes | (value if isinstance(value, frozenset) else {value})
	families = operand if isinstance(operand, tuple) else (operand,)
	named = [sorted(family & telling if clause.nodes else family) for family in families]
	return named if isinstance(operand, tuple) else named[0]


def _clause(step: Mapping) -> Clause:
	type_ = FactType(step["type"])
	op = Op(step["op"])
	operand = step["operand"]
	if op is Op.PRESENT:
		operand = None
	elif type_ is FactType.SET:
		operand = tuple(frozenset(family) for family in operand)
	elif type_ is FactType.TEXT:
		operand = frozenset(operand)
	else:
		operand = normalise(_fact(step), operand)
	latest = date.fromisoformat(step["latest"]) if step["latest"] else None
	return Clause(step["fact"], type_, op, operand, operand, bool(step["negate"]), step["any_of"], latest)


def _fact(step: Mapping) -> Fact:
	return Fact(name=step["fact"], label=step["fact"], type=FactType(step["type"]))
