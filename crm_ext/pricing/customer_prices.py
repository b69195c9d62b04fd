# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The price list of one customer: what each item would cost it, on a day and at a point of sale."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from crm_ext.pricing import service
from crm_ext.pricing.basket import Basket, BasketLine, Result
from crm_ext.pricing.costs import may_see_costs
from crm_ext.pricing.lowest import Lowest, lowest_rates
from crm_ext.pricing.model import Did, Priced
from crm_ext.pricing.waterfall import build
from crm_ext.pricing.words import steps_of

AT_ONCE = 500
"""So many items are priced with one reading."""

SELF_EVIDENT = (Did.LIST, Did.ROUNDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerPrice:
	"""The price of one stock unit. `base` is the price of the price list; `why` is a line in the reader's language."""

	item_code: str
	currency: str
	price_list: str
	base: Decimal | None
	price: Decimal | None
	automatic: bool
	why: str
	lowest: Lowest | None = None

	@property
	def percent(self) -> Decimal | None:
		"""By how much the price lies above (+) or below (-) that of the price list."""
		if not self.base or self.price is None:
			return None
		return (self.price - self.base) / self.base * 100


def prices_for(basket: Basket, items: Sequence[str], *, lowest_of: str | None) -> Iterator[CustomerPrice]:
	"""The prices of items under the circumstances of `basket`, whose own lines do not count, in the order of `items`.

	`lowest_of`: the customer whose lowest price of 30 days is told beside it; None: that of all customers.
	"""
	costs = may_see_costs()
	for first in range(0, len(items), AT_ONCE):
		codes = items[first : first + AT_ONCE]
		lowest = lowest_rates(codes, basket.company, customer=lowest_of, as_of=basket.date)
		result = service.price(_with_lines(basket, codes))
		for code in codes:
			priced = result.priced[code]
			yield CustomerPrice(
				item_code=code,
				currency=result.currency,
				price_list=result.price_list,
				base=priced.base,
				price=priced.price,
				automatic=priced.ours,
				why=_why(priced, result, costs) if priced.ours else "",
				lowest=lowest.get(code),
			)


def _with_lines(basket: Basket, codes: Sequence[str]) -> Basket:
	return replace(
		basket, promotions=False, lines=tuple(BasketLine(key=code, item_code=code) for code in codes)
	)


def _why(priced: Priced, result: Result, costs: bool) -> str:
	waterfall = build(priced, currency=result.currency, as_of=result.as_of, qty=Decimal(1), uom="")
	steps = steps_of(waterfall, costs=costs)
	return " ".join(step["text"] for step in steps if Did(step["did"]) not in SELF_EVIDENT)
