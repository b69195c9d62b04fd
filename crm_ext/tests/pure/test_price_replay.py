# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""A price is computed again from its waterfall; what was changed in it is found, at its step."""

import copy
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_ext.exceptions import UnreadableEvidence
from crm_ext.pricing import engine
from crm_ext.pricing.model import Base, Did, Gives, Kind, Step
from crm_ext.pricing.replay import replay
from crm_ext.pricing.waterfall import append, build, dump, finish, load
from crm_ext.tests.pure.prices import LIN, TODAY, TestBook, line, matrix, rate, sale
from crm_ext.tests.pure.test_price_reference import COSTS, LINES, MATRICES, rates

D = Decimal
BOOK = TestBook(listed={("OIL", ""): (100, "CNY"), ("OIL", "Export"): (D("14.285"), "USD")}, costs=COSTS)
KINDS = {
	"list": Kind(name="list", version="1", percent=D("-3.5")),
	"export": Kind(name="export", version="1", price_list="Export", percent=D("1.25")),
	"cost": Kind(name="cost", version="1", base=Base.VALUATION_RATE, percent=D("17.3")),
	"member": Kind(name="member", version="1", base=Base.KIND, based_on="export", percent=D("-7")),
}


def told(rates=(), *, qty=1, uom="Nos", kind="", matrices=(), more=()) -> dict:
	"""The stored waterfall of a line of oil."""
	one = line(qty=qty, uom=uom, factor=12 if uom == "Box" else 1)
	buyer = replace(LIN, kind=kind)
	priced = engine.price(
		*sale(rates, [one], matrices=matrices, kinds=KINDS.values(), buyer=buyer, book=BOOK)
	)[0]
	waterfall = build(priced, currency="CNY", as_of=TODAY, qty=one.qty, uom=uom)
	return load(dump(finish(waterfall, more, more[-1].after) if more else waterfall))


GRADUATED = [
	rate("a", 90),
	rate("b", "3.335", min_qty=5, gives=Gives.DISCOUNT_PERCENTAGE),
	rate("c", 70, min_qty=12),
]
STORIES = {
	"a rate": told([rate("a", 77)]),
	"a rate in dollars for a box": told([rate("a", D("66.666"), uom="Box", currency="USD")], uom="Box"),
	"a discount": told([rate("a", "3.33", gives=Gives.DISCOUNT_PERCENTAGE)]),
	"an amount off": told([rate("a", D("1.234"), currency="EUR", gives=Gives.DISCOUNT_AMOUNT)]),
	"more off than there is": told([rate("a", 999, gives=Gives.DISCOUNT_AMOUNT)]),
	"a markup": told([rate("a", "66.66", gives=Gives.MARKUP)]),
	"a kind by a rate": told([rate("a", 0, gives=Gives.KIND, kind="member")]),
	"slices": told(GRADUATED, qty=17, matrices=[matrix(graduated=True)]),
	"slices after what has no rate": told(GRADUATED[1:], qty=17, matrices=[matrix(graduated=True)]),
	**{f"the kind {name}": told(kind=name) for name in KINDS},
	"a kind and a rate": told([rate("a", 9, gives=Gives.DISCOUNT_PERCENTAGE)], kind="export"),
	"the price list": told(),
	"by hand": told([rate("a", 77)], more=[Step(did=Did.MANUAL, before=D(77), after=D("70.07"))]),
	"a margin and a rule": told(
		[rate("a", 77)],
		more=[
			Step(did=Did.MARGIN, before=D(77), after=D(80)),
			Step(did=Did.NATIVE, before=D(80), after=D(75)),
		],
	),
}
BY_STORY = pytest.mark.parametrize("waterfall", STORIES.values(), ids=STORIES)


@BY_STORY
def test_what_was_stored_leads_where_it_says(waterfall):
	found = replay(waterfall)
	assert found.match
	assert found.recorded == found.replayed == D(waterfall["rate"])


def test_a_price_that_came_along_with_the_goods_replays():
	source = [
		Step(did=Did.SOURCE, before=D(77), after=D(77), detail={"doctype": "Sales Order", "name": "SO-1"})
	]
	waterfall = append(told([rate("a", 77)]), source, D(77))
	assert replay(waterfall).match
	lowered = append(waterfall, [Step(did=Did.MANUAL, before=D(77), after=D(70))], D(70))
	assert replay(lowered).match


@given(rates(), MATRICES, LINES, st.sampled_from(["", *KINDS]))
def test_whatever_the_engine_does_replays(rates, matrices, wanted, kind):
	lines = [
		line(str(number), qty, uom=uom, factor=12 if uom == "Box" else 1)
		for number, (qty, uom) in enumerate(wanted)
	]
	buyer = replace(LIN, kind=kind)
	asked = sale(rates, lines, matrices=matrices, kinds=KINDS.values(), buyer=buyer, book=BOOK)
	for one, priced in zip(lines, engine.price(*asked), strict=True):
		waterfall = load(dump(build(priced, currency="CNY", as_of=TODAY, qty=one.qty, uom=one.uom)))
		found = replay(waterfall)
		assert found.match, (found, waterfall)
		assert found.replayed == priced.price


NUMBERS = {
	*("before", "after", "detail", "value", "cost", "exchange", "factor", "percent", "of", "other"),
	*("slices", "qty", "price"),
}


def numbers(value, path=()):
	"""The paths of all numbers of a step that make its price."""
	if isinstance(value, dict):
		for name in value.keys() & NUMBERS:
			yield from numbers(value[name], (*path, name))
	elif isinstance(value, list):
		for place, part in enumerate(value):
			yield from numbers(part, (*path, place))
	elif isinstance(value, str):
		yield path


def changed(waterfall: dict, path: tuple) -> dict:
	other = copy.deepcopy(waterfall)
	*way, last = path
	place = other
	for part in way:
		place = place[part]
	place[last] = str(D(place[last]) + 1)
	return other


FACTS = {Did.LIST.value, Did.MANUAL.value, Did.NATIVE.value, Did.MARGIN.value}


@BY_STORY
def test_a_changed_number_is_found_at_its_step(waterfall):
	paths = [
		("steps", place, *path)
		for place, step in enumerate(waterfall["steps"])
		for path in numbers(step)
		if path[0] != "before" or place > 0
	]
	assert paths
	for path in paths:
		other = changed(waterfall, path)
		if zero_stays_zero(waterfall, path):
			continue
		found = replay(other)
		assert not found.match, path
		step = waterfall["steps"][path[1]]
		if step["did"] not in FACTS or len(waterfall["steps"]) > path[1] + 1:
			assert found.broken in (path[1] + 1, path[1] + 2)


def zero_stays_zero(waterfall: dict, path: tuple) -> bool:
	"""Taking one more off what is nothing already changes nothing."""
	step = waterfall["steps"][path[1]]
	return (
		path[2] == "detail"
		and step["after"] == "0"
		and step["detail"].get("gives") == Gives.DISCOUNT_AMOUNT.value
	)


@pytest.mark.parametrize("field", ["rate", "price"])
@BY_STORY
def test_another_result_than_the_steps_lead_to_is_found(waterfall, field):
	other = {**waterfall, field: str(D(waterfall[field]) + 1)}
	assert not replay(other).match


def test_rounding_is_found_when_it_is_more_than_rounding():
	waterfall = told([rate("a", "3.333", gives=Gives.DISCOUNT_PERCENTAGE)])
	assert waterfall["steps"][-1]["did"] == "rounding"
	for amount in ("96.68", "96.66", "96.7", "97"):
		waterfall["steps"][-1]["after"] = waterfall["price"] = waterfall["rate"] = amount
		assert replay(waterfall).broken == len(waterfall["steps"])


@pytest.mark.parametrize("nonsense", [{}, {"steps": 3}, {"rate": "x"}, {"steps": [{"did": "magic"}]}])
def test_what_is_no_waterfall_cannot_be_read(nonsense):
	with pytest.raises(UnreadableEvidence):
		replay({**{"schema": 1, "rate": "1", "price": "1"}, **nonsense})
