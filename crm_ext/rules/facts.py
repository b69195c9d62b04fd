# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Facts: the vocabulary of every rule. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum

from crm_ext.exceptions import InvalidValue, Term, UnknownFact

SET_SEPARATOR = "|"


class FactType(str, Enum):
	MONEY = "money"
	NUMBER = "number"
	DATE = "date"
	DURATION = "duration"
	"""A number of days."""
	TEXT = "text"
	SET = "set"


NUMERIC = frozenset({FactType.MONEY, FactType.NUMBER, FactType.DURATION})

FactValue = Decimal | date | str | frozenset[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
	"""One thing a rule can ask about.

	`sql` is an expression over the aliases `c` (Customer) and `p` (Customer Profile row of the scope);
	facts of a single document have none. It yields NULL (or an empty text) where the fact is missing, and a
	set as its members between separators: “|A|B|”. `options` is the DocType whose names are the values, if
	any; `tree` says that this DocType is a tree. `whole`: only 0, 1, 2 … occur. `always`: it is never missing.
	"""

	name: str
	label: str
	type: FactType
	unit: str = ""
	source: str = ""
	options: str = ""
	tree: bool = False
	sql: str = ""
	whole: bool = False
	always: bool = False


class FactRegistry(Mapping[str, Fact]):
	"""The known facts by name; of two with one name the later counts. Asking for another raises UnknownFact."""

	def __init__(self, facts: Iterable[Fact]):
		self._facts = {fact.name: fact for fact in facts}

	def __getitem__(self, name: str) -> Fact:
		try:
			return self._facts[name]
		except KeyError:
			raise UnknownFact(fact=name) from None

	def get(self, name: str, default: Fact | None = None) -> Fact | None:
		return self._facts.get(name, default)

	def __contains__(self, name: object) -> bool:
		return name in self._facts

	def __iter__(self):
		return iter(self._facts)

	def __len__(self) -> int:
		return len(self._facts)


def normalise(fact: Fact, value: object) -> FactValue:
	"""Bring a raw value (from SQL, JSON or a document) to the one form its type has.

	None, an empty text and an empty set mean missing. Raises InvalidValue for what is no value of the type.
	"""
	if value is None or value == "":
		return None
	if fact.type in NUMERIC:
		return _decimal(fact, value)
	if fact.type is FactType.DATE:
		return _date(fact, value)
	if fact.type is FactType.SET:
		return _members(fact, value)
	if isinstance(value, str | int | float | Decimal):
		return str(value)
	raise _invalid(fact, value, Term("a text"))


def _decimal(fact: Fact, value: object) -> Decimal:
	try:
		# True and False are how JSON writes the 1 and 0 of a Check field
		number = Decimal(str(int(value) if isinstance(value, bool) else value))
	except InvalidOperation:
		raise _invalid(fact, value, Term("a number")) from None
	if not number.is_finite():
		raise _invalid(fact, value, Term("a number"))
	return number


def _date(fact: Fact, value: object) -> date:
	if isinstance(value, datetime):
		return value.date()
	if isinstance(value, date):
		return value
	try:
		return datetime.fromisoformat(str(value)).date()
	except ValueError:
		raise _invalid(fact, value, Term("a date such as 2026-01-31")) from None


def _members(fact: Fact, value: object) -> frozenset[str] | None:
	if isinstance(value, str):
		value = value.split(SET_SEPARATOR)
	if not isinstance(value, Iterable) or isinstance(value, Mapping):
		raise _invalid(fact, value, Term("a list of names"))
	return frozenset(str(member) for member in value if member not in (None, "")) or None


def _invalid(fact: Fact, value: object, expected: Term) -> InvalidValue:
	return InvalidValue(value=value, fact=Term(fact.label), expected=expected)


def jsonable(value: FactValue) -> object:
	"""The stable JSON form of a fact's value; `normalise` reads it back unchanged."""
	if isinstance(value, Decimal):
		# not Decimal.normalize(), which rounds to the precision of the context
		text = format(value, "f")
		text = text.rstrip("0").rstrip(".") if "." in text else text
		return text if value else "0"
	if isinstance(value, date):
		return value.isoformat()
	if isinstance(value, frozenset):
		return sorted(value)
	return value
