# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The Price Check: one basket priced for one or two sides, another customer or another day, and set side by side."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal

import frappe

from crm_ext.exceptions import UnknownItem
from crm_ext.pricing import compiled, service, store
from crm_ext.pricing.api import answer
from crm_ext.pricing.basket import Basket, BasketLine, Result
from crm_ext.pricing.costs import may_see_costs
from crm_ext.pricing.lowest import Lowest, lowest_rates
from crm_ext.pricing.model import Item
from crm_ext.rules.site import exchange_rate

MOST_BREAKS = 24
FEWEST = Decimal(1)


def compare(left: Basket, right: Basket | None) -> dict:
	"""Both baskets priced, line by line: {left, right, lines, totals}.

	A side is {customer, customer_name, lead, date, currency, price_list, total, promotions, messages}, its `promotions` as
	`promotions.api.told` returns them; a line is {key, item_code, item_name, qty, uom, uoms, left, right, difference,
	percent}, its sides as `api.price_basket` answers with `amount` and `lowest`; `totals`: {left, right, difference,
	percent}. Differences are right less left, in the currency of the left, None where a price is missing. Raises
	NoExchangeRate where the currencies cannot be compared.
	"""
	baskets = [left, right] if right else [left]
	results = service.price_many(baskets)
	costs = may_see_costs()
	answers = [answer(*both, explain=True, costs=costs) for both in zip(baskets, results, strict=True)]
	exchange = _exchange(results, right)
	lowest = [_lowest(basket) for basket in baskets]
	items = _items(left)
	lines = []
	for place, asked in enumerate(left.lines):
		sides = [
			_side_of_line(one["lines"][place], low.get(asked.item_code))
			for one, low in zip(answers, lowest, strict=True)
		]
		lines.append(_line(asked, items[asked.item_code], sides, exchange))
	sides = [_side(*both) for both in zip(baskets, answers, strict=True)]
	return {
		"left": sides[0],
		"right": sides[1] if right else None,
		"lines": lines,
		"totals": _totals(lines, sides, exchange),
	}


def ladder(basket: Basket, key: str) -> list[dict]:
	"""What one unit of a line costs at each quantity where a rate begins: [{qty, rate, current}], rates that change only.

	Before promotions, which look at the whole basket. Raises UnknownItem.
	"""
	line = next(line for line in basket.lines if line.key == key)
	item = _items(replace(basket, lines=(line,))).get(line.item_code)
	if item is None:
		raise UnknownItem(line=basket.lines.index(line) + 1, item=line.item_code)
	quantities = sorted({FEWEST, line.qty, *_breaks(item, line)})
	results = service.price_many([_alone(basket, line, qty) for qty in quantities])
	rungs: list[dict] = []
	for qty, result in zip(quantities, results, strict=True):
		price = result.priced[key].price
		rate = None if price is None else float(price)
		current = qty == line.qty
		if current or not rungs or rungs[-1]["rate"] != rate:
			rungs.append({"qty": float(qty), "rate": rate, "current": current})
	return rungs


def _alone(basket: Basket, line: BasketLine, qty: Decimal) -> Basket:
	return replace(basket, lines=(replace(line, qty=qty),), promotions=False)


def _breaks(item: Item, line: BasketLine) -> list[Decimal]:
	"""The quantities, in units of the line, from which on rates of live matrices for the item begin."""
	matrices = tuple(compiled.current().matrices)
	if not matrices:
		return []
	factor = service.factor_of(item, line, lenient=True)
	rows = frappe.db.sql(
		"""SELECT DISTINCT min_qty, uom FROM `tabPrice Matrix Rate`
		WHERE item_key IN %s AND matrix IN %s AND min_qty > 0 ORDER BY min_qty LIMIT %s""",
		(item.keys, matrices, MOST_BREAKS),
	)
	return [_in_units_of_line(store.number(qty), uom or "", item, line, factor) for qty, uom in rows]


def _in_units_of_line(qty: Decimal, uom: str, item: Item, line: BasketLine, factor: Decimal) -> Decimal:
	if uom == (line.uom or item.stock_uom):
		return qty
	return qty * item.factors.get(uom, Decimal(1)) / factor


def _items(basket: Basket) -> dict[str, Item]:
	codes = {line.item_code for line in basket.lines}
	return store.items(codes, compiled.current().ancestors["Item Group"])


def _lowest(basket: Basket) -> dict[str, Lowest]:
	"""What the customer paid least within 30 days; nobody else's prices are told."""
	if not basket.customer:
		return {}
	codes: Collection[str] = {line.item_code for line in basket.lines}
	return lowest_rates(codes, basket.company, customer=basket.customer, as_of=basket.date)


def _exchange(results: Sequence[Result], right: Basket | None) -> Decimal:
	"""How much of the left's currency one unit of the right's is."""
	if right is None:
		return Decimal(1)
	return exchange_rate(results[1].currency, results[0].currency, right.date)


def _side_of_line(line: dict, lowest: Lowest | None) -> dict:
	rate = line["rate"]
	told = lowest and {
		"rate": float(lowest.rate),
		"date": str(lowest.date),
		"doctype": lowest.document[0],
		"document": lowest.document[1],
	}
	return {**line, "amount": None if rate is None else rate * line["qty"], "lowest": told}


def _line(asked: BasketLine, item: Item, sides: list[dict], exchange: Decimal) -> dict:
	left, right = sides[0], sides[1] if len(sides) > 1 else None
	return {
		"key": asked.key,
		"item_code": asked.item_code,
		"item_name": item.name,
		"qty": left["qty"],
		"uom": left["uom"],
		"uoms": list(dict.fromkeys((item.stock_uom, *item.factors))),
		"left": left,
		"right": right,
		**_difference(left["rate"], right and right["rate"], exchange),
	}


def _side(basket: Basket, told: dict) -> dict:
	amounts = [line["rate"] * line["qty"] for line in told["lines"] if line["rate"] is not None]
	return {
		"customer": basket.customer,
		"lead": basket.lead,
		"name": _name(basket),
		"date": str(basket.date),
		"currency": told["currency"],
		"price_list": told["price_list"],
		"total": sum(amounts),
		"unpriced": len(told["lines"]) - len(amounts),
		"promotions": told["promotions"],
		"messages": told["messages"],
	}


def _name(basket: Basket) -> str:
	if basket.customer:
		return frappe.get_cached_value("Customer", basket.customer, "customer_name")
	return (basket.lead and frappe.get_cached_value("Lead", basket.lead, "lead_name")) or ""


def _totals(lines: Sequence[dict], sides: Sequence[dict], exchange: Decimal) -> dict:
	left, right = sides[0]["total"], sides[1]["total"] if len(sides) > 1 else None
	comparable = all(line["difference"] is not None for line in lines)
	return {"left": left, "right": right, **_difference(left, right if comparable else None, exchange)}


def _difference(left: float | None, right: float | None, exchange: Decimal) -> dict:
	"""{difference, percent} of two amounts, the right one in its own currency."""
	if left is None or right is None:
		return {"difference": None, "percent": None}
	difference = round(right * float(exchange) - left, 9)
	return {"difference": difference, "percent": round(difference / left * 100, 2) if left else None}
