# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The price that a price list has for a line: which Item Price counts, as ERPNext chooses it. Pure.

ERPNext's own order (`get_price_list_rate_for`): the customer's own Item Price, which must suit the packing unit; else
a general one in the unit of the line; else one in the stock unit; then the same for the variant template. Of several,
the latest beginning comes first, one for the batch before one for all, one with a unit before one without.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from crm_ext.pricing.model import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPrice:
	"""One Item Price; `rate` is for one `uom`, an empty one being the stock unit."""

	item_code: str
	price_list: str
	rate: Decimal
	currency: str
	customer: str = ""
	uom: str = ""
	batch_no: str = ""
	packing_unit: int = 0
	valid_from: date | None = None
	valid_upto: date | None = None


Prices = Mapping[tuple[str, str], Sequence[ItemPrice]]
"""Item Prices by item and price list, each in the order of `in_order`."""


def in_order(prices: Iterable[ItemPrice]) -> list[ItemPrice]:
	"""The latest beginning first; then those for a batch; then those with a unit."""
	by_unit = sorted(prices, key=lambda price: price.uom, reverse=True)
	by_batch = sorted(by_unit, key=lambda price: price.batch_no, reverse=True)
	return sorted(by_batch, key=lambda price: price.valid_from or date.min, reverse=True)


def price_of(prices: Prices, line: Line, price_list: str, customer: str, as_of: date) -> ItemPrice | None:
	"""The Item Price that counts for a line, of the item or else of its template."""
	for code in filter(None, (line.item.code, line.item.template)):
		rows = [
			price
			for price in prices.get((code, price_list), ())
			if (price.valid_from or as_of) <= as_of <= (price.valid_upto or as_of)
			and price.batch_no in ("", line.batch_no)
		]
		if found := _of_item(rows, line, customer):
			return found
	return None


def amount_of(price: ItemPrice, line: Line) -> Decimal:
	"""The rate for a unit of the line. Where the units differ, ERPNext always takes the rate for that of a stock unit."""
	return price.rate if price.uom == line.uom else price.rate * line.factor


def _of_item(rows: Sequence[ItemPrice], line: Line, customer: str) -> ItemPrice | None:
	own = _first(rows, line.uom, customer) if customer else None
	if own:
		return own if not own.packing_unit or line.qty % own.packing_unit == 0 else None
	return _first(rows, line.uom, "") or _first(rows, line.item.stock_uom, "")


def _first(rows: Sequence[ItemPrice], uom: str, customer: str) -> ItemPrice | None:
	return next((row for row in rows if row.customer == customer and row.uom in ("", uom)), None)
