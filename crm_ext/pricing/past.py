# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The sales of the past, for whoever computes them anew: what came back, what goods cost, what one user may see of it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from frappe.utils import getdate

from crm_ext.pricing.basket import Basket, BasketLine
from crm_ext.pricing.costs import costs_of
from crm_ext.pricing.model import Base
from crm_ext.pricing.sold import SoldLine, returned, sold_lines, weeks

LONGEST = 36
"""Months."""


def period(months: int, until: date | None = None) -> tuple[date, date]:
	"""The first and the last day of the last `months`."""
	until = until or getdate()
	return until - relativedelta(months=min(max(months, 1), LONGEST)) + relativedelta(days=1), until


def basket_of(company: str, sold: Mapping[str, SoldLine], *, fixed: Collection[str] | None = None) -> Basket:
	"""What was agreed in one document, by the keys of its lines, as a basket of its day.

	With `fixed`, promotions look at it: the lines start from the rate at which they were sold, and those of these keys
	keep it. Without, they have the prices before promotions.
	"""
	deal = next(iter(sold.values())).deal
	return Basket(
		company=company,
		customer=deal.customer,
		date=deal.date,
		time=deal.time,
		currency=deal.currency,
		price_list=deal.price_list,
		conversion_rate=deal.conversion_rate or None,
		plc_conversion_rate=deal.plc_conversion_rate or None,
		pos_profile=deal.pos_profile,
		branch=deal.branch,
		territory=deal.territory,
		sales_channel=deal.sales_channel,
		payment_terms=deal.payment_terms,
		sales_partner=deal.sales_partner,
		doctype=next(iter(sold.values())).doctype,
		promotions=fixed is not None,
		lenient=True,
		lines=tuple(
			BasketLine(
				key=key,
				item_code=line.item_code,
				qty=line.agreed_qty,
				uom=line.uom,
				conversion_factor=line.factor,
				batch_no=line.batch_no,
				price=None if fixed is None else line.rate,
				fixed=line.rate if fixed and key in fixed else None,
			)
			for key, line in sold.items()
		),
	)


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
