# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What promotions left on the rows of documents: the rows themselves tell what they got, wherever they were copied to."""

from decimal import Decimal

from crm_ext.exceptions import UnreadableEvidence
from crm_ext.pricing import waterfall
from crm_ext.pricing.model import Did
from crm_ext.pricing.store import number


def promotions_of_row(row) -> dict[str, tuple[Decimal, str]]:
	"""What each promotion takes off a whole row, in document currency, and the coupon it counts by: from its waterfall.

	Of a part of the quantity that was priced, that part; of a return, a negative amount.
	"""
	found: dict[str, tuple[Decimal, str]] = {}
	try:
		told = waterfall.load(row.get("crm_ext_price_steps"))
		if not told:
			return found
		share = number(row.get("qty")) / (Decimal(told["qty"]) or Decimal(1))
		for step in told["steps"]:
			if step["did"] == Did.PROMOTION.value:
				detail, name = step["detail"], step["by"][1]
				before, coupon = found.get(name, (Decimal(0), ""))
				discount = before + Decimal(detail["discount"]) * share
				found[name] = (discount, coupon or detail.get("coupon") or "")
	except (UnreadableEvidence, ValueError, TypeError, KeyError, AttributeError, ArithmeticError):
		return {}  # what a program wrote there is no reason to refuse its document
	return found


def promoted_rate(stored: str | None) -> Decimal | None:
	"""The automatic rate after promotions that a waterfall tells; None: no promotion made the row cheaper."""
	try:
		told = waterfall.load(stored)
		return Decimal(told["promoted"]) if told and told.get("promoted") is not None else None
	except (UnreadableEvidence, TypeError, ArithmeticError):
		return None
