# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What a rate makes of a price, for the whole quantity or slice by slice. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from crm_ext.pricing.kinds import Missing, cost_of, exchange, kind_price, plus_percent
from crm_ext.pricing.model import COSTS, Book, Gives, Kind, Line, Matrix, Rate, Reason
from crm_ext.pricing.waterfall import text


@dataclass(frozen=True, slots=True, kw_only=True)
class Giver:
	"""Applies the rates of one matrix to a line whose price so far is `before`."""

	line: Line
	before: Decimal | None
	matrix: Matrix
	kinds: Mapping[str, Kind]
	book: Book

	def volume(self, rate: Rate) -> tuple[Decimal, dict]:
		"""The price of a unit by one rate for the whole quantity, and the detail of the step. Raises Missing.

		detail: {gives, value}, and of an amount {currency, exchange, factor}, of a markup {cost, exchange, factor,
		basis}, of a price kind {kind}: the detail of `kind_price`.
		"""
		value = rate.value
		detail: dict = {"gives": rate.gives.value}
		if rate.gives is Gives.KIND:
			price, kind = kind_price(rate.kind, self.line, self.kinds, self.book)
			return price, {**detail, "of": kind}
		detail["value"] = text(value)
		if rate.gives is Gives.MARKUP:
			cost, how = cost_of(self.line, COSTS, self.book)
			return plus_percent(cost, value), {**detail, **how}
		if rate.gives is Gives.RATE:
			amount, how = self._amount(rate)
			return amount, {**detail, **how}
		if self.before is None:
			raise Missing(Reason.NOTHING_TO_DISCOUNT)
		if rate.gives is Gives.DISCOUNT_PERCENTAGE:
			return plus_percent(self.before, -value), detail
		amount, how = self._amount(rate)
		return max(self.before - amount, Decimal(0)), {**detail, **how}

	def graduated(self, breaks: Sequence[Rate], qty: Decimal) -> tuple[Decimal, dict]:
		"""The average price of a unit where each part of the quantity has the price of its own break.

		`breaks` by rising `min_qty`, all in one unit, in which `qty` is too. A break holds for what exceeds it, up to the
		next; what lies below the first keeps the price so far. Raises Missing. detail: {slices: [{qty, from, price, rate,
		**detail of volume}]}.
		"""
		slices, total = [], Decimal(0)
		first = min(breaks[0].min_qty, qty)
		if first > 0:
			if self.before is None:
				raise Missing(Reason.NOTHING_TO_DISCOUNT)
			slices.append({"qty": text(first), "from": "0", "price": text(self.before)})
			total += first * self.before
		for rate, ends in zip(breaks, (*(later.min_qty for later in breaks[1:]), qty), strict=True):
			part = min(ends, qty) - rate.min_qty
			if part > 0:
				price, how = self.volume(rate)
				slices.append(
					{
						"qty": text(part),
						"from": text(rate.min_qty),
						"price": text(price),
						"rate": rate.name,
						**how,
					}
				)
				total += part * price
		return total / qty, {"slices": slices}

	def _amount(self, rate: Rate) -> tuple[Decimal, dict]:
		"""The value of a rate for a unit of the line, in document currency."""
		currency = rate.currency or self.matrix.currency
		factor = Decimal(1) if rate.uom == self.line.uom else self.line.factor
		rate_of_exchange = exchange(self.book, currency)
		detail = {"currency": currency, "exchange": text(rate_of_exchange), "factor": text(factor)}
		return rate.value * rate_of_exchange * factor, detail
