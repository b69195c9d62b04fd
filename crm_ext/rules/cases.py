# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Saved test cases of a rule: invented customers with the outcome that its author expects. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from crm_ext.exceptions import CrmExtError, InvalidCase
from crm_ext.rules.conditions import Condition, Context, matches, resolve
from crm_ext.rules.facts import FactRegistry, FactValue, normalise


@dataclass(frozen=True, slots=True)
class Case:
	"""One invented customer. `facts` is as read from JSON; `as_of` None: the day of the run."""

	title: str
	facts: Mapping[str, object]
	as_of: date | None
	holding: bool
	expected: bool


@dataclass(frozen=True, slots=True)
class CaseResult:
	"""`error` says why the case could not be judged (`actual` is None then); such a case has not passed."""

	title: str
	expected: bool
	actual: bool | None
	passed: bool
	error: CrmExtError | None = None


def run(
	case: Case,
	conditions: Sequence[Condition],
	registry: FactRegistry,
	context_for: Callable[[date | None], Context],
	*,
	without_conditions: bool = False,
) -> CaseResult:
	"""Judge the case by the conditions as of its day. Facts that it does not name are missing.

	`without_conditions` is what this kind of rule decides where it has none.

	A fact that nobody knows, a value of the wrong type or a condition that cannot be resolved is an error.
	"""
	try:
		facts = _facts(case, registry)
		clauses = resolve(conditions, registry, context_for(case.as_of))
	except CrmExtError as error:
		return CaseResult(case.title, case.expected, None, False, error)
	actual = matches(clauses, facts, case.holding) if clauses else without_conditions
	return CaseResult(case.title, case.expected, actual, actual == case.expected)


def _facts(case: Case, registry: FactRegistry) -> dict[str, FactValue]:
	if not isinstance(case.facts, Mapping):
		raise InvalidCase()
	return {name: normalise(registry[name], value) for name, value in case.facts.items()}
