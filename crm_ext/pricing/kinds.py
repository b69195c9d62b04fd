# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The price that a price kind makes, and the cost of a line. Pure."""

from collections.abc import Mapping
from decimal import Decimal

from crm_ext.exceptions import NoExchangeRate
from crm_ext.pricing.model import COSTS, Base, Book, Kind, Line, Reason
from crm_ext.pricing.waterfall import text

HUNDRED = Decimal(100)
COMPANY = ""
"""The currency of the company, as a Book names it."""


class Missing(Exception):
	"""What is needed for a price is not there; `reason` and `detail` are those of a Loser."""

	def __init__(self, reason: Reason, **detail: str):
		super().__init__(reason.value)
		self.reason = reason
		self.detail = detail


def kind_price(
	name: str, line: Line, kinds: Mapping[str, Kind], book: Book, path: tuple[str, ...] = ()
) -> tuple[Decimal, dict]:
	"""The price of a kind for a line, and how it came about, as the `detail` of a step.

	detail: {kind, base, of, percent} and {price_list, currency} or {cost}; `of` is the amount that the percent was added
	to. For a kind that is based on another, `other` is the detail of that. Raises Missing.
	"""
	kind = kinds.get(name)
	if kind is None:
		raise Missing(Reason.NO_KIND, kind=name)
	if name in path:
		raise Missing(Reason.CIRCLE, kind=name)
	detail: dict = {"kind": name, "base": kind.base.value}
	if kind.base is Base.KIND:
		amount, other = kind_price(kind.based_on, line, kinds, book, (*path, name))
		detail["other"] = other
	elif kind.base in COSTS:
		amount, cost = cost_of(line, (kind.base,), book)
		detail |= cost
	else:
		found = book.list_rate(line, kind.price_list)
		if found is None:
			raise Missing(Reason.NO_LIST_PRICE, price_list=kind.price_list)
		listed, currency, price_list = found
		detail |= {
			"price_list": price_list,
			"value": text(listed),
			"exchange": text(exchange(book, currency)),
		}
		amount = listed * exchange(book, currency)
	return plus_percent(amount, kind.percent), {**detail, "of": text(amount), "percent": text(kind.percent)}


def cost_of(line: Line, bases: tuple[Base, ...], book: Book) -> tuple[Decimal, dict]:
	"""The cost of a unit of the line by the first of the bases that is known: (amount, {cost, exchange, factor, basis}).

	`cost` is that of a stock unit in company currency. Raises Missing.
	"""
	for base in bases:
		cost = book.cost(line, base)
		if cost is not None:
			rate = exchange(book, COMPANY)
			detail = {
				"cost": text(cost),
				"exchange": text(rate),
				"factor": text(line.factor),
				"basis": base.value,
			}
			return cost * rate * line.factor, detail
	raise Missing(Reason.NO_COST)


def exchange(book: Book, currency: str) -> Decimal:
	"""The book's rate of exchange. Raises Missing."""
	try:
		return book.exchange(currency)
	except NoExchangeRate:
		raise Missing(Reason.NO_EXCHANGE_RATE, currency=currency) from None


def plus_percent(amount: Decimal, percent: Decimal) -> Decimal:
	return amount * (HUNDRED + percent) / HUNDRED
