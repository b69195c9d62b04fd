# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The engine against a naive reference that walks every rate, written from the prose of `pricing.precedence` alone."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from crm_ext.pricing.engine import price
from crm_ext.pricing.model import Base, Did, Gives
from crm_ext.tests.pure.prices import HARBOUR, LIN, OIL, TODAY, TestBook, line, matrix, rate, sale

ITEMS = ["Item:OIL", "Item:OILS", "Brand:Willow", "Item Group:Lamp Oil", "Item Group:Oil", "", "Item:WICK"]
BUYERS = [
	"Customer:Lin",
	"Customer Tag:VIP",
	"Customer Tag:Retail",
	"Customer Group:Shops",
	"",
	"Customer:Wu",
]
PLACES = ["POS Profile:Till", "Branch:North", "Territory:Town", "Sales Channel:Web", "", "Branch:South"]
COSTS = {("OIL", Base.VALUATION_RATE): 60}
GIVES = [Gives.RATE, Gives.DISCOUNT_PERCENTAGE, Gives.DISCOUNT_AMOUNT, Gives.MARKUP]


@st.composite
def rates(draw):
	"""Rates of two matrices, no two of which tie."""
	found = {}
	for number in range(draw(st.integers(0, 25))):
		key = (
			draw(st.sampled_from(["Alpha", "Beta"])),
			draw(st.sampled_from(ITEMS)),
			draw(st.sampled_from(BUYERS)),
			draw(st.sampled_from(PLACES)),
			draw(st.sampled_from(["", "Nos", "Box", "Pallet"])),
			draw(st.sampled_from(["", "CNY", "USD", "EUR"])),
			draw(st.sampled_from([0, 1, 5, 24])),
			draw(st.sampled_from([None, date(2026, 1, 1), date(2026, 12, 1)])),
		)
		of, item, who, where, uom, currency, min_qty, starts = key
		found[key] = rate(
			f"r{number}",
			draw(st.decimals(0, 99, places=2)),
			matrix=of,
			item_key=item,
			customer_key=who,
			place_key=where,
			uom=uom,
			currency=currency,
			min_qty=min_qty,
			valid_from=starts,
			valid_to=draw(st.sampled_from([None, date(2026, 6, 1), date(2026, 12, 31)])),
			gives=draw(st.sampled_from(GIVES)),
		)
	return list(found.values())


MATRICES = st.builds(
	lambda first, second, graduated, together: [
		matrix("Alpha", priority=first, graduated=graduated, sum_equal_items=together),
		matrix("Beta", priority=second),
	],
	*(st.integers(0, 1), st.integers(0, 1), st.booleans(), st.booleans()),
)
LINES = st.lists(
	st.builds(
		lambda qty, box: (qty, "Box" if box else "Nos"), st.decimals("0.5", 30, places=1), st.booleans()
	),
	min_size=1,
	max_size=4,
)


@given(rates(), MATRICES, LINES, st.randoms(use_true_random=False))
def test_the_engine_gives_what_walking_every_rate_gives(rates, matrices, wanted, random):
	lines = [
		line(str(number), qty, uom=uom, factor=12 if uom == "Box" else 1)
		for number, (qty, uom) in enumerate(wanted)
	]
	book = TestBook(costs=COSTS)
	shuffled = random.sample(rates, len(rates))
	engine = price(*sale(shuffled, lines, matrices=matrices, book=book))
	for one, priced in zip(lines, engine, strict=True):
		name, expected = naive(rates, {m.name: m for m in matrices}, one, lines)
		assert winner_of(priced) == name
		assert priced.price == book.rounded(expected)


def winner_of(priced) -> str | None:
	return next((step.rate for step in priced.steps if step.did is Did.MATRIX), None)


def naive(rates, matrices, one, lines) -> tuple[str | None, Decimal]:
	"""(name of the rate that counts, price before rounding), by trying every rate against every other."""
	valid = [r for r in rates if counts(r, matrices[r.matrix], one, lines)]
	before = Fraction(100) * Fraction(one.factor)
	best = None
	for r in valid:
		if best is None or comes_before(r, best, matrices, one):
			best = r
	if best is None:
		return None, as_decimal(before)
	if not matrices[best.matrix].graduated:
		return best.name, as_decimal(given_by(best, before, one))
	total = quantity(best, matrices[best.matrix], one, lines)
	same = [r for r in valid if family(r) == family(best)]
	newest = {r.min_qty: r for r in sorted(same, key=lambda r: r.valid_from or date.min)}
	edges = [*sorted(newest), total]
	amount = min(Fraction(edges[0]), total) * before
	for start, end in pairwise(edges):
		amount += (min(Fraction(end), total) - Fraction(start)) * given_by(newest[start], before, one)
	return best.name, as_decimal(amount / total)


def counts(r, of, one, lines) -> bool:
	return (
		r.item_key in ["Item:OIL", "Item:OILS", "Brand:Willow", "Item Group:Lamp Oil", "Item Group:Oil", ""]
		and r.customer_key in [*(k for k in BUYERS if "Wu" not in k)]
		and r.place_key in [*(k for k in PLACES if "South" not in k)]
		and r.uom in ("", "Nos", one.uom)
		and (r.valid_from is None or r.valid_from <= TODAY)
		and (r.valid_to is None or TODAY <= r.valid_to)
		and quantity(r, of, one, lines) >= r.min_qty
	)


def quantity(r, of, one, lines) -> Fraction:
	counted = lines if of.sum_equal_items else [one]
	pieces = sum(Fraction(other.qty) * Fraction(other.factor) for other in counted)
	return pieces / Fraction(one.factor) if r.uom == one.uom else pieces


def comes_before(a, b, matrices, one) -> bool:
	for smaller in (
		lambda r: -matrices[r.matrix].priority,
		lambda r: ITEMS.index(r.item_key),
		lambda r: BUYERS.index(r.customer_key),
		lambda r: PLACES.index(r.place_key),
		lambda r: [one.uom, "Nos", ""].index(r.uom),
		lambda r: ["CNY", "", "EUR", "USD"].index(r.currency),
		lambda r: -r.min_qty,
		lambda r: -(r.valid_from or date.min).toordinal(),
		lambda r: r.matrix,
	):
		if smaller(a) != smaller(b):
			return smaller(a) < smaller(b)
	raise AssertionError(f"{a} and {b} tie")


def given_by(r, before, one) -> Fraction:
	value = Fraction(r.value)
	amount = (
		value
		* {"": 1, "CNY": 1, "USD": 7, "EUR": 8}[r.currency]
		* (1 if r.uom == one.uom else Fraction(one.factor))
	)
	return {
		Gives.RATE: amount,
		Gives.DISCOUNT_PERCENTAGE: before * (100 - value) / 100,
		Gives.DISCOUNT_AMOUNT: max(before - amount, Fraction(0)),
		Gives.MARKUP: 60 * Fraction(one.factor) * (100 + value) / 100,
	}[r.gives]


def family(r) -> tuple:
	return r.matrix, r.item_key, r.customer_key, r.place_key, r.uom, r.currency


def as_decimal(amount: Fraction) -> Decimal:
	return Decimal(amount.numerator) / Decimal(amount.denominator)


def test_the_reference_knows_the_same_item_customer_and_place():
	assert {*ITEMS} - {"Item:WICK"} < {*OIL.keys}
	assert {*BUYERS} - {"Customer:Wu"} < {*LIN.keys}
	assert {*PLACES} - {"Branch:South"} < {*HARBOUR.keys}
