# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What a promotion did, or did not, reads as a person would say it."""

from decimal import Decimal

import pytest

from crm_ext.pricing import words_promotions as words
from crm_ext.pricing.promotions.hints import hints
from crm_ext.pricing.promotions.model import (
	Gives,
	Kind,
	Part,
	Product,
	Promotion,
	Refusal,
	Tier,
)

OF = {"currency": "USD", "uom": "Box"}


def step(after: str, before: str = "100", **detail) -> dict:
	return {
		"did": "promotion",
		"by": ["Sales Promotion", "Lamp Week", "3"],
		"before": before,
		"after": after,
		"detail": {"kind": "Volume Discount", "discount": "30", "units": "3", "qty": "3", **detail},
	}


STEPS = {
	"The volume discount Lamp Week takes $ 30.00 off the line: $ 90.00 each.": step("90"),
	"The volume discount Lamp Week takes $ 10.00 off: $ 90.00.": step(
		"90", discount="10", units="1", qty="1"
	),
	"The bundle Lamp Week takes $ 20.00 off 1 of 3 Box: $ 93.33 on average.": step(
		"93.333333", discount="20", units="1", kind="Bundle"
	),
	"The cheapest-free offer Lamp Week makes 1 of 3 Box free: $ 66.67 on average.": step(
		"66.666667", discount="100", units="1", kind="Cheapest Free"
	),
	"The add-on offer Lamp Week makes it free.": step("0", discount="100", units="1", qty="1", kind="Add-On"),
	"The order discount Lamp Week, with the coupon SAVE5, takes $ 15.00 off the line: $ 95.00 each.": step(
		"95", discount="15", kind="Order Threshold", coupon="SAVE5"
	),
	"The promotion Lamp Week takes $ 30.00 off the line: $ 90.00 each.": step("90", kind="Of the Future"),
}


@pytest.mark.parametrize("sentence", STEPS)
def test_a_step_is_one_sentence(sentence):
	assert words.step(STEPS[sentence], OF) == sentence


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_name(kind):
	assert "Lamp Week" in words.step(step("90", kind=kind.value), OF)


DETAIL = {
	Refusal.QUANTITY: {"needs": "3", "has": "2"},
	Refusal.AMOUNT: {"needs": "500", "has": "420.5"},
	Refusal.GOAL: {"goal": "50000", "bought": "42000"},
	Refusal.OUTBID: {"by": "Lamp Day"},
	Refusal.GROUP: {"by": "Lamp Day"},
	Refusal.OBSERVING: {"discount": "12"},
	Refusal.USED_UP: {"limit": "budget"},
}
BECAUSE = {
	Refusal.QUANTITY: "begins at a quantity of 3; here are 2.",
	Refusal.AMOUNT: "begins at $ 500.00; what it is for comes to $ 420.50 here.",
	Refusal.GOAL: "begins once the customer has bought for $ 50,000.00; so far it is $ 42,000.00.",
	Refusal.OUTBID: "would save less than Lamp Day on the same units.",
	Refusal.OBSERVING: "only observes; it would have taken $ 12.00 off.",
	Refusal.USED_UP: "has used up its budget.",
	Refusal.COUPON: "needs a coupon.",
	Refusal.NOT_THE_FIRST: "is for the first order only.",
}


@pytest.mark.parametrize("refusal", Refusal)
@pytest.mark.parametrize("detailed", [True, False])
def test_every_refusal_is_told(refusal, detailed):
	"""With all that the engine says of it, and with nothing: what is stored may be of another version."""
	detail = DETAIL.get(refusal, {}) if detailed else {}
	if not detailed and refusal in (Refusal.QUANTITY, Refusal.AMOUNT, Refusal.GOAL):
		pytest.skip("their figures are always there")
	told = words.loser({"name": "Lamp Week", "reason": refusal.value, "detail": detail}, OF)
	assert told.startswith("The promotion Lamp Week ") and told.endswith(".")
	if detailed and refusal in BECAUSE:
		assert told == f"The promotion Lamp Week {BECAUSE[refusal]}"


@pytest.mark.parametrize("limit", ["uses", "customers", "budget", "uses per customer", "something"])
def test_every_limit_is_told(limit):
	told = words.because("Lamp Week", Refusal.USED_UP, {"limit": limit}, "USD")
	assert told.startswith("The promotion Lamp Week ")


APPLIED = {
	"Lamp Week saves $ 50.00.": {"lines": {"0": "20", "1": "30"}},
	"Lamp Week, with the coupon SAVE5, saves $ 50.00.": {"lines": {"0": "50"}, "coupon": "SAVE5"},
	"Lamp Week gives 2 No Such Mug free.": {
		"gifts": [{"item_code": "No Such Mug", "qty": "2", "price": "5"}]
	},
	"Lamp Week saves $ 50.00 and gives 1 No Such Mug free.": {
		"lines": {"0": "50"},
		"gifts": [{"item_code": "No Such Mug", "qty": "1", "price": "0"}],
	},
	"Lamp Week makes shipping free.": {"shipping_account": "Freight"},
}


@pytest.mark.parametrize("sentence", APPLIED)
def test_what_a_document_got_is_one_sentence(sentence):
	assert words.applied({"promotion": "Lamp Week", **APPLIED[sentence]}, "USD") == sentence


COUPONS = {
	"The coupon SAVE5 counts.": {"accepted": True},
	"There is no coupon SAVE5.": {"reason": "unknown"},
	"The coupon SAVE5 begins at $ 500.00; this comes to $ 20.00.": {
		"reason": "minimum",
		"detail": {"needs": "500", "has": "20", "currency": "USD"},
	},
	"The coupon SAVE5 is no longer valid.": {"reason": "expired"},
	"This customer has used the coupon SAVE5 already.": {"reason": "used by customer"},
	"The coupon SAVE5 does not count here.": {"reason": "of the future"},
}


@pytest.mark.parametrize("sentence", COUPONS)
def test_a_coupon_is_accepted_or_refused_in_one_sentence(sentence):
	answer = {"code": "SAVE5", "promotion": "Lamp Week", "accepted": False, **COUPONS[sentence]}
	assert words.coupon(answer, currency="USD") == sentence


def test_a_valid_coupon_whose_promotion_does_not_count_says_why():
	answer = {"code": "SAVE5", "promotion": "Lamp Week", "accepted": True}
	missed = {"promotion": "Lamp Week", "reason": "quantity", "detail": {"needs": "3", "has": "2"}}
	assert words.coupon(answer, missed, "USD") == (
		"The coupon SAVE5 is valid, but: The promotion Lamp Week begins at a quantity of 3; here are 2."
	)


def promotion(kind: Kind, **values) -> Promotion:
	lamps = (Product(key="Item Group:Lamps"),)
	return Promotion(**{"name": "Lamp Week", "kind": kind, "currency": "USD", "products": lamps, **values})


def lost(refusal: Refusal, needs: str, has: str, **detail) -> dict:
	detail = {"needs": needs, "has": has, **detail}
	return {"promotion": "Lamp Week", "reason": refusal.value, "detail": detail, "lines": ["0"]}


TEN_PERCENT = (Tier(at_least=Decimal(5), gives=Gives.PERCENT, value=Decimal(10)),)
A_SET = {"buy_qty": Decimal(3), "gives": Gives.RATE, "value": Decimal(100)}
BULB = Product(key="Item:No Such Bulb", part=Part.GET)
HINTS = {
	"2 more of Lamps: 10 % off.": (
		promotion(Kind.VOLUME, tiers=TEN_PERCENT),
		lost(Refusal.QUANTITY, "5", "3"),
	),
	"1 more of Lamps: the cheapest free.": (
		promotion(Kind.CHEAPEST_FREE, buy_qty=Decimal(3), get_qty=Decimal(1), gives=Gives.FREE),
		lost(Refusal.QUANTITY, "3", "2"),
	),
	"2 more of Lamps: any 3 of them: $ 100.00.": (
		promotion(Kind.MIX_AND_MATCH, **A_SET),
		lost(Refusal.QUANTITY, "3", "1"),
	),
	"$ 80.00 more: 5 % off.": (
		promotion(
			Kind.THRESHOLD,
			products=(),
			tiers=(Tier(at_least=Decimal(500), gives=Gives.PERCENT, value=Decimal(5)),),
		),
		lost(Refusal.AMOUNT, "500", "420"),
	),
	"$ 20.00 more of Lamps: free shipping.": (
		promotion(Kind.SHIPPING),
		lost(Refusal.AMOUNT, "100", "80"),
	),
	"1 of No Such Bulb as well: No Such Bulb for 50 % less.": (
		promotion(
			Kind.ADD_ON,
			products=(Product(key="Item Group:Lamps"), BULB),
			buy_qty=Decimal(1),
			get_qty=Decimal(1),
			gives=Gives.PERCENT,
			value=Decimal(50),
		),
		{"promotion": "Lamp Week", "reason": "component", "detail": {"component": "Get"}, "lines": ["0"]},
	),
	"1 of No Such Lamp as well: the bundle for $ 90.00.": (
		promotion(
			Kind.BUNDLE,
			gives=Gives.RATE,
			value=Decimal(90),
			products=(
				Product(key="Brand:Willow", component=1),
				Product(key="Item:No Such Lamp", component=2),
			),
		),
		lost(Refusal.COMPONENT, "1", "0", component="2"),
	),
	"1 more of Lamps: 1 No Such Mug free.": (
		promotion(Kind.BUY_X_GET_Y, buy_qty=Decimal(2), get_qty=Decimal(1), gift_item="No Such Mug"),
		lost(Refusal.QUANTITY, "2", "1"),
	),
}


@pytest.mark.parametrize("sentence", HINTS)
def test_what_is_missing_is_named(sentence):
	live, entry = HINTS[sentence]
	assert hints([entry], {"Lamp Week": live}, "USD") == [{"promotion": "Lamp Week", "text": sentence}]


def test_what_is_far_away_or_impossible_is_no_hint():
	live = {"Lamp Week": promotion(Kind.VOLUME, tiers=TEN_PERCENT)}
	assert hints([lost(Refusal.QUANTITY, "100", "1")], live, "USD") == []
	assert hints([{**lost(Refusal.PLACE, "1", "1"), "detail": {}}], live, "USD") == []
	assert hints([lost(Refusal.QUANTITY, "5", "3")], {}, "USD") == []


def test_the_nearest_come_first_and_there_are_few():
	live = {f"P{no}": promotion(Kind.VOLUME, name=f"P{no}", tiers=TEN_PERCENT) for no in range(5)}
	entries = [{**lost(Refusal.QUANTITY, "10", str(5 + no)), "promotion": f"P{no}"} for no in range(5)]
	assert [hint["promotion"] for hint in hints(entries, live, "USD")] == ["P4", "P3", "P2"]
