# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Adding up what a promotion would have made of past sales: who had qualified, what it cost, when limits were reached. Pure.

Amounts are Decimals in company currency, without tax, of what did not come back. The figures are those of
`result_model.Promoted`, whose revenue is the one after the promotion.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from crm_ext.pricing.impact_tally import MOST, LeftOut, month_names, rounded
from crm_ext.pricing.promotions.result_model import Promoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualified:
	"""What a promotion would have given to a document. `items`: its lines by their item; `first`: not seen before.

	An order that was invoiced in parts is seen once for each week in which it was, and counts as one document.
	"""

	document: tuple[str, str]
	customer: str
	day: date
	figures: Promoted
	items: tuple[tuple[str, Promoted], ...] = ()
	first: bool = True

	@property
	def charge(self) -> Decimal:
		"""What it takes from the budget."""
		return self.figures.given


@dataclass(slots=True)
class Tally:
	"""All documents that were looked at, and the lines that no promotion would have made cheaper."""

	total: Promoted = field(default_factory=Promoted)
	customers: dict[str, Promoted] = field(default_factory=dict)
	items: dict[str, Promoted] = field(default_factory=dict)
	months: dict[str, Promoted] = field(default_factory=dict)
	charges: dict[date, Decimal] = field(default_factory=dict)
	uses: Counter = field(default_factory=Counter)
	newcomers: Counter = field(default_factory=Counter)
	looked_at: int = 0
	buyers: set[str] = field(default_factory=set)
	revenue: Decimal = Decimal(0)
	refused: Counter = field(default_factory=Counter)
	left_out: LeftOut = field(default_factory=LeftOut)

	def look_at(self, customer: str, revenue: Decimal, *, first: bool) -> None:
		self.looked_at += first
		self.revenue += revenue
		self.buyers.add(customer)

	def add(self, one: Qualified) -> None:
		if one.first:
			self.uses[one.day] += 1
		if one.customer not in self.customers:
			self.newcomers[one.day] += 1
		self.total += one.figures
		self.charges[one.day] = self.charges.get(one.day, Decimal(0)) + one.charge
		_add(self.customers, one.customer, one.figures)
		_add(self.months, f"{one.day:%Y-%m}", one.figures)
		for item, figures in one.items:
			_add(self.items, item, figures)

	def of_customers(self) -> list[dict]:
		"""Who gains most: [{name, documents, revenue, given, percent}], the largest gain first."""
		return _rows(self.customers)

	def of_items(self) -> list[dict]:
		return _rows(self.items)

	def of_months(self, since: date, until: date) -> list[dict]:
		"""[{month: "2026-03", documents, revenue, given}], those without a document too."""
		names = month_names(since, until)
		return [{"month": name, **_figures(self.months.get(name, Promoted()))} for name in names]

	def burnt(self, budget: Decimal = Decimal(0), uses: int = 0, customers: int = 0) -> list[dict]:
		"""When limits would have been reached: [{limit, most, used, percent, day}]; no limit is 0, never reached is None.

		`budget` is in company currency here.
		"""
		asked = (
			("money", budget, self.charges),
			("uses", uses, self.uses),
			("customers", customers, self.newcomers),
		)
		return [_burn(limit, Decimal(most), by_day) for limit, most, by_day in asked if most > 0]

	def burning(self, since: date, until: date) -> list[dict]:
		"""What was given in all up to the end of each week: [{day, given}]."""
		weeks = [since + timedelta(days=6 + 7 * week) for week in range(((until - since).days + 7) // 7)]
		given, found, days = Decimal(0), [], sorted(self.charges)
		for end in weeks:
			while days and days[0] <= end:
				given += self.charges[days.pop(0)]
			found.append({"day": str(min(end, until)), "given": rounded(given)})
		return found


def _burn(limit: str, most: Decimal, by_day: dict) -> dict:
	used, reached = Decimal(0), None
	for day in sorted(by_day):
		used += by_day[day]
		if reached is None and used >= most:
			reached = str(day)
	percent = round(float(used / most * 100), 1)
	return {"limit": limit, "most": float(most), "used": rounded(used), "percent": percent, "day": reached}


def _add(sums: dict[str, Promoted], key: str, figures: Promoted) -> None:
	sums[key] = sums.get(key, Promoted()) + figures


def _figures(of: Promoted) -> dict:
	"""`given`: what customers got, free goods at their price; `revenue`: before the promotion."""
	revenue = of.revenue + of.discount
	return {"documents": of.invoices, "revenue": rounded(revenue), "given": rounded(of.given)}


def _rows(sums: dict[str, Promoted]) -> list[dict]:
	rows: Iterable[dict] = ({"name": name, **_figures(of)} for name, of in sums.items())
	return sorted(rows, key=lambda row: (-row["given"], row["name"]))[:MOST]
