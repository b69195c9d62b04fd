# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""One line of a sheet of rates: from what a person wrote to a rate, or what is wrong with it and how to mend it. Pure.

The same code judges lines of files, of the grid in the Desk, and documents. What needs the database, whether an item
exists and whether there is such a rate already, is asked by `service`, and judged by `link_faults` and the errors here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from crm_ext.exceptions import (
	CrmExtError,
	NoSuchRecord,
	NotADate,
	NotANumber,
	NotTogether,
	NumberTooSmall,
	OneOfThese,
	OutOfRange,
	ValidityReversed,
	ValueMissing,
	WrongChoice,
)
from crm_ext.pricing.model import Gives
from crm_ext.pricing.rates.columns import COLUMNS, FAMILIES, LINKS
from crm_ext.pricing.rates.values import Formats

ZERO = Decimal(0)
HIGHEST_DISCOUNT = Decimal(100)
LOWEST_MARKUP = Decimal(-100)
PERCENT = (Gives.DISCOUNT_PERCENTAGE.value, Gives.MARKUP.value)
KIND = Gives.KIND.value

NOTHING = dict.fromkeys([field for field, _ in LINKS], "")

Wrong = tuple[str, CrmExtError]
"""A fieldname, and what is wrong there."""


@dataclass(frozen=True, slots=True)
class Fault:
	"""What is wrong in a line. `idx`: its number, as its sender counts."""

	idx: int
	fieldname: str
	error: CrmExtError


@dataclass(frozen=True)
class Words:
	"""How the people who wrote the lines name and write things.

	`choices` of the column “Gives” by their texts, in English and in the people's language, which comes last.
	"""

	labels: Mapping[str, str]
	choices: Mapping[str, str]
	formats: Formats

	@cached_property
	def folded(self) -> dict[str, str]:
		return {text.casefold(): choice for text, choice in self.choices.items()}

	@classmethod
	def plain(cls, formats: Formats | None = None) -> "Words":
		"""In English."""
		choices = {gives.value: gives.value for gives in Gives}
		return cls({c.fieldname: c.label for c in COLUMNS}, choices, formats or Formats())

	def choice_text(self, choice: str) -> str:
		"""A choice in the language of its last text."""
		return [text for text, english in self.choices.items() if english == choice][-1]


def read_line(raw: Mapping[str, object], words: Words) -> tuple[dict, list[Wrong]]:
	"""The rate in a line, each column as it is stored, and what is wrong with it.

	An empty cell is no restriction; a line that does not say what it gives, gives a rate. Links are not looked up.
	"""
	wrong: list[Wrong] = []
	row = NOTHING.copy()
	row.update((field, plain_text(raw[field])) for field in raw if field in NOTHING)
	for field in ("valid_from", "valid_to"):
		row[field] = _day(raw.get(field), field, words, wrong)
	row["min_qty"] = _number(raw.get("min_qty"), "min_qty", words, wrong) or ZERO
	row["rate_type"] = _choice(raw.get("rate_type"), words, wrong)
	row["value"] = _value(raw.get("value"), row["rate_type"], words, wrong)
	wrong += _contradictions(row, words)
	return row, wrong


def link_faults(row: dict, known: Mapping[str, Mapping[str, str | None]], words: Words) -> list[Wrong]:
	"""Give links the spelling of their records; name those that have none. `known`: per DocType spelling by text."""
	wrong: list[Wrong] = []
	for field, doctype in LINKS:
		if row[field]:
			stored = known[doctype].get(row[field])
			if stored is None:
				label = words.labels[field]
				wrong.append((field, NoSuchRecord(value=row[field], doctype=label, parameter=label)))
			else:
				row[field] = stored
	return wrong


def plain_text(value: object) -> str:
	"""A cell as text: an item code that a spreadsheet took for a number is 1001, not 1001.0."""
	if value is None:
		return ""
	if isinstance(value, str):
		return value.strip()
	return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _number(value: object, field: str, words: Words, wrong: list[Wrong]) -> Decimal | None:
	"""A number; None for an empty cell and for one with something else in it."""
	if value is None or (isinstance(value, str) and not value.strip()):
		return None
	number = words.formats.number(value)
	if number is None:
		example = words.formats.example_number
		wrong.append((field, NotANumber(value=value, column=words.labels[field], example=example)))
	return number


def _day(value: object, field: str, words: Words, wrong: list[Wrong]):
	if value is None or (isinstance(value, str) and not value.strip()):
		return None
	day = words.formats.day(value)
	if day is None:
		example = words.formats.example_day
		wrong.append((field, NotADate(value=value, column=words.labels[field], example=example)))
	return day


def _choice(value: object, words: Words, wrong: list[Wrong]) -> str:
	text = plain_text(value)
	if not text:
		return Gives.RATE.value
	if choice := words.folded.get(text.casefold()):
		return choice
	label = words.labels["rate_type"]
	allowed = ", ".join(words.choice_text(gives.value) for gives in Gives)
	wrong.append(("rate_type", WrongChoice(value=text, parameter=label, allowed=allowed)))
	return ""


def _value(value: object, gives: str, words: Words, wrong: list[Wrong]) -> Decimal:
	if gives in PERCENT and isinstance(value, str):
		value = value.strip().removesuffix("%").removesuffix("％")
	faults = len(wrong)
	number = _number(value, "value", words, wrong)
	if number is None and gives not in ("", KIND) and len(wrong) == faults:
		wrong.append(("value", ValueMissing(column=words.labels["value"])))
	return number or ZERO


def _contradictions(row: Mapping, words: Words) -> Iterable[Wrong]:
	labels = words.labels
	for columns in FAMILIES.values():
		given = [field for field, _ in columns if row[field]]
		if len(given) > 1:
			named = ", ".join(labels[field] for field in given)
			yield given[1], OneOfThese(columns=named)
	if row["valid_from"] and row["valid_to"] and row["valid_to"] < row["valid_from"]:
		yield "valid_to", ValidityReversed(later=labels["valid_to"], earlier=labels["valid_from"])
	if row["min_qty"] < ZERO:
		yield "min_qty", NumberTooSmall(column=labels["min_qty"], least=0)
	yield from _result_faults(row, words)


def _result_faults(row: Mapping, words: Words) -> Iterable[Wrong]:
	"""What is wrong with what the rate gives."""
	labels, gives, value = words.labels, row["rate_type"], row["value"]
	if gives == KIND and not row["price_kind"]:
		yield "price_kind", ValueMissing(column=labels["price_kind"])
	unused = "value" if gives == KIND else "price_kind" if gives else ""
	if unused and row[unused]:
		chosen = words.choice_text(gives)
		yield unused, NotTogether(column=labels[unused], choice=chosen, other=labels["rate_type"])
	if gives == Gives.DISCOUNT_PERCENTAGE.value:
		if not ZERO <= value <= HIGHEST_DISCOUNT:
			yield "value", OutOfRange(parameter=labels["value"], most=HIGHEST_DISCOUNT)
	elif gives != KIND and value < (least := LOWEST_MARKUP if gives == Gives.MARKUP.value else ZERO):
		yield "value", NumberTooSmall(column=labels["value"], least=least)
