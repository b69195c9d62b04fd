# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What the price engine makes of a line: each way to give a price, kinds, breaks, and what it does without."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from crm_ext.pricing import engine
from crm_ext.pricing.engine import price
from crm_ext.pricing.model import Base, Buyer, Did, Gives, Kind, Reason
from crm_ext.tests.pure.prices import BOX, LIN, WICK, TestBook, line, matrix, rate, sale

COST = {("OIL", Base.VALUATION_RATE): 60, ("OIL", Base.LAST_PURCHASE_RATE): 55}


def only(rates, *, at=None, **more):
	return price(*sale(rates, [at or line()], **more))[0]


def reasons(priced) -> dict[str, Reason]:
	return {loser.rate or loser.name: loser.reason for loser in priced.losers}


@pytest.mark.parametrize(
	"fields, expected",
	[
		({"gives": Gives.RATE, "value": "77"}, "77"),
		({"gives": Gives.RATE, "value": "11", "currency": "USD"}, "77"),
		({"gives": Gives.DISCOUNT_PERCENTAGE, "value": "12.5"}, "87.5"),
		({"gives": Gives.DISCOUNT_AMOUNT, "value": "5"}, "95"),
		({"gives": Gives.DISCOUNT_AMOUNT, "value": "2", "currency": "USD"}, "86"),
		({"gives": Gives.DISCOUNT_AMOUNT, "value": "500"}, "0"),
		({"gives": Gives.MARKUP, "value": "15"}, "69"),
		({"gives": Gives.KIND, "value": "0", "kind": "Member"}, "95"),
	],
)
def test_a_rate_gives(fields, expected):
	member = Kind(name="Member", version="1", percent=Decimal(-5))
	priced = only([rate("r", **fields)], book=TestBook(costs=COST), kinds=[member])
	assert priced.price == Decimal(expected)
	assert (priced.base, priced.ours) == (100, True)


@pytest.mark.parametrize(
	"uom, value, expected",
	[("", "10", "120"), ("Nos", "10", "120"), ("Box", "110", "110")],
)
def test_a_rate_in_the_stock_unit_is_converted_and_one_in_the_unit_of_the_line_is_not(uom, value, expected):
	assert only([rate("r", value, uom=uom)], at=line(**BOX)).price == Decimal(expected)


def test_a_rate_in_another_unit_does_not_count():
	priced = only([rate("r", "5", uom="Pallet")], at=line(**BOX))
	assert (priced.price, priced.ours, priced.losers) == (1200, False, ())


def test_without_a_rate_the_price_stays_that_of_the_list():
	priced = only([rate("other", "5", item_key="Item:WICK")])
	assert (priced.price, priced.ours) == (100, False)
	assert [step.did for step in priced.steps] == [Did.LIST]


def test_an_item_without_a_list_price_may_have_a_rate():
	priced = only([rate("r", "77")], book=TestBook(listed={}))
	assert (priced.base, priced.price) == (None, 77)


class TestBreaks:
	BREAKS = (("b10", "90", 10), ("b0", "100", 0), ("b20", "80", 20))

	def rates(self, **more):
		return [rate(name, value, min_qty=at, **more) for name, value, at in self.BREAKS]

	@pytest.mark.parametrize(
		"qty, expected", [("1", 100), ("9.99", 100), ("10", 90), ("19", 90), ("20", 80), ("1000", 80)]
	)
	def test_volume_the_break_that_is_reached_holds_for_all(self, qty, expected):
		assert only(self.rates(), at=line(qty=qty)).price == expected

	@pytest.mark.parametrize(
		"qty, expected",
		[
			("1", "100"),
			("10", "100"),
			("11", "99.09"),
			("20", "95"),
			("25", "92"),
			("40", "87.5"),
			("0.5", "100"),
		],
	)
	def test_graduated_each_part_has_its_own_price(self, qty, expected):
		priced = only(self.rates(), at=line(qty=qty), matrices=[matrix(graduated=True)])
		assert priced.price == Decimal(expected)

	def test_graduated_what_lies_below_the_first_break_keeps_the_price_so_far(self):
		priced = only([rate("r", "50", min_qty=10)], at=line(qty=20), matrices=[matrix(graduated=True)])
		assert priced.price == 75

	def test_graduated_slices_add_up_to_the_total(self):
		priced = only(self.rates(), at=line(qty=25), matrices=[matrix(graduated=True)])
		slices = next(step for step in priced.steps if step.did is Did.MATRIX).detail["slices"]
		assert [(part["from"], part["qty"], part["price"]) for part in slices] == [
			("0", "10", "100"),
			("10", "10", "90"),
			("20", "5", "80"),
		]

	def test_lines_of_one_item_reach_a_break_together_or_each_by_itself(self):
		lines = [line("a", 6), line("b", 6), line("c", 1, item=WICK)]
		together = price(*sale(self.rates(item_key="Item:OIL"), lines))
		alone = price(*sale(self.rates(item_key="Item:OIL"), lines, matrices=[matrix(sum_equal_items=False)]))
		assert [one.price for one in together] == [90, 90, 10]
		assert [one.price for one in alone] == [100, 100, 10]

	def test_boxes_and_pieces_of_one_item_count_together_in_stock_units(self):
		lines = [line("box", 1, **BOX), line("pieces", 8)]
		assert [one.price for one in price(*sale(self.rates(), lines))] == [960, 80]

	def test_a_break_in_boxes_counts_boxes(self):
		rates = [rate("one", "1100", uom="Box"), rate("two", "1000", uom="Box", min_qty=2)]
		assert only(rates, at=line(qty=1, **BOX)).price == 1100
		assert only(rates, at=line(qty=2, **BOX)).price == 1000

	def test_a_break_that_is_not_reached_says_so(self):
		priced = only(self.rates(), at=line(qty=5))
		assert reasons(priced) == {"b10": Reason.QUANTITY, "b20": Reason.QUANTITY}


class TestKinds:
	MEMBER = Kind(name="Member", version="2", percent=Decimal(-5))
	FRIENDS = Kind(name="Friends", version="1", base=Base.KIND, based_on="Member", percent=Decimal(-10))
	COST_PLUS = Kind(name="Cost", version="1", base=Base.VALUATION_RATE, percent=Decimal(15))

	def test_the_kind_of_the_customer_replaces_the_list_price(self):
		priced = only([], kinds=[self.MEMBER], buyer=Buyer(customer="Lin", kind="Member"))
		assert (priced.price, priced.ours) == (95, True)
		assert priced.steps[-1].by == ("Price Kind", "Member", "2")

	def test_a_kind_may_build_on_another(self):
		kinds = [self.MEMBER, self.FRIENDS]
		assert only([], kinds=kinds, buyer=Buyer(kind="Friends")).price == Decimal("85.5")

	def test_cost_plus_in_the_unit_of_the_line(self):
		buyer, book = Buyer(kind="Cost"), TestBook(costs=COST)
		assert only([], kinds=[self.COST_PLUS], buyer=buyer, book=book).price == 69
		assert only([], at=line(**BOX), kinds=[self.COST_PLUS], buyer=buyer, book=book).price == 828

	def test_a_rate_acts_on_what_the_kind_made(self):
		rates = [rate("r", 10, gives=Gives.DISCOUNT_PERCENTAGE)]
		priced = only(rates, kinds=[self.MEMBER], buyer=Buyer(kind="Member"))
		assert priced.price == Decimal("85.5")

	def test_a_kind_that_observes_says_what_it_would_have_made(self):
		common, rates, lines = sale([], [line()], buyer=Buyer(observed_kind="Member"))
		priced = price(replace(common, observed_kinds={"Member": self.MEMBER}), rates, lines)[0]
		assert (priced.price, priced.ours) == (100, False)
		assert [(one.reason, one.detail["price"]) for one in priced.losers] == [(Reason.OBSERVING, "95")]

	@pytest.mark.parametrize(
		"kind, book, reason",
		[
			("Cost", TestBook(), Reason.NO_COST),
			("Gone", TestBook(), Reason.NO_KIND),
			("Member", TestBook(listed={}), Reason.NO_LIST_PRICE),
			("Round", TestBook(), Reason.CIRCLE),
			("Cost", TestBook(costs=COST, rates={"CNY": 1}), Reason.NO_EXCHANGE_RATE),
		],
	)
	def test_a_kind_that_cannot_be_computed_is_passed_over(self, kind, book, reason):
		circle = Kind(name="Round", version="1", base=Base.KIND, based_on="Round")
		priced = only([], kinds=[self.MEMBER, self.COST_PLUS, circle], buyer=Buyer(kind=kind), book=book)
		assert not priced.ours
		assert reasons(priced) == {kind: reason}


class TestPassedOver:
	@pytest.mark.parametrize(
		"fields, book, reason",
		[
			({"gives": Gives.MARKUP}, TestBook(), Reason.NO_COST),
			({"gives": Gives.KIND, "kind": "Gone"}, TestBook(), Reason.NO_KIND),
			({"gives": Gives.RATE, "currency": "GBP"}, TestBook(), Reason.NO_EXCHANGE_RATE),
			({"gives": Gives.DISCOUNT_PERCENTAGE}, TestBook(listed={}), Reason.NOTHING_TO_DISCOUNT),
		],
	)
	def test_a_rate_that_cannot_be_computed_leaves_the_next_one_its_place(self, fields, book, reason):
		rates = [rate("broken", 5, item_key="Item:OIL", **fields), rate("next", 77)]
		priced = only(rates, book=book)
		assert priced.price == 77
		assert reasons(priced) == {"broken": reason}

	def test_validity_includes_both_ends(self):
		days = {"valid_from": date(2026, 11, 1), "valid_to": date(2026, 11, 30)}
		rates = [rate("r", 77, **days)]
		prices = {
			day: only(rates, as_of=date(2026, *day)).price for day in ((10, 31), (11, 1), (11, 30), (12, 1))
		}
		assert prices == {(10, 31): 100, (11, 1): 77, (11, 30): 77, (12, 1): 100}

	def test_reasons_of_days_and_matrices_are_told(self):
		rates = [
			rate("early", 1, valid_from=date(2027, 1, 1)),
			rate("late", 1, valid_to=date(2026, 1, 1)),
			rate("others", 1, matrix="Others"),
		]
		matrices = [matrix(), matrix("Others", refusal=Reason.CONDITIONS.value)]
		assert reasons(only(rates, matrices=matrices)) == {
			"early": Reason.NOT_YET,
			"late": Reason.EXPIRED,
			"others": Reason.CONDITIONS,
		}

	def test_an_observing_matrix_says_what_it_would_have_given_and_gives_nothing(self):
		rates = [rate("live", 90), rate("shadow", 70, matrix="New", item_key="Item:OIL")]
		matrices = [matrix(), matrix("New", refusal=Reason.OBSERVING.value)]
		priced = only(rates, matrices=matrices)
		assert priced.price == 90
		assert [(loser.rate, loser.reason, loser.detail["price"]) for loser in priced.losers] == [
			("shadow", Reason.OBSERVING, "70")
		]

	def test_a_lead_gets_what_is_for_all(self):
		rates = [rate("all", 90), rate("vip", 70, customer_key="Customer Tag:VIP")]
		assert only(rates, buyer=Buyer()).price == 90
		assert only(rates, buyer=LIN).price == 70


def test_rounding_is_a_step_of_its_own():
	priced = only([rate("r", "33.333", gives=Gives.DISCOUNT_PERCENTAGE)])
	assert priced.price == Decimal("66.67")
	assert (priced.steps[-1].did, priced.steps[-1].before) == (Did.ROUNDING, Decimal("66.667"))


def test_what_interests_most_comes_first_among_the_losers():
	rates = [
		rate("soon", 1, min_qty=5),
		rate("winner", 90, item_key="Item:OIL"),
		rate("general", 95),
		rate("trial", 70, matrix="New"),
	]
	matrices = [matrix(), matrix("New", refusal=Reason.OBSERVING.value, priority=1)]
	told = [loser.rate for loser in only(rates, matrices=matrices).losers]
	assert told == ["trial", "general", "soon"]


def test_every_reason_has_its_place_among_the_losers():
	assert {*engine._TELLING} == {*Reason}
