# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Lines, rates, matrices and a book for the tests of the price engine: lamp oil, sold to Lin's shop in the harbour."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from crm_ext.exceptions import NoExchangeRate
from crm_ext.pricing.engine import Sale
from crm_ext.pricing.model import Base, Buyer, Item, Kind, Line, Matrix, Place, Rate

TODAY = date(2026, 11, 22)
OIL = Item(
	code="OIL",
	name="Lamp Oil",
	template="OILS",
	brand="Willow",
	groups=("Lamp Oil", "Oil", "All"),
	stock_uom="Nos",
	factors={"Box": Decimal(12)},
)
WICK = Item(code="WICK", name="Wick", groups=("Oil", "All"), stock_uom="Nos")
LIN = Buyer(customer="Lin", tags=("VIP", "Retail"), groups=("Shops", "Trade"))
HARBOUR = Place(pos_profile="Till", branch="North", territories=("Harbour", "Town"), sales_channel="Web")
BOX = {"uom": "Box", "factor": Decimal(12)}


@dataclass
class TestBook:
	"""A book whose price list has 100 for OIL, in stock units; others by keyword."""

	__test__ = False

	listed: Mapping[tuple[str, str], tuple[object, str]] = field(
		default_factory=lambda: {("OIL", ""): (100, "CNY"), ("WICK", ""): (10, "CNY")}
	)
	costs: Mapping[tuple[str, Base], object] = field(default_factory=dict)
	rates: Mapping[str, object] = field(default_factory=lambda: {"CNY": 1, "": 1, "USD": 7, "EUR": 8})

	def list_rate(self, line: Line, price_list: str):
		found = self.listed.get((line.item.code, price_list))
		return found and (Decimal(found[0]) * line.factor, found[1], price_list or "Standard Selling")

	def cost(self, line: Line, base: Base):
		cost = self.costs.get((line.item.code, base))
		return None if cost is None else Decimal(cost)

	def exchange(self, currency: str) -> Decimal:
		if currency not in self.rates:
			raise NoExchangeRate(from_currency=currency, to_currency="CNY")
		return Decimal(self.rates[currency])

	places = 2

	def rounded(self, amount: Decimal) -> Decimal:
		return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def line(key: str = "1", qty: object = 1, *, item: Item = OIL, uom: str = "Nos", factor: object = 1) -> Line:
	return Line(key=key, item=item, qty=Decimal(qty), uom=uom, factor=Decimal(factor))


def rate(name: str, value: object, *, matrix: str = "Retail", min_qty: object = 0, **fields) -> Rate:
	return Rate(name=name, matrix=matrix, value=Decimal(value), min_qty=Decimal(min_qty), **fields)


def matrix(name: str = "Retail", **fields) -> Matrix:
	return Matrix(name=name, version="1.1", currency=fields.pop("currency", "CNY"), **fields)


def sale(
	rates: Iterable[Rate],
	lines: Sequence[Line],
	*,
	matrices: Iterable[Matrix] = (),
	kinds: Iterable[Kind] = (),
	buyer: Buyer = LIN,
	place: Place = HARBOUR,
	book: TestBook | None = None,
	as_of: date = TODAY,
) -> tuple[Sale, dict[tuple[str, str], list[Rate]], Sequence[Line]]:
	"""The arguments of `engine.price`."""
	by_keys: dict[tuple[str, str], list[Rate]] = defaultdict(list)
	for one in rates:
		by_keys[one.item_key, one.customer_key].append(one)
	common = Sale(
		as_of=as_of,
		currency="CNY",
		buyer=buyer,
		place=place,
		matrices={m.name: m for m in (*matrices,)} or {"Retail": matrix()},
		kinds={kind.name: kind for kind in kinds},
		book=book or TestBook(),
	)
	return common, by_keys, lines
