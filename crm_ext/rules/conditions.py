# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Conditions: rows a person writes, and their one meaning. Pure.

A `Condition` is a row as written. `resolve` turns it, for one day and one currency, into a `Clause` in which
nothing is relative any more: months became dates, trees became sets of names, money is in the scope's
currency. Clauses have two back ends that must agree: `matches` here, for one customer, and `rules.sql`, for all.

Texts are compared exactly, capitals and accents included. “In the last 90 days” reaches back to the day 90
days ago, that day and today included, and no further ahead than today; “more than 90 days ago” is what lies
before. Several names are separated by commas (the Chinese one too); a name that has one goes in double quotes.

A missing fact satisfies no comparison. The negative operators (“!=”, “is none of”, “is not under”, “includes
none of”) are the exact opposites of the positive ones, so a missing fact satisfies them.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Protocol

from dateutil.relativedelta import relativedelta

from crm_ext.exceptions import InvalidValue, MissingUnit, Term, WrongOperator
from crm_ext.rules.facts import NUMERIC, SET_SEPARATOR, Fact, FactRegistry, FactType, FactValue

UNITS = ("days", "weeks", "months", "years")

COMPARISONS = ("=", "!=", ">=", ">", "<=", "<")
PRESENCE = ("is set", "is not set")
IN_THE_LAST = "in the last"
MORE_THAN_AGO = "more than … ago"
TREE_OPERATORS = ("is or is under", "is not under")
NEGATIVE = frozenset({"!=", "is none of", "is not under", "includes none of", "is not set"})


SMALLEST = Decimal("1e-9")
BEYOND = Decimal("1e12")
"""What a decimal(21,9), Frappe's column of amounts, can tell apart and hold."""

_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_NAME = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^,，]*?))\s*(?:[,，]|$)')


class Op(str, Enum):
	"""What a clause does once resolved; `negate` gives the opposites."""

	EQ = "eq"
	GE = "ge"
	GT = "gt"
	LE = "le"
	LT = "lt"
	IN = "in"
	ANY = "any"
	ALL = "all"
	PRESENT = "present"


_OPS = {
	"=": Op.EQ,
	"!=": Op.EQ,
	">=": Op.GE,
	">": Op.GT,
	"<=": Op.LE,
	"<": Op.LT,
	IN_THE_LAST: Op.GE,
	MORE_THAN_AGO: Op.LT,
	"is one of": Op.IN,
	"is none of": Op.IN,
	"is or is under": Op.IN,
	"is not under": Op.IN,
	"includes any of": Op.ANY,
	"includes none of": Op.ANY,
	"includes all of": Op.ALL,
	"is set": Op.PRESENT,
	"is not set": Op.PRESENT,
}

Operand = Decimal | date | frozenset[str] | tuple[frozenset[str], ...] | None


@dataclass(frozen=True, slots=True)
class Condition:
	"""One row of “Rule Condition”. Rows of one `any_of` number, if not 0, are alternatives; all else must hold."""

	fact: str
	operator: str
	value: str = ""
	unit: str = ""
	currency: str = ""
	keep_value: str = ""
	any_of: int = 0


@dataclass(frozen=True, slots=True)
class Clause:
	"""A resolved condition. `keep` replaces `operand` for those who already hold what the rule gives.

	`operand` is a number, a date, a set of names, or for facts that are sets a tuple of families of names (a
	node with all under it). `latest`, if any, is the last day that a date may be besides. `nodes` are the names
	as written, where the operand holds all that lies under them.
	"""

	fact: str
	type: FactType
	op: Op
	operand: Operand
	keep: Operand
	negate: bool
	any_of: int
	latest: date | None = None
	nodes: frozenset[str] = frozenset()

	def threshold(self, holding: bool) -> Operand:
		return self.keep if holding else self.operand


class Context(Protocol):
	"""What the meaning of a condition depends on: a day, a currency, rates and trees."""

	as_of: date
	currency: str

	def convert(self, amount: Decimal, from_currency: str) -> Decimal:
		"""`amount` in the context's currency; raises NoExchangeRate."""

	def descendants(self, doctype: str, name: str) -> frozenset[str]:
		"""The node and all nodes under it; nothing if there is no such node."""


def operators_of(fact: Fact) -> tuple[str, ...]:
	"""The operators that go with a fact, in the order in which a form offers them."""
	if fact.type in NUMERIC:
		return COMPARISONS + PRESENCE
	if fact.type is FactType.DATE:
		return (IN_THE_LAST, MORE_THAN_AGO, *COMPARISONS, *PRESENCE)
	if fact.type is FactType.SET:
		return ("includes any of", "includes all of", "includes none of", *PRESENCE)
	return ("=", "!=", "is one of", "is none of", *(TREE_OPERATORS if fact.tree else ()), *PRESENCE)


def resolve(conditions: Iterable[Condition], registry: FactRegistry, context: Context) -> tuple[Clause, ...]:
	"""Bind the conditions to a day, a currency and the trees.

	Raises a RuleError: UnknownFact, WrongOperator, InvalidValue, MissingUnit or NoExchangeRate.
	"""
	return tuple(_resolve_one(condition, registry[condition.fact], context) for condition in conditions)


def _resolve_one(condition: Condition, fact: Fact, context: Context) -> Clause:
	allowed = operators_of(fact)
	if condition.operator not in allowed:
		raise WrongOperator(
			operator=Term(condition.operator), fact=Term(fact.label), allowed=tuple(map(Term, allowed))
		)
	operand = _operand(condition, condition.value, fact, context)
	keep = _operand(condition, condition.keep_value, fact, context) if condition.keep_value else operand
	return Clause(
		fact=fact.name,
		type=fact.type,
		op=_OPS[condition.operator],
		operand=operand,
		keep=keep,
		negate=condition.operator in NEGATIVE,
		any_of=condition.any_of,
		latest=context.as_of if condition.operator == IN_THE_LAST else None,
		nodes=_nodes(condition, fact),
	)


def _nodes(condition: Condition, fact: Fact) -> frozenset[str]:
	if not _expands(condition, fact):
		return frozenset()
	return frozenset(split_names(condition.value) + split_names(condition.keep_value))


def _operand(condition: Condition, written: str, fact: Fact, context: Context) -> Operand:
	if condition.operator in PRESENCE:
		return None
	if condition.operator in (IN_THE_LAST, MORE_THAN_AGO):
		return _boundary(condition, written, fact, context.as_of)
	if fact.type in NUMERIC:
		number = _number(written, fact)
		if fact.type is FactType.MONEY and condition.currency and condition.currency != context.currency:
			number = context.convert(number, condition.currency).quantize(SMALLEST)
		return number
	if fact.type is FactType.DATE:
		return _date(written, fact)
	names = _names(written, fact, several=condition.operator not in ("=", "!="))
	expands = _expands(condition, fact)
	families = tuple(_family(name, fact, context) if expands else frozenset({name}) for name in names)
	return families if fact.type is FactType.SET else frozenset().union(*families)


def _expands(condition: Condition, fact: Fact) -> bool:
	"""Whether a name stands for a node of a tree with all that lies under it."""
	by_type = fact.type is FactType.SET and condition.operator not in PRESENCE
	return fact.tree and (by_type or condition.operator in TREE_OPERATORS)


def _family(name: str, fact: Fact, context: Context) -> frozenset[str]:
	family = context.descendants(fact.options, name)
	if not family:
		raise _invalid(name, fact, Term("an existing name"))
	return family


def _boundary(condition: Condition, written: str, fact: Fact, as_of: date) -> date:
	if condition.unit not in UNITS:
		raise MissingUnit(fact=Term(fact.label))
	count = _number(written, fact)
	if count != count.to_integral_value() or count < 0:
		raise _invalid(written, fact, Term("a whole number"))
	try:
		return as_of - relativedelta(**{condition.unit: int(count)})
	except (ValueError, OverflowError):
		raise _invalid(written, fact, Term("a shorter time")) from None


def _number(written: str, fact: Fact) -> Decimal:
	text = written.strip()
	if "," in text and not _GROUPED.fullmatch(text):
		raise _invalid(written, fact, Term("a number such as 1,500.25"))
	try:
		number = Decimal(text.replace(",", ""))
	except InvalidOperation:
		number = Decimal("NaN")
	if not number.is_finite():
		raise _invalid(written, fact, Term("a number such as 1,500.25"))
	if abs(number) >= BEYOND or number != number.quantize(SMALLEST):
		raise _invalid(written, fact, Term("a number of at most 12 digits and 9 decimals"))
	return number


def _date(written: str, fact: Fact) -> date:
	try:
		return date.fromisoformat(written.strip())
	except ValueError:
		raise _invalid(written, fact, Term("a date such as 2026-01-31")) from None


def _names(written: str, fact: Fact, several: bool) -> tuple[str, ...]:
	names = split_names(written) if several else (written.strip(),)
	if not any(names):
		raise _invalid(written, fact, Term("at least one name"))
	if fact.type is FactType.SET and any(SET_SEPARATOR in name for name in names):
		raise _invalid(written, fact, Term("names without a vertical bar"))
	return names


def split_names(written: str) -> tuple[str, ...]:
	"""The names in a list as a person writes it: A, "B, with comma", C."""
	names = (
		quoted.replace('""', '"') if quoted is not None else plain
		for quoted, plain in (match.groups() for match in _NAME.finditer(written))
	)
	return tuple(dict.fromkeys(name for name in names if name))


def _invalid(written: str, fact: Fact, expected: Term) -> InvalidValue:
	return InvalidValue(value=written, fact=Term(fact.label), expected=expected)


def matches(clauses: Sequence[Clause], facts: Mapping[str, FactValue], holding: bool = False) -> bool:
	"""Whether one customer with these normalised facts satisfies the clauses.

	No clauses match nobody: a rule without conditions is for use by hand. With `holding`, the thresholds for
	staying count.
	"""
	return bool(clauses) and combine(
		clauses, lambda clause: holds(clause, facts.get(clause.fact), holding), all, any
	)


def combine(clauses: Sequence[Clause], judge: Callable, conjunction: Callable, disjunction: Callable):
	"""Fold judged clauses: alternatives of one `any_of` number by `disjunction`, all else by `conjunction`."""
	alternatives: dict[int, list] = {}
	required = []
	for clause in clauses:
		(alternatives.setdefault(clause.any_of, []) if clause.any_of else required).append(judge(clause))
	return conjunction([*required, *(disjunction(group) for group in alternatives.values())])


def holds(clause: Clause, value: FactValue, holding: bool = False) -> bool:
	"""Whether one clause holds for a normalised value."""
	return (value is not None and _positive(clause, value, holding)) != clause.negate


def _positive(clause: Clause, value: FactValue, holding: bool) -> bool:
	if clause.latest is not None and value > clause.latest:
		return False
	return _compare(clause.op, value, clause.threshold(holding))


def _compare(op: Op, value: FactValue, operand: Operand) -> bool:
	match op:
		case Op.PRESENT:
			return True
		case Op.EQ:
			return value in operand if isinstance(operand, frozenset) else value == operand
		case Op.GE:
			return value >= operand
		case Op.GT:
			return value > operand
		case Op.LE:
			return value <= operand
		case Op.LT:
			return value < operand
		case Op.IN:
			return value in operand
		case Op.ANY:
			return any(value & family for family in operand)
		case Op.ALL:
			return all(value & family for family in operand)
