# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""From priced lines to the lines that promotions look at, and back. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from crm_ext.pricing.basket import BasketLine
from crm_ext.pricing.model import Line, Loser, Priced
from crm_ext.pricing.promotions.model import Lost, Outcome, PromoLine

MOST_LOST = 8
"""So many promotions that did not count are told on a line; the document tells all."""


def promo_lines(
	asked: Sequence[BasketLine], lines: Sequence[Line], priced: Sequence[Priced]
) -> Iterator[PromoLine]:
	"""The lines that promotions look at: bought, in the total, and with a price."""
	for basket_line, line, one in zip(asked, lines, priced, strict=True):
		price = one.price if basket_line.fixed is None else basket_line.fixed
		if price is not None and basket_line.qty > 0 and not basket_line.apart:
			yield PromoLine(
				key=line.key,
				item=line.item,
				qty=line.qty,
				uom=line.uom,
				price=price,
				factor=line.factor,
				fixed=basket_line.fixed is not None,
			)


def promoted(priced: Sequence[Priced], outcome: Outcome) -> Iterator[Priced]:
	"""The lines with what promotions made of them: the rate, the steps to it, and who lost."""
	lost: dict[str, list[Lost]] = {}
	for one in outcome.lost:
		for key in one.lines:
			lost.setdefault(key, []).append(one)
	for one in priced:
		if one.key in outcome.rates or one.key in lost:
			yield _promoted(one, outcome, lost.get(one.key, ()))
		else:
			yield one


def _promoted(one: Priced, outcome: Outcome, lost: Sequence[Lost]) -> Priced:
	losers = tuple(
		Loser(doctype="Sales Promotion", name=each.promotion, reason=each.refusal, detail=_short(each.detail))
		for each in lost[:MOST_LOST]
	)
	return replace(
		one,
		promoted=outcome.rates.get(one.key),
		steps=(*one.steps, *outcome.steps.get(one.key, ())),
		losers=(*losers, *one.losers),
	)


def _short(detail: Mapping[str, str]) -> dict[str, str]:
	return {name: str(value) for name, value in detail.items()}
