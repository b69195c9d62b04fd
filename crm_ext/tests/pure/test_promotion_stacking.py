# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""How promotions go together, and what holds for every basket."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from crm_ext.pricing.promotions.model import Gives, Kind, Part
from crm_ext.tests.pure.baskets import (
	BEST,
	COMPOUND,
	EXCLUSIVE,
	bundle,
	line,
	lost,
	of,
	offer,
	percent,
	sold,
	tier,
	total,
)

LAMPS = [line("1", "LAMP", 3, 100), line("2", "OIL", 10, 8)]


def test_the_better_of_two_counts_on_each_unit_and_the_other_is_named():
	outcome = sold(LAMPS, percent("Ten", 10, "LAMP"), percent("Twenty", 20, "LAMP"))
	assert outcome.rates == {"1": Decimal("80.00")}
	assert [(one.promotion, one.refusal.value, one.detail["by"]) for one in outcome.lost] == [
		("Ten", "outbid", "Twenty")
	]


def test_of_equal_promotions_the_higher_priority_counts_then_the_name():
	assert [
		one.promotion for one in sold(LAMPS, percent("B", 10, "LAMP"), percent("A", 10, "LAMP")).applied
	] == ["A"]
	first = sold(LAMPS, percent("B", 10, "LAMP", priority=1), percent("A", 10, "LAMP"))
	assert [one.promotion for one in first.applied] == ["B"]


def test_a_unit_in_a_set_is_in_no_other():
	outcome = sold(
		[line("1", "LAMP", 1, 100), line("2", "OIL", 1, 10), line("3", "WICK", 1, 10)],
		bundle("With Oil", 100, "LAMP", "OIL"),
		bundle("With Wick", 95, "LAMP", "WICK"),
	)
	assert [one.promotion for one in outcome.applied] == ["With Wick"]
	assert lost(outcome) == {"With Oil": "outbid"}


def test_two_small_sets_beat_a_larger_one_where_they_save_more():
	basket = [line(str(n), code, 1, 10) for n, code in enumerate("ABCD")]
	outcome = sold(basket, bundle("BC", 12, "B", "C"), bundle("AB", 14, "A", "B"), bundle("CD", 14, "C", "D"))
	assert {one.promotion for one in outcome.applied} == {"AB", "CD"}
	assert total(basket, outcome) == 28


def test_a_set_is_taken_only_where_it_saves_more_than_its_units_would_alone():
	outcome = sold(LAMPS, bundle("Set", 107, "LAMP", "OIL"), percent("Ten", 10, "LAMP"))
	assert [one.promotion for one in outcome.applied] == ["Ten"]


def test_what_an_exclusive_promotion_takes_nobody_touches():
	outcome = sold(
		LAMPS,
		percent("Clearance", 5, "LAMP", combination=EXCLUSIVE),
		percent("Twenty", 20, "LAMP", "OIL"),
		percent("On Top", 10, "LAMP", "OIL", combination=COMPOUND),
	)
	assert outcome.rates == {"1": Decimal("95.00"), "2": Decimal("5.76")}


def test_compound_promotions_come_on_top_of_each_other():
	outcome = sold(
		LAMPS,
		percent("Ten", 10, "LAMP"),
		percent("Twenty", 20, "LAMP", combination=COMPOUND),
		percent("Half", 50, "LAMP", combination=COMPOUND, priority=3),
	)
	assert outcome.rates["1"] == 36
	assert [step.by[1] for step in outcome.steps["1"]] == ["Ten", "Half", "Twenty"]


def test_an_amount_on_top_is_spread_over_what_lines_cost_by_now():
	amount = offer("50 off", Kind.THRESHOLD, tiers=(tier(100, 50, Gives.AMOUNT),), combination=COMPOUND)
	outcome = sold(LAMPS, percent("Half", 50, "LAMP"), amount)
	assert total(LAMPS, outcome) == 150 + 80 - 50


def test_of_a_group_one_counts():
	outcome = sold(LAMPS, percent("A", 10, "LAMP", group="Summer"), percent("B", 50, "OIL", group="Summer"))
	assert outcome.rates == {"2": Decimal("4.00")} or outcome.rates == {"1": Decimal("90.00")}
	assert [(one.promotion, one.refusal.value, one.detail["by"]) for one in outcome.lost] == [
		("A", "group", "B")
	]


def test_who_observes_takes_nothing_and_says_what_it_would_have_given():
	watching = replace(percent("Watch", 50, "LAMP"), observing=True)
	outcome = sold(LAMPS, percent("Ten", 10, "LAMP"), watching)
	assert outcome.rates == {"1": Decimal("90.00")}
	assert [(one.refusal.value, one.detail["discount"]) for one in outcome.lost] == [("observing", "150")]


CODES = "ABCDE"
prices = st.decimals("0.01", 500, places=2)
quantities = st.one_of(st.integers(1, 12).map(Decimal), st.decimals("0.1", 9, places=1))
baskets = st.lists(
	st.tuples(st.sampled_from(CODES), quantities, prices, st.booleans()), min_size=1, max_size=6
).map(
	lambda rows: [
		line(str(n), code, qty, price, fixed=fixed and n % 3 == 0)
		for n, (code, qty, price, fixed) in enumerate(rows)
	]
)
codes = st.lists(st.sampled_from(CODES), min_size=1, max_size=4, unique=True)
money = st.decimals(1, 400, places=2)
percents = st.integers(1, 100)


@st.composite
def offers(draw, name: str = "P", combinations=(BEST,)):
	kind = draw(st.sampled_from([kind for kind in Kind if kind is not Kind.SHIPPING]))
	combination = draw(st.sampled_from(combinations))
	if kind not in (Kind.VOLUME, Kind.GRADUATED, Kind.THRESHOLD) and combination is COMPOUND:
		combination = BEST
	fields = {"combination": combination, "priority": draw(st.integers(0, 2))}
	if kind in (Kind.VOLUME, Kind.GRADUATED, Kind.THRESHOLD):
		limits = sorted(draw(st.sets(st.integers(1, 20), min_size=1, max_size=3)))
		kinds = [Gives.PERCENT] if combination is COMPOUND else [Gives.PERCENT, Gives.AMOUNT]
		tiers = tuple(tier(limit, draw(percents), draw(st.sampled_from(kinds))) for limit in limits)
		return offer(name, kind, products=of(*draw(codes)), tiers=tiers, **fields)
	if kind is Kind.BUNDLE:
		return bundle(name, draw(money), *draw(codes), **fields)
	gives = draw(st.sampled_from([Gives.PERCENT, Gives.FREE, Gives.AMOUNT, Gives.RATE]))
	bought, got = draw(codes), draw(codes)
	products = of(*bought)
	if kind is Kind.ADD_ON:
		products += of(*got, part=Part.GET)
	buy, get = draw(st.integers(1, 4)), draw(st.integers(1, 2))
	if kind is Kind.CHEAPEST_FREE:
		buy += get
	value = draw(percents) if gives is Gives.PERCENT else draw(money)
	return offer(name, kind, products=products, buy_qty=buy, get_qty=get, gives=gives, value=value, **fields)


def some(combinations=(BEST,), most: int = 4):
	return st.integers(0, most).flatmap(
		lambda n: st.tuples(*(offers(f"P{number}", combinations) for number in range(n)))
	)


ANY = (BEST, EXCLUSIVE, COMPOUND)


def exactly(basket, outcome) -> Decimal:
	"""What is paid before anything is rounded."""
	whole = sum((one.qty * one.price for one in basket), Decimal(0))
	return whole - sum((one.discount for one in outcome.applied), Decimal(0))


@settings(max_examples=300, deadline=None)
@given(baskets, some(ANY), st.randoms(use_true_random=False))
def test_the_order_of_lines_and_promotions_decides_nothing(basket, promotions, random):
	def told(lines, made) -> list:
		return sorted((one.item.code, one.qty, one.price, made.rates.get(one.key)) for one in lines)

	outcome = sold(basket, *promotions)
	places = list(range(len(basket)))
	random.shuffle(places)
	shuffled = [replace(basket[place], key=str(n)) for n, place in enumerate(places)]
	turned = list(promotions)
	random.shuffle(turned)
	again = sold(shuffled, *turned)
	assert exactly(basket, outcome) == exactly(shuffled, again)
	assert {one.promotion for one in outcome.applied} == {one.promotion for one in again.applied}
	if len({(one.item.code, one.price, one.qty) for one in basket}) == len(basket):
		assert [(c, q, p, r) for c, q, p, r in told(basket, outcome)] == told(shuffled, again)


@settings(max_examples=300, deadline=None)
@given(baskets, some((BEST, COMPOUND)), offers("Second", (BEST,)))
def test_nobody_pays_more_because_a_further_promotion_exists(basket, promotions, second):
	before = exactly(basket, sold(basket, *promotions))
	assert exactly(basket, sold(basket, *promotions, second)) <= before + Decimal("1e-9")


@settings(max_examples=300, deadline=None)
@given(baskets, some(ANY))
def test_nothing_gets_dearer_nothing_below_nothing_and_every_loser_is_named(basket, promotions):
	outcome = sold(basket, *promotions)
	for one in basket:
		if one.key in outcome.rates:
			assert not one.fixed
			assert 0 <= outcome.rates[one.key] <= one.price
	named = {one.promotion for one in outcome.applied} | {one.promotion for one in outcome.lost}
	assert named == {one.promotion.name for one in promotions}
	for one in basket:
		off = sum((made.lines.get(one.key, Decimal(0)) for made in outcome.applied), Decimal(0))
		assert off <= one.qty * one.price


@settings(max_examples=300, deadline=None)
@given(
	st.lists(st.tuples(st.integers(1, 5), prices), min_size=1, max_size=4),
	prices,
	st.decimals("0.01", 900, places=2),
)
def test_a_bundle_comes_to_its_price_to_the_cent(others, single, price):
	"""A component of which one piece is bought takes up what the others cannot share out."""
	basket = [line("0", "ONE", 1, single)]
	basket += [line(str(n), f"C{n}", qty, each) for n, (qty, each) in enumerate(others, 1)]
	products = of("ONE") + tuple(product for one in basket[1:] for product in of(one.item.code, qty=one.qty))
	set_ = offer("Set", Kind.BUNDLE, products=products, gives=Gives.RATE, value=price)
	outcome = sold(basket, set_)
	standard = sum((one.qty * one.price for one in basket), Decimal(0))
	expected = price if outcome.applied else standard
	assert total(basket, outcome) == expected or outcome.rates["0"] in (0, single)
