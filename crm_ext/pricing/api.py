# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Prices over REST, without a document. Permission first; errors name the line and speak the user's language."""

import frappe
from frappe.utils import cint

from crm_ext.errors import speaking
from crm_ext.pricing import service, waterfall, words
from crm_ext.pricing.basket import Basket, BasketLine, Result
from crm_ext.pricing.costs import may_see_costs
from crm_ext.pricing.requests import check_basket_permission, read_basket
from crm_ext.pricing.store import number


@frappe.whitelist(methods=["POST"])
@speaking
def price_basket(basket: dict | str, explain: bool | int | str = False) -> dict:
	"""The prices of a basket, with their reasons; `explain` adds them as sentences in the user's language.

	`basket`: {company, customer | lead, date, currency, price_list, point_of_sale, branch, territory, sales_channel,
	lines: [{key, item_code, qty, uom}]}. Only company and lines are needed; the rest is filled in as ERPNext does. `date`
	is YYYY-MM-DD in site time, `point_of_sale` a POS Profile.

	Returns {currency, price_list, lines: [{key, item_code, qty, uom, base_rate, price_list_rate, rate, discount_amount,
	steps, rejected}], messages}: prices in `currency` for one `uom`, None where there is none. `base_rate` is the price of
	the price list, `price_list_rate` the automatic price, `discount_amount` what lies between them. `steps` and
	`rejected` are as `pricing.waterfall` stores them, or with `explain` lists of {text, …}, see `pricing.words`; what
	items cost us is left out for users who may not see it. Raises for an item, a unit or a customer that does not
	exist, naming the line or the field.
	"""
	asked = read_basket(basket)
	check_basket_permission(asked)
	return answer(asked, service.price(asked), explain=bool(cint(explain)), costs=may_see_costs())


def answer(basket: Basket, result: Result, *, explain: bool, costs: bool) -> dict:
	"""A result as the interface has it; without `costs`, the steps do not tell ours."""
	return {
		"currency": result.currency,
		"price_list": result.price_list,
		"lines": [_line(line, result, explain, costs) for line in basket.lines],
		"messages": list(result.messages),
	}


def _line(line: BasketLine, result: Result, explain: bool, costs: bool) -> dict:
	priced = result.priced[line.key]
	told = waterfall.build(priced, currency=result.currency, as_of=result.as_of, qty=line.qty, uom=priced.uom)
	told = told if costs else waterfall.without_costs(told)
	price = None if priced.price is None else float(priced.price)
	saved = number(priced.base) - priced.price if price is not None and priced.base else 0
	return {
		"key": line.key,
		"item_code": line.item_code,
		"qty": float(line.qty),
		"uom": priced.uom,
		"base_rate": None if priced.base is None else float(priced.base),
		"price_list_rate": price,
		"rate": price,
		"discount_amount": float(max(saved, 0)),
		"steps": words.steps_of(told) if explain else told["steps"],
		"rejected": words.losers_of(told) if explain else told["losers"],
	}
