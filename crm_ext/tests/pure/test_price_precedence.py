# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Which of two rates counts: the order that docs/pricing.md and pricing/precedence.py tell, criterion by criterion."""

from datetime import date
from itertools import pairwise

import pytest

from crm_ext.pricing.engine import price
from crm_ext.pricing.model import Did, Reason
from crm_ext.pricing.precedence import CRITERIA
from crm_ext.tests.pure.prices import BOX, line, matrix, rate, sale

ITEM = [
	"Item:OIL",
	"Item:OILS",
	"Brand:Willow",
	"Item Group:Lamp Oil",
	"Item Group:Oil",
	"Item Group:All",
	"",
]
CUSTOMER = [
	*("Customer:Lin", "Customer Tag:VIP", "Customer Tag:Retail"),
	*("Customer Group:Shops", "Customer Group:Trade", ""),
]
PLACE = ["POS Profile:Till", "Branch:North", "Territory:Harbour", "Territory:Town", "Sales Channel:Web", ""]

ORDERED = {
	"item": [{"item_key": key} for key in ITEM],
	"customer": [{"customer_key": key} for key in CUSTOMER],
	"place": [{"place_key": key} for key in PLACE],
	"uom": [{"uom": "Box"}, {"uom": "Nos"}, {"uom": ""}],
	"currency": [{"currency": "CNY"}, {"currency": ""}, {"currency": "EUR"}, {"currency": "USD"}],
	"quantity": [{"min_qty": 10}, {"min_qty": 5}, {"min_qty": 0}],
	"start": [{"valid_from": date(2026, 6, 1)}, {"valid_from": date(2026, 1, 1)}, {}],
}
"""For each criterion values of a rate, those that come first first."""

PAIRS = [(criterion, *pair) for criterion, values in ORDERED.items() for pair in pairwise(values)]


@pytest.mark.parametrize("first, second", [(0, 1), (1, 0)], ids=["in order", "turned round"])
@pytest.mark.parametrize("criterion, better, worse", PAIRS, ids=lambda value: str(value))
def test_of_two_rates_the_more_particular_counts(criterion, better, worse, first, second):
	rates = [rate("better", 70, **better), rate("worse", 80, **worse)]
	priced = price(*sale([rates[first], rates[second]], [line(qty=20, **BOX)]))[0]
	assert winner(priced) == "better"
	lost = next(loser for loser in priced.losers if loser.rate == "worse")
	assert (lost.reason, lost.detail["by"]) == (Reason.OUTRANKED, criterion)


@pytest.mark.parametrize(
	"earlier, later", pairwise(["item", "customer", "place", "uom", "currency", "quantity", "start"])
)
def test_an_earlier_criterion_decides_before_a_later_one(earlier, later):
	strong, weak = ORDERED[earlier][0], ORDERED[earlier][1]
	good, bad = ORDERED[later][0], ORDERED[later][-1]
	rates = [rate("strong", 70, **{**bad, **strong}), rate("weak", 80, **{**good, **weak})]
	priced = price(*sale(rates, [line(qty=20, **BOX)]))[0]
	assert winner(priced) == "strong"
	assert priced.losers[0].detail["by"] == earlier


def test_the_priority_of_the_matrix_comes_before_all():
	rates = [rate("plain", 70, matrix="High"), rate("particular", 80, matrix="Low", item_key="Item:OIL")]
	matrices = [matrix("High", priority=2), matrix("Low", priority=1)]
	priced = price(*sale(rates, [line()], matrices=matrices))[0]
	assert winner(priced) == "plain"
	assert priced.losers[0].detail["by"] == "matrix"


def test_of_equal_rates_in_two_matrices_the_name_decides():
	rates = [rate("b", 70, matrix="Beta"), rate("a", 80, matrix="Alpha")]
	priced = price(*sale(rates, [line()], matrices=[matrix("Alpha"), matrix("Beta")]))[0]
	assert winner(priced) == "a"
	assert priced.losers[0].detail["by"] == "name"


def test_every_criterion_is_in_this_table():
	assert {*ORDERED, "matrix", "name"} == set(CRITERIA)


def winner(priced) -> str:
	return next(step.rate for step in priced.steps if step.did is Did.MATRIX)
