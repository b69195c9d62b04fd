# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The sales of the past, for whoever computes them anew: what came back, what goods cost, what one user may see of it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from frappe.utils import getdate

from crm_ext.pricing.costs import costs_of
from crm_ext.pricing.model import Base
from crm_ext.pricing.sold import SoldLine, returned, sold_lines, weeks

LONGEST = 36
"""Months."""


def period(months: int, until: date | None = None) -> tuple[date, date]:
	"""The first and the last day of the last `months`."""
	until = until or getdate()
	return until - relativedelta(months=min(max(months, 1), LONGEST)) + relativedelta(days=1), until


@dataclass(slots=True)
class Past:
	"""What a company sold from `since` to `until`. `visible`: the customers that count, None for all.

	`only`: {customer} or {item_code} of the lines.
	"""

	company: str
	since: date
	until: date
	visible: Collection[str] | None = None
	only: dict = field(default_factory=dict)
	_returned: dict = field(default_factory=dict)
	_costs: dict[str, Decimal | None] = field(default_factory=dict)

	@property
	def weeks(self) -> int:
		return weeks(self.since, self.until)

	def lines(self) -> Iterator[list[SoldLine]]:
		"""The lines, a week at a time, the earliest first."""
		self._returned = returned(self.company, self.since)
		for lines in sold_lines(self.company, self.since, self.until, self.only):
			yield [line for line in lines if self.visible is None or line.deal.customer in self.visible]

	def kept_qty(self, line: SoldLine) -> Decimal:
		"""How much of a line did not come back."""
		return max(line.qty - self._returned.get((line.doctype, line.row), 0), Decimal(0))

	def read_costs(self, lines: Collection[SoldLine], more: Collection[str] = ()) -> None:
		"""What lines cost whose invoice does not say it, and `more` items: today's valuation, in one statement."""
		asked = {*more, *(line.item_code for line in lines if not line.cost)} - self._costs.keys()
		found = costs_of(asked, self.company)
		self._costs |= {item: found.get(item, {}).get(Base.VALUATION_RATE) for item in asked}

	def cost(self, line: SoldLine) -> Decimal | None:
		"""Of one stock unit, in company currency: as the invoice says, else that of today; None if nobody knows."""
		return line.cost or self.cost_today(line.item_code)

	def cost_today(self, item_code: str) -> Decimal | None:
		return self._costs.get(item_code)
