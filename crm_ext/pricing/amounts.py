# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Amounts, percentages and quantities in sentences about prices."""

from decimal import Decimal

from frappe.utils import fmt_money

from crm_ext.pricing.phrases import _, once

MOST_DECIMALS = 6


@once
def money(amount: str | Decimal, currency: str) -> str:
	"""As the documents show it; with more decimals where the price has more."""
	decimals = _decimals(Decimal(amount))
	return fmt_money(float(amount), min(decimals, MOST_DECIMALS) if decimals > 2 else None, currency)


@once
def about(amount: str | Decimal, currency: str) -> str:
	"""As the documents show it, for what is an average."""
	return fmt_money(float(amount), None, currency)


def per_unit(amount: str | Decimal, currency: str, uom: str) -> str:
	"""“¥ 12.00 per Box”."""
	shown = money(amount, currency)
	return _("{0} per {1}").format(shown, _(uom)) if uom else shown


def percent(value: str | Decimal) -> str:
	"""Without sign: the sentence says whether it is added or taken off."""
	return f"{number(abs(Decimal(value)))} %"


@once
def number(value: str | Decimal) -> str:
	return fmt_money(float(value), min(_decimals(Decimal(value).normalize()), MOST_DECIMALS))


def _decimals(value: Decimal) -> int:
	return max(-value.as_tuple().exponent, 0)
