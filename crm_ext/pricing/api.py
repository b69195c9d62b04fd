# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Prices over REST, without a document. Permission first; errors name the line and speak the user's language."""

from decimal import Decimal

import frappe
from frappe.utils import cint

from crm_ext.errors import speaking
from crm_ext.pricing import service, waterfall, words
from crm_ext.pricing.basket import Basket, BasketLine, Result
from crm_ext.pricing.costs import may_see_costs
from crm_ext.pricing.promotions import stored
from crm_ext.pricing.promotions.told import sentences
from crm_ext.pricing.requests import check_basket_permission, read_basket
from crm_ext.pricing.store import number


@frappe.whitelist(methods=["POST"])
@speaking
def price_basket(basket: dict | str, explain: bool | int | str = False) -> dict:
	"""The prices of a basket with their reasons, promotions included; `explain` adds sentences in the user's language.

	`basket`: {company, customer | lead, date, time, currency, price_list, point_of_sale, branch, territory, sales_channel,
	payment_terms, sales_partner, coupons: [code], lines: [{key, item_code, qty, uom}]}. Only company and lines are needed;
	the rest is filled in as ERPNext does. `date` is YYYY-MM-DD and `time` HH:MM in site time, now if they are missing;
	`point_of_sale` is a POS Profile.

	Returns {currency, price_list, lines: [{key, item_code, qty, uom, base_rate, price_list_rate, rate, discount_amount,
	steps, rejected}], free_lines: [{promotion, item_code, qty, price}], promotions: {applied, lost, coupons}, messages}:
	prices in `currency` for one `uom`, None where there is none. `base_rate` is the price of the price list,
	`price_list_rate` the automatic price before promotions, `rate` after them, `discount_amount` what lies between the
	first and the last. `steps` and `rejected` are as `pricing.waterfall` stores them, or with `explain` lists of {text, …},
	see `pricing.words`; `promotions` as `promotions.stored` has them, or with `explain` as `promotions.api.told`. What
	items cost us is left out for users who may not see it. Raises for an item, a unit or a customer that does not exist,
	naming the line or the field.
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
		"free_lines": [
			{
				"promotion": gift.promotion,
				"item_code": gift.item_code,
				"qty": float(gift.qty),
				"price": float(gift.price),
			}
			for gift in result.outcome.gifts
		],
		"promotions": _promotions(result, explain),
		"messages": list(result.messages),
	}


def _line(line: BasketLine, result: Result, explain: bool, costs: bool) -> dict:
	priced = result.priced[line.key]
	told = waterfall.build(priced, currency=result.currency, as_of=result.as_of, qty=line.qty, uom=priced.uom)
	told = told if costs else waterfall.without_costs(told)
	saved = number(priced.base) - priced.rate if priced.rate is not None and priced.base else 0
	return {
		"key": line.key,
		"item_code": line.item_code,
		"qty": float(line.qty),
		"uom": priced.uom,
		"base_rate": _float(priced.base),
		"price_list_rate": _float(priced.price),
		"rate": _float(priced.rate),
		"discount_amount": float(max(saved, 0)),
		"steps": words.steps_of(told) if explain else told["steps"],
		"rejected": words.losers_of(told) if explain else told["losers"],
	}


def _promotions(result: Result, explain: bool) -> dict:
	found = stored.read(stored.told(result))
	if explain:
		return sentences(found, result.currency)
	return {name: found[name] for name in ("applied", "lost", "coupons")}


def _float(amount: Decimal | None) -> float | None:
	return None if amount is None else float(amount)
