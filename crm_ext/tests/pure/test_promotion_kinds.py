# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What each kind of promotion does to a basket."""

from decimal import Decimal
from itertools import pairwise

import pytest

from crm_ext.pricing.promotions.model import Gives, Kind, Part
from crm_ext.tests.pure.baskets import bundle, line, lost, of, offer, percent, sold, tier, total

LAMPS = [line("1", "LAMP", 3, 100), line("2", "OIL", 10, 8)]


def rates(outcome) -> dict[str, str]:
	return {key: f"{rate:f}" for key, rate in outcome.rates.items()}


@pytest.mark.parametrize(
	("qty", "rate"), [(9, None), (10, "7.20"), (19, "7.20"), (20, "6.40"), (100, "6.40")]
)
def test_a_volume_discount_holds_for_the_whole_quantity(qty, rate):
	oil = offer("Oil", Kind.VOLUME, products=of("OIL"), tiers=(tier(10, 10), tier(20, 20)))
	assert rates(sold([line("1", "OIL", qty, 8)], oil)).get("1") == rate


@pytest.mark.parametrize(("gives", "value", "rate"), [(Gives.AMOUNT, 3, "5.00"), (Gives.RATE, 6, "6.00")])
def test_tiers_may_give_amounts_and_rates(gives, value, rate):
	oil = offer("Oil", Kind.VOLUME, products=of("OIL"), tiers=(tier(1, value, gives),))
	assert rates(sold([line("1", "OIL", 1, 8)], oil)) == {"1": rate}


def test_a_promotion_never_makes_anything_dearer():
	oil = offer("Oil", Kind.VOLUME, products=of("OIL"), tiers=(tier(1, 9, Gives.RATE),))
	outcome = sold([line("1", "OIL", 1, 8)], oil)
	assert (outcome.rates, lost(outcome)) == ({}, {"Oil": "no saving"})


def test_lines_of_a_promotion_reach_its_tier_together():
	outcome = sold(
		[line("1", "OIL", 6, 8), line("2", "WICK", 4, 1)], percent("Both", 50, "OIL", "WICK", at_least=10)
	)
	assert rates(outcome) == {"1": "4.00", "2": "0.50"}


def test_boxes_count_as_their_pieces_unless_the_promotion_counts_boxes():
	boxes = [line("1", "OIL", 1, 96, uom="Box", factor=12)]
	assert rates(sold(boxes, percent("Dozen", 10, "OIL", at_least=12))) == {"1": "86.40"}
	assert rates(sold(boxes, percent("Boxes", 10, "OIL", at_least=2, uom="Box"))) == {}
	loose = [line("1", "OIL", 24, 8)]
	assert rates(sold(loose, percent("Boxes", 10, "OIL", at_least=2, uom="Box"))) == {}


def test_an_amount_for_a_stock_unit_is_many_times_that_for_a_box():
	boxes = [line("1", "OIL", 1, 96, uom="Box", factor=12)]
	oil = offer("Oil", Kind.VOLUME, products=of("OIL"), tiers=(tier(1, 2, Gives.AMOUNT),))
	assert rates(sold(boxes, oil)) == {"1": "72.00"}


def test_each_part_of_a_graduated_quantity_has_its_own_tier():
	graduated = offer("Steps", Kind.GRADUATED, products=of("OIL"), tiers=(tier(10, 10), tier(20, 50)))
	# 10 at 10, 10 at 9, 5 at 5
	assert rates(sold([line("1", "OIL", 25, 10)], graduated)) == {"1": "8.60"}
	# the dearest units fill the first steps: 15 at 10 of which 5 at 9, then 5 at 1.8 and 5 at 1
	mixed = [line("1", "OIL", 15, 10), line("2", "OIL", 10, 2)]
	lines = sold(mixed, graduated).applied[0].lines
	assert lines == {"1": 5, "2": 1 + 5}


def test_a_bundle_is_shared_out_by_standard_price():
	outcome = sold(LAMPS, bundle("Lamp and Oil", 81, "LAMP", "OIL"))
	# three bundles of 108 for 81: a quarter off three lamps and three of ten oils
	assert rates(outcome) == {"1": "75.00", "2": "7.40"}
	assert outcome.applied[0].times == 3


def test_a_bundle_may_need_several_of_a_component_and_offer_alternatives():
	products = (*of("LAMP"), *of("OIL", "WICK", qty=4, component=7))
	set_ = offer("Set", Kind.BUNDLE, products=products, gives=Gives.PERCENT, value=50)
	outcome = sold([line("1", "LAMP", 1, 100), line("2", "OIL", 2, 8), line("3", "WICK", 2, 1)], set_)
	assert rates(outcome) == {"1": "50.00", "2": "4.00", "3": "0.50"}


def test_a_bundle_with_a_component_missing_says_so():
	outcome = sold([line("1", "LAMP", 1, 100)], bundle("Lamp and Oil", 81, "LAMP", "OIL"))
	assert [(one.refusal.value, one.detail["component"]) for one in outcome.lost] == [("component", "2")]


def test_a_bundle_dearer_than_its_parts_is_none():
	assert lost(sold(LAMPS, bundle("Bad", 200, "LAMP", "OIL"))) == {"Bad": "no saving"}


def test_buy_two_get_the_third_at_half_price():
	half = offer("Third", Kind.BUY_X_GET_Y, products=of("OIL"), buy_qty=2, get_qty=1, value=50)
	assert rates(sold([line("1", "OIL", 7, 6)], half)) == {"1": "5.14"}  # 42 less 6


def test_a_gift_comes_for_each_so_many_bought():
	gift = offer("Gift", Kind.BUY_X_GET_Y, products=of("LAMP"), buy_qty=1, get_qty=2, gift_item="WICK")
	outcome = sold(LAMPS, gift, worth={"WICK": Decimal(1)})
	assert [(one.item_code, one.qty) for one in outcome.gifts] == [("WICK", 6)]
	assert (outcome.rates, outcome.applied[0].discount) == ({}, 6)


def test_at_most_so_many_times():
	gift = offer(
		"Gift", Kind.BUY_X_GET_Y, products=of("LAMP"), buy_qty=1, get_qty=2, gift_item="WICK", most_times=1
	)
	assert [one.qty for one in sold(LAMPS, gift).gifts] == [2]


@pytest.mark.parametrize(("oils", "rate", "times"), [(10, "6.40", 2), (3, "4.00", 2), (1, "4.00", 1)])
def test_an_add_on_is_cheaper_for_each_so_many_bought(oils, rate, times):
	products = (*of("LAMP"), *of("OIL", part=Part.GET))
	half = offer("Oil", Kind.ADD_ON, products=products, buy_qty=1, get_qty=2, value=50)
	outcome = sold([line("1", "LAMP", 2, 100), line("2", "OIL", oils, 8)], half)
	assert rates(outcome) == {"2": rate}
	assert outcome.applied[0].times == times


def test_what_would_be_cheaper_is_missing():
	products = (*of("LAMP"), *of("OIL", part=Part.GET))
	half = offer("Oil", Kind.ADD_ON, products=products, buy_qty=1, get_qty=1, value=50)
	outcome = sold([line("1", "LAMP", 2, 100)], half)
	assert (lost(outcome), outcome.lost[0].detail) == ({"Oil": "component"}, {"component": "Get"})


def test_a_unit_is_not_bought_and_reduced_at_once():
	products = (*of("LAMP"), *of("LAMP", part=Part.GET))
	half = offer("Lamp", Kind.ADD_ON, products=products, buy_qty=1, get_qty=1, value=50)
	assert rates(sold([line("1", "LAMP", 4, 100)], half)) == {"1": "75.00"}
	assert rates(sold([line("1", "LAMP", 1, 100)], half)) == {}


def test_any_three_for_an_amount_takes_the_dearest_together():
	any3 = offer(
		"Any 3", Kind.MIX_AND_MATCH, products=of("A", "B", "C"), buy_qty=3, gives=Gives.RATE, value=10
	)
	basket = [line("1", "A", 2, 6), line("2", "B", 1, 5), line("3", "C", 1, 1)]
	outcome = sold(basket, any3)
	assert total(basket, outcome) == 11
	assert "3" not in outcome.rates


def test_sets_that_would_be_dearer_are_left_out():
	any3 = offer("Any 3", Kind.MIX_AND_MATCH, products=of("A", "B"), buy_qty=3, gives=Gives.RATE, value=10)
	basket = [line("1", "A", 3, 5), line("2", "B", 3, 1)]
	assert sold(basket, any3).applied[0].lines == {"1": 5}


def test_of_every_three_the_cheapest_is_free():
	free = offer("3 for 2", Kind.CHEAPEST_FREE, products=of("A", "B"), buy_qty=3, get_qty=1, gives=Gives.FREE)
	basket = [line("1", "A", 4, 10), line("2", "B", 3, 2)]
	# dearest first: 10 10 10 | 10 2 2 | 2
	assert total(basket, sold(basket, free)) == 46 - 12


def test_a_hundred_thousand_pieces_are_counted_by_arithmetic():
	free = offer("3 for 2", Kind.CHEAPEST_FREE, products=of("A"), buy_qty=3, get_qty=1, gives=Gives.FREE)
	many = [line("1", "A", 300_000, 3)]
	assert rates(sold(many, free)) == {"1": "2.00"}
	any3 = offer("Any 3", Kind.MIX_AND_MATCH, products=of("A"), buy_qty=3, gives=Gives.RATE, value=6)
	assert sold(many, any3).applied[0].times == 100_000


@pytest.mark.parametrize(("oils", "off"), [(1, 0), (2, 0), (3, 50), (30, 50)])
def test_an_order_threshold_takes_an_amount_off_the_whole(oils, off):
	basket = [line("1", "LAMP", 1, 100), line("2", "OIL", oils, 50)]
	amount = offer("50 off 250", Kind.THRESHOLD, tiers=(tier(250, 50, Gives.AMOUNT),))
	assert total(basket, sold(basket, amount)) == 100 + 50 * oils - off


def test_lines_that_are_fixed_count_towards_an_amount_and_stay():
	basket = [line("1", "LAMP", 1, 200, fixed=True), line("2", "OIL", 1, 50)]
	ten = offer("10 %", Kind.THRESHOLD, tiers=(tier(250, 10),))
	assert rates(sold(basket, ten)) == {"2": "45.00"}


def test_a_threshold_may_give_goods():
	gift = offer("Gift", Kind.THRESHOLD, tiers=(tier(300, 0, Gives.GIFT, gift_item="BAG"),))
	outcome = sold(LAMPS, gift)
	assert [(one.promotion, one.item_code, one.qty) for one in outcome.gifts] == [("Gift", "BAG", 1)]


def test_what_is_short_of_a_threshold_is_told():
	outcome = sold(LAMPS, offer("Big", Kind.THRESHOLD, tiers=(tier(500, 10),)))
	assert [(one.refusal.value, one.detail) for one in outcome.lost] == [
		("amount", {"needs": "500", "has": "380"})
	]


def test_free_shipping_from_an_amount_on():
	ship = offer("Ship", Kind.SHIPPING, minimum_amount=380, shipping_account="Freight")
	assert [one.shipping_account for one in sold(LAMPS, ship).applied] == ["Freight"]
	assert lost(sold(LAMPS[:1], ship)) == {"Ship": "amount"}


def test_what_is_excepted_is_neither_counted_nor_reduced():
	products = of("OIL", part=Part.EXCEPT)
	ten = offer("10 %", Kind.VOLUME, products=products, tiers=(tier(1, 10),))
	assert rates(sold(LAMPS, ten)) == {"1": "90.00"}


def test_a_part_of_a_kilo_is_part_of_a_set():
	any3 = offer("3 kg", Kind.MIX_AND_MATCH, products=of("A", "B"), buy_qty=3, gives=Gives.RATE, value=6)
	basket = [line("1", "A", "2.5", 4), line("2", "B", "1.5", 2)]
	# 2.5 of A and 0.5 of B, worth 11, for 6
	assert total(basket, sold(basket, any3)) == Decimal("8.00")


def test_steps_lead_from_the_price_to_the_rate():
	outcome = sold(LAMPS, bundle("Lamp and Oil", 80, "LAMP", "OIL"))
	for one in LAMPS:
		steps = outcome.steps[one.key]
		assert steps[0].before == one.price
		assert steps[-1].after == outcome.rates[one.key]
		assert all(a.after == b.before for a, b in pairwise(steps))
