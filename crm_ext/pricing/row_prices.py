# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The price of one row of a selling document: what it is by now, and writing an automatic one into it."""

from decimal import Decimal

from frappe.utils import flt

from crm_ext.pricing import waterfall
from crm_ext.pricing.basket import Result
from crm_ext.pricing.model import Priced
from crm_ext.pricing.promotions.traces import promoted_rate
from crm_ext.pricing.rows import stamps

BY_HAND = ("discount_percentage", "discount_amount", "margin_rate_or_amount")
TYPED = ("rate", *BY_HAND, "margin_type")


def write(row, priced: Priced, result: Result, *, enforced: bool) -> bool:
	"""Write a price into a row; returns whether it changed. A price of ERPNext's own is left alone.

	A rate that somebody typed stays, and locks the row, unless prices are `enforced`.
	"""
	stored = row.get("crm_ext_price_steps")
	was_ours, was_promoted = waterfall.is_ours(stored), promoted_rate(stored) is not None
	row_was_typed, was_by_hand = typed(row), given_by_hand(row)
	row.update(stamps(result, priced, row))
	if not (priced.automatic or was_ours):
		return False
	old = flt(row.price_list_rate), flt(row.rate)
	row.price_list_rate = float(priced.price or 0)
	if row_was_typed and not enforced:
		rate = row.rate
		forget_what_was_typed(row)
		row.rate, row.crm_ext_price_locked = rate, 1
	elif priced.promoted is not None:
		promote(row, priced.promoted)
	else:
		if row.get("pricing_rules") or enforced or (was_promoted and not was_by_hand):
			# ERPNext applies its rules anew; it would only repeat the ones that are written down
			row.pricing_rules = None
			forget_what_was_typed(row)
		row.rate = _computed(row)
	return old != (flt(row.price_list_rate), flt(row.rate))


def promote(row, rate: Decimal) -> None:
	"""Write the rate that promotions make into a row, so that ERPNext keeps it."""
	forget_what_was_typed(row)
	row.pricing_rules = None
	row.rate = float(rate)
	row.discount_amount = flt(flt(row.price_list_rate) - row.rate, row.precision("discount_amount"))
	if not row.rate:
		row.discount_percentage = (
			100  # by that ERPNext knows that nothing is meant, and not that nothing is said
		)


def typed(row) -> bool:
	"""Whether somebody gave the rate: neither the price so far nor a discount, margin, rule or promotion explains it."""
	if not flt(row.rate) or row.get("pricing_rules"):
		return False
	rate = flt(row.rate, places(row))
	promoted = promoted_rate(row.get("crm_ext_price_steps"))
	return rate != _computed(row) and (promoted is None or rate != flt(promoted, places(row)))


def is_automatic(row) -> bool:
	"""Whether our engine was asked about the price of a row, and the rate is what the price, a margin or a discount make."""
	locked_or_ruled = row.get("crm_ext_price_locked") or row.get("pricing_rules")
	return bool(row.get("crm_ext_price_steps")) and not (locked_or_ruled or typed(row))


def given_by_hand(row) -> bool:
	"""Whether promotions leave the row to who gave a rate, a discount or a margin, or to a rule of ERPNext."""
	if row.get("crm_ext_price_locked") or row.get("pricing_rules") or row.get("margin_type"):
		return True
	promoted = promoted_rate(row.get("crm_ext_price_steps"))
	if promoted is not None and flt(row.rate, places(row)) == flt(promoted, places(row)):
		return False
	return typed(row) or bool(flt(row.get("discount_percentage")) or flt(row.get("discount_amount")))


def forget_what_was_typed(row) -> None:
	row.rate = 0
	for name in BY_HAND:
		row.set(name, 0)
	row.margin_type = None


def places(row) -> int:
	return row.precision("rate")


def _computed(row) -> float:
	"""The rate that ERPNext makes of the price list rate of a row, its margin and its discount."""
	price = flt(row.price_list_rate)
	if row.get("margin_type") == "Percentage":
		price += price * flt(row.margin_rate_or_amount) / 100
	elif row.get("margin_type"):
		price += flt(row.margin_rate_or_amount)
	if flt(row.discount_percentage):
		return flt(price * (1 - flt(row.discount_percentage) / 100), places(row))
	if not flt(row.rate):
		price -= flt(row.get("discount_amount"))
	return flt(price, places(row))
