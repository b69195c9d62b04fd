# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Numbers and dates as people write them. Pure.

What a text such as “1.234” or “01/02/2026” means depends on the site's formats; what fits neither these nor the plain
form (1234.5, 2026-02-01) is refused rather than guessed at.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

MOST = Decimal(10) ** 12
"""Numbers must be smaller, so that a float, as which Frappe reads them, still tells all their digits apart."""
PLACES = 6
"""After the point, as in the columns of the table."""
SMALLEST = Decimal(1).scaleb(-PLACES)

EXAMPLE_DAY = date(2026, 1, 31)
_ISO = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_DAY = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})")
_PYTHON = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_BLANKS = re.compile(r"[\s'’]")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {ord("−"): ord("-")}
"""Digits and signs as an East Asian keyboard writes them."""


@dataclass(frozen=True)
class Formats:
	"""How people of a site write: the signs before the decimals and between the groups, as Frappe's number formats have
	them (blanks and apostrophes are no matter), and Frappe's date format, such as dd-mm-yyyy.
	"""

	decimal: str = "."
	group: str = ","
	date_format: str = "yyyy-mm-dd"
	_dates: dict[str, date | None] = field(default_factory=dict, compare=False)

	def __post_init__(self):
		group = _BLANKS.sub("", self.group)
		object.__setattr__(self, "group", group)
		object.__setattr__(self, "decimal", self.decimal or ("," if group == "." else "."))

	def number(self, value: object) -> Decimal | None:
		"""A number, rounded to six decimal places; None if it is none. Raises nothing."""
		if isinstance(value, bool):
			return None
		if isinstance(value, str):
			value = self._plain(value)
		try:
			number = Decimal(value if isinstance(value, str | int | Decimal) else repr(value))
		except (InvalidOperation, TypeError, ValueError):
			return None
		if not number.is_finite() or abs(number) >= MOST:
			return None
		return number if number.as_tuple().exponent >= -PLACES else number.quantize(SMALLEST)

	def _plain(self, text: str) -> str:
		"""A text as Python writes numbers, or an empty one."""
		if self.decimal == "." and _PYTHON.fullmatch(text):
			return text
		text = _BLANKS.sub("", text.translate(_WIDE))
		if text and unicodedata.category(text[-1]) == "Sc":
			text = text[:-1]
		elif text and unicodedata.category(text[0]) == "Sc":
			text = text[1:]
		sign, text = ("-", text[1:]) if text[:1] == "-" else ("", text)
		whole, point, places = text.partition(self.decimal)
		first, *groups = whole.split(self.group) if self.group else (whole,)
		if groups and not (
			0 < len(first) < 4 and len(groups[-1]) == 3 and {2, 3}.issuperset(map(len, groups))
		):
			return ""
		digits = "".join((first, *groups))
		if not (digits + places).isdecimal() or (point and not places):
			return ""
		return f"{sign}{digits or '0'}.{places or '0'}"

	def day(self, value: object) -> date | None:
		"""A date; None if it is none. A time other than midnight is none."""
		if isinstance(value, datetime):
			return value.date() if value.time() == datetime.min.time() else None
		if isinstance(value, date):
			return value
		text = str(value).translate(_WIDE).strip()
		if text not in self._dates:
			self._dates[text] = self._day(text)
		return self._dates[text]

	def _day(self, text: str) -> date | None:
		try:
			if iso := _ISO.fullmatch(text):
				return date(*map(int, iso.groups()))
			if (parts := _DAY.fullmatch(text)) and len(max(parts.groups(), key=len)) == 4:
				order = re.split("[^dmy]+", self.date_format)
				given = {what[:1]: int(part) for what, part in zip(order, parts.groups(), strict=True)}
				return date(given["y"], given["m"], given["d"])
		except (ValueError, KeyError):
			pass
		return None

	@property
	def example_number(self) -> str:
		return f"1{self.group or ' '}234{self.decimal}5"

	@property
	def example_day(self) -> str:
		return EXAMPLE_DAY.isoformat()

	def text(self, number: float | Decimal) -> str:
		"""A number as `number` reads it again: without groups."""
		plain = f"{number:.{PLACES}f}".rstrip("0").rstrip(".")
		return ("0" if plain in ("", "-0") else plain).replace(".", self.decimal)
