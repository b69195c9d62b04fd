# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Which lines a promotion is for, how it counts their units, and what is left of them. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from crm_ext.pricing.promotions.model import Gives, Part, Product, PromoLine, Promotion

ZERO = Decimal(0)
HUNDRED = Decimal(100)

Free = Mapping[str, Decimal]
"""How much of each line nobody has taken, in the line's own unit."""


@dataclass(frozen=True, slots=True)
class Run:
	"""Units of one line at one price. `qty` and `price` count as the promotion does; `per`: its units in one of the line's."""

	line: PromoLine
	qty: Decimal
	per: Decimal

	@property
	def price(self) -> Decimal:
		return self.line.price / self.per


def per_unit(line: PromoLine, promotion: Promotion) -> Decimal | None:
	"""The units that a promotion counts in one unit of the line; None: it counts in another unit."""
	if not promotion.uom:
		return line.factor
	return Decimal(1) if promotion.uom == line.uom else None


class Lines(Sequence[PromoLine]):
	"""The lines of a basket in the order of their keys, found by the keys of their items."""

	def __init__(self, lines: Iterable[PromoLine]):
		self._lines = sorted(lines, key=lambda line: line.key)
		self._by_key: dict[str, list[PromoLine]] = {}
		for line in self._lines:
			for key in line.item.keys:
				self._by_key.setdefault(key, []).append(line)

	def __len__(self) -> int:
		return len(self._lines)

	def __getitem__(self, place):
		return self._lines[place]

	def of(self, products: Iterable[Product]) -> dict[str, PromoLine]:
		"""The lines with one of these products."""
		return {line.key: line for product in products for line in self._by_key.get(product.key, ())}

	def meant(self, promotion: Promotion, products: Sequence[Product]) -> list[PromoLine]:
		"""The lines with one of these products that a promotion does not except and counts; no products: all."""
		found = self.of(products).values() if products else self._lines
		excepted = self.of(promotion.products_of(Part.EXCEPT))
		return [line for line in found if line.key not in excepted and per_unit(line, promotion) is not None]


def runs(promotion: Promotion, lines: Iterable[PromoLine], free: Free | None = None) -> list[Run]:
	"""What can be taken of lines, the dearest units first; all of it without `free`.

	Equal prices come in an order that has nothing to do with that of the lines.
	"""
	found = []
	for line in lines:
		qty = line.qty if free is None else free.get(line.key, ZERO)
		if qty > 0 and not line.fixed:
			per = per_unit(line, promotion) or Decimal(1)
			found.append(Run(line, qty * per, per))
	return sorted(
		found, key=lambda run: (-run.price, run.line.item.code, run.line.uom, run.qty, run.line.key)
	)


def total(found: Iterable[Run]) -> Decimal:
	return sum((run.qty for run in found), ZERO)


def first(found: Iterable[Run], qty: Decimal) -> Iterator[tuple[Run, Decimal]]:
	"""The first `qty` units: (run, so many of it)."""
	for run in found:
		if qty <= 0:
			return
		part = min(run.qty, qty)
		qty -= part
		yield run, part


def amount_of(lines: Iterable[PromoLine]) -> Decimal:
	"""What lines come to at their prices before promotions."""
	return sum((line.qty * line.price for line in lines), ZERO)


def cut(gives: Gives, value: Decimal) -> Callable[[Decimal], Decimal]:
	"""What becomes of a price; `value` is a percentage, or an amount for the unit that the price is for. Never dearer."""
	match gives:
		case Gives.PERCENT:
			return lambda price: price * (HUNDRED - min(value, HUNDRED)) / HUNDRED
		case Gives.AMOUNT:
			return lambda price: max(price - value, ZERO)
		case Gives.RATE:
			return lambda price: min(price, value)
		case Gives.FREE:
			return lambda price: ZERO
	return lambda price: price
