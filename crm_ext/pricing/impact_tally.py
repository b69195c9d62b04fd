# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Adding up what other prices would have made of past sales: in all, by customer, by item and by month. Pure."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

CENT = Decimal("0.01")
MOST = 50
"""So many customers and items are listed, with the largest differences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repriced:
	"""A line sold, at the prices `before` and `after`: revenue in company currency, net of returns. `cost` may be unknown."""

	customer: str
	item: str
	day: date
	sold: Decimal
	before: Decimal
	after: Decimal
	cost: Decimal | None

	@property
	def difference(self) -> Decimal:
		return self.after - self.before


@dataclass(slots=True)
class Sums:
	"""Sums over lines; `valued_…` over those whose cost is known."""

	lines: int = 0
	changed: int = 0
	sold: Decimal = Decimal(0)
	before: Decimal = Decimal(0)
	after: Decimal = Decimal(0)
	valued_before: Decimal = Decimal(0)
	valued_after: Decimal = Decimal(0)
	cost: Decimal = Decimal(0)

	def add(self, line: Repriced) -> None:
		self.lines += 1
		self.changed += line.before != line.after
		self.sold += line.sold
		self.before += line.before
		self.after += line.after
		if line.cost is not None:
			self.valued_before += line.before
			self.valued_after += line.after
			self.cost += line.cost

	@property
	def difference(self) -> Decimal:
		return self.after - self.before

	def figures(self) -> dict:
		"""{before, after, difference, percent, lines, changed}, rounded to a hundredth; `percent` None from nothing."""
		return {
			"before": rounded(self.before),
			"after": rounded(self.after),
			"difference": rounded(self.difference),
			"percent": percent(self.difference, self.before),
			"lines": self.lines,
			"changed": self.changed,
		}

	def margins(self) -> dict:
		"""{before, after, before_percent, after_percent, coverage}: of the lines whose cost is known.

		`coverage`: their share of the revenue before, in percent.
		"""
		before, after = self.valued_before - self.cost, self.valued_after - self.cost
		return {
			"before": rounded(before),
			"after": rounded(after),
			"difference": rounded(after - before),
			"before_percent": percent(before, self.valued_before),
			"after_percent": percent(after, self.valued_after),
			"coverage": percent(self.valued_before, self.before) or 0.0,
		}


@dataclass(slots=True)
class LeftOut:
	"""The lines that were left as they are, by the reason."""

	lines: Counter = field(default_factory=Counter)
	revenue: Counter = field(default_factory=Counter)

	def add(self, reason: str, revenue: Decimal) -> None:
		self.lines[reason] += 1
		self.revenue[reason] += revenue

	def rows(self) -> list[dict]:
		"""[{reason, lines, revenue}], the most lines first."""
		return [
			{"reason": reason, "lines": lines, "revenue": rounded(self.revenue[reason])}
			for reason, lines in self.lines.most_common()
		]


@dataclass(slots=True)
class Tally:
	"""All lines that could be priced, and those that were left as they are."""

	total: Sums = field(default_factory=Sums)
	customers: dict[str, Sums] = field(default_factory=dict)
	items: dict[str, Sums] = field(default_factory=dict)
	months: dict[str, Sums] = field(default_factory=dict)
	invoices: set[tuple[str, str]] = field(default_factory=set)
	left_out: LeftOut = field(default_factory=LeftOut)

	def add(self, line: Repriced) -> None:
		self.total.add(line)
		for sums, key in (
			(self.customers, line.customer),
			(self.items, line.item),
			(self.months, f"{line.day:%Y-%m}"),
		):
			sums.setdefault(key, Sums()).add(line)

	def of_customers(self, less: bool) -> dict:
		"""Who would have paid less, or more: {customers, amount, rows: [{name, …figures}]}, the largest first."""
		chosen = _chosen(self.customers, lambda sums: sums.difference < 0 if less else sums.difference > 0)
		amount = sum((abs(sums.difference) for _name, sums in chosen), Decimal(0))
		return {"customers": len(chosen), "amount": rounded(amount), "rows": _rows(chosen)}

	def of_items(self) -> list[dict]:
		return _rows(_chosen(self.items, lambda sums: sums.difference != 0))

	def of_months(self, since: date, until: date) -> list[dict]:
		"""[{month: "2026-03", before, after}], those without a sale too."""
		names = month_names(since, until)
		return [{"month": name, **self.months.get(name, Sums()).figures()} for name in names]


def month_names(since: date, until: date) -> list[str]:
	"""Of the months from one day to another: “2026-03”."""
	return [
		f"{number // 12}-{number % 12 + 1:02}"
		for number in range(since.year * 12 + since.month - 1, until.year * 12 + until.month)
	]


def rounded(amount: Decimal) -> float:
	return float(amount.quantize(CENT))


def percent(part: Decimal, whole: Decimal) -> float | None:
	return round(float(part / whole * 100), 2) if whole else None


def _chosen(sums: dict[str, Sums], choose: Callable[[Sums], bool]) -> list[tuple[str, Sums]]:
	chosen = [(name, one) for name, one in sums.items() if choose(one)]
	return sorted(chosen, key=lambda pair: (-abs(pair[1].difference), pair[0]))


def _rows(chosen: list[tuple[str, Sums]]) -> list[dict]:
	return [{"name": name, **sums.figures()} for name, sums in chosen[:MOST]]
