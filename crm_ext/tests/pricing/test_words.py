# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""A waterfall reads as a person would explain the price."""

from datetime import date
from decimal import Decimal

import pytest

import frappe
from frappe.utils import formatdate

from crm_ext.pricing import words
from crm_ext.pricing.model import (
	Base,
	Did,
	Gives,
	Kind,
	Line,
	Loser,
	Matrix,
	Priced,
	Rate,
	Reason,
	Step,
)
from crm_ext.pricing.waterfall import build, dump, finish, load

MEMBER = {
	"kind": "Member",
	"base": "Price List",
	"of": "100",
	"percent": "-10",
	"price_list": "Retail",
	"value": "100",
	"exchange": "1",
}
COST = {
	"kind": "At Cost",
	"base": "Valuation Rate",
	"of": "60",
	"percent": "20",
	"cost": "5",
	"exchange": "1",
	"factor": "12",
	"basis": "Valuation Rate",
}
MARKUP = {
	"gives": "Markup on Cost",
	"value": "20",
	"cost": "5",
	"exchange": "1",
	"factor": "12",
	"basis": "Last Purchase Rate",
}
PLAIN = {"currency": "USD", "exchange": "1", "factor": "1"}
ALL = ["", "", ""]
MATRIX = ("Price Matrix", "Retail 2026", "3.17")


def waterfall(*steps: Step, losers: tuple[Loser, ...] = ()) -> dict:
	priced = Priced(
		key="1", uom="Box", base=Decimal(100), price=Decimal(90), ours=True, steps=steps, losers=losers
	)
	built = build(priced, currency="USD", as_of=date(2026, 11, 22), qty=Decimal(3), uom="Box")
	return load(dump(built))


def step(did: Did, after: str, before: str | None = "100", by=None, **detail) -> Step:
	return Step(did=did, after=Decimal(after), before=before and Decimal(before), by=by, detail=detail)


def matrix(after: str, **detail) -> Step:
	return step(Did.MATRIX, after, by=MATRIX, **{"for": ALL, **detail})


STEPS = {
	"The price list Retail says $ 100.00 per Box.": step(Did.LIST, "100", None, price_list="Retail"),
	"The price kind Member takes 10 % off the $ 100.00 of the price list Retail: $ 90.00.": step(
		Did.KIND, "90", by=("Price Kind", "Member", "1"), **MEMBER
	),
	"The price kind At Cost adds 20 % to the valuation rate of $ 60.00: $ 72.00.": step(
		Did.KIND, "72", by=("Price Kind", "At Cost", "1"), **COST
	),
	"The price kind Staff takes over the $ 90.00 of the price kind Member.": step(
		Did.KIND,
		"90",
		by=("Price Kind", "Staff", "1"),
		kind="Staff",
		base="Price Kind",
		of="90",
		percent="0",
		other=MEMBER,
	),
	"The matrix Retail 2026 says $ 77.00 per Box for everybody.": matrix(
		"77", gives="Rate", value="77", **PLAIN
	),
	"The matrix Retail 2026 says $ 6.00 per stock unit for the item OIL: $ 72.00.": matrix(
		"72",
		gives="Rate",
		value="6",
		**{**PLAIN, "factor": "12", "for": ["Item:OIL", "", ""]},
	),
	"The matrix Retail 2026 says € 10.00 per Box, at the exchange rate 7.1, for everybody: $ 71.00.": matrix(
		"71", gives="Rate", value="10", **{**PLAIN, "currency": "EUR", "exchange": "7.1"}
	),
	"The matrix Retail 2026 takes 10 % off for the tag High Value from 10 Nos on: $ 90.00.": matrix(
		"90",
		gives="Discount Percentage",
		value="10",
		min_qty="10",
		unit="Nos",
		**{"for": ["", "Customer Tag:High Value", ""]},
	),
	"The matrix Retail 2026 takes $ 12.50 per Box off for the item group Oils, for the customer group "
	"Trade, at the branch North: $ 87.50.": matrix(
		"87.5",
		gives="Discount Amount",
		value="12.5",
		**PLAIN,
		**{"for": ["Item Group:Oils", "Customer Group:Trade", "Branch:North"]},
	),
	"The matrix Retail 2026 adds 5 % for this customer, at the point of sale City Shop: $ 105.00.": matrix(
		"105",
		gives="Discount Percentage",
		value="-5",
		**{"for": ["", "Customer:C-1", "POS Profile:City Shop"]},
	),
	"The matrix Retail 2026 adds 20 % to the last purchase rate of $ 60.00 for the brand Willow, in the "
	"territory North: $ 72.00.": matrix("72", **MARKUP, **{"for": ["Brand:Willow", "", "Territory:North"]}),
	"The matrix Retail 2026 gives the price kind Member (takes 10 % off the $ 100.00 of the price list "
	"Retail) in the sales channel Online: $ 90.00.": matrix(
		"90", gives="Price Kind", of=MEMBER, **{"for": ["", "", "Sales Channel:Online"]}
	),
	"The matrix Retail 2026 gives for everybody, slice by slice, 10 at $ 100.00, 2.5 at $ 80.00: $ 96.00 on "
	"average.": matrix(
		"96",
		slices=[
			{"qty": "10", "from": "0", "price": "100"},
			{"qty": "2.5", "from": "10", "price": "80", "gives": "Rate", "value": "80", **PLAIN},
		],
	),
	"Rounded to $ 33.33.": step(Did.ROUNDING, "33.33", "33.333333"),
	"The price is locked at $ 95.00.": step(Did.LOCKED, "95"),
	"Agreed in Sales Order SO-7: $ 90.00.": step(Did.SOURCE, "90", doctype="Sales Order", name="SO-7"),
	"ERPNext applies the pricing rule PRLE-1, PRLE-2: $ 80.00.": step(
		Did.NATIVE, "80", rules=["PRLE-1", "PRLE-2"]
	),
	"A margin of $ 4.00 is added: $ 104.00.": step(Did.MARGIN, "104"),
	"By hand, $ 5.00 less: $ 95.00.": step(Did.MANUAL, "95"),
	"By hand, $ 3.125 more: $ 103.125.": step(Did.MANUAL, "103.125"),
	"Given by hand: $ 95.00.": step(Did.MANUAL, "95", None),
}


@pytest.mark.parametrize(("sentence", "one"), STEPS.items(), ids=[one[:60] for one in STEPS])
def test_a_step_reads_as_a_sentence(sentence, one):
	assert words.steps_of(waterfall(one))[0]["text"] == sentence


def test_a_step_has_its_amounts_and_its_rule():
	told = words.steps_of(waterfall(matrix("77", gives="Rate", value="77", **PLAIN)))[0]
	assert (told["did"], told["before"], told["after"]) == ("matrix", 100.0, 77.0)
	assert told["rule"] == ["Price Matrix", "Retail 2026"]


@pytest.mark.parametrize(
	"one",
	[
		step(Did.KIND, "72", by=("Price Kind", "Retail 2026", "1"), **COST),
		matrix("72", **MARKUP),
		matrix("72", gives="Price Kind", of={**MEMBER, "base": "Price Kind", "other": COST}),
		matrix("72", slices=[{"qty": "1", "from": "0", "price": "72", **MARKUP}]),
	],
)
def test_a_paper_for_customers_does_not_tell_our_cost(one):
	assert words.steps_of(waterfall(one), costs=False)[0]["text"] == "By Retail 2026: $ 72.00."


def lost(reason: Reason, *, doctype: str = "Price Matrix", rate: str = "r1", **detail) -> Loser:
	return Loser(doctype=doctype, name="Winter", rate=rate, reason=reason, detail=detail)


LOSERS = {
	"The matrix Winter has a lower priority.": lost(Reason.OUTRANKED, by="matrix"),
	"A rate of the matrix Winter is less particular about the item.": lost(Reason.OUTRANKED, by="item"),
	"A rate of the matrix Winter counts from a smaller quantity on.": lost(Reason.OUTRANKED, by="quantity"),
	"A rate of the matrix Winter comes after another.": lost(Reason.OUTRANKED, by="name"),
	"A rate of the matrix Winter begins at 20 Nos.": lost(Reason.QUANTITY, min_qty="20", unit="Nos"),
	"A rate of the matrix Winter is valid from {date} on.": lost(Reason.NOT_YET, date="2026-12-01"),
	"A rate of the matrix Winter was valid until {date}.": lost(Reason.EXPIRED, date="2026-12-01"),
	"The matrix Winter is no longer valid.": lost(Reason.EXPIRED),
	"The matrix Winter has conditions that are not met here.": lost(Reason.CONDITIONS, rate=""),
	"The matrix Winter only observes; it would have given $ 80.00.": lost(Reason.OBSERVING, price="80"),
	"A rate of the matrix Winter gives the price kind Staff, which is not in force.": lost(
		Reason.NO_KIND, kind="Staff"
	),
	"The price kind Winter is not in force.": lost(
		Reason.NO_KIND, doctype="Price Kind", rate="", kind="Winter"
	),
	"The price kind Winter starts from the cost, and none is known.": lost(
		Reason.NO_COST, doctype="Price Kind", rate=""
	),
}


@pytest.mark.parametrize(("sentence", "loser"), LOSERS.items(), ids=[one[:60] for one in LOSERS])
def test_what_did_not_count_says_why(sentence, loser):
	told = words.losers_of(waterfall(losers=(loser,)))[0]
	assert told["text"] == sentence.format(date=formatdate("2026-12-01"))
	assert told["rule"] == [loser.doctype, "Winter"]


def test_what_is_true_of_a_whole_matrix_is_said_once():
	told = waterfall(losers=(lost(Reason.OTHER_COMPANY), lost(Reason.OTHER_COMPANY, rate="r2")))
	assert [loser["rate"] for loser in words.losers_of(told)] == ["r1"]


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_sentence(reason):
	detail = {"min_qty": "2", "unit": "Nos", "date": "2026-01-01", "kind": "Staff", "by": "place"}
	assert words.losers_of(waterfall(losers=(lost(reason, **detail),)))[0]["text"].endswith(".")


def test_the_reason_of_a_row_leaves_out_what_is_evident():
	told = waterfall(
		step(Did.LIST, "100", None, price_list="Retail"),
		matrix("90", gives="Discount Percentage", value="10"),
		step(Did.ROUNDING, "90", "90.00001"),
	)
	after = finish(told, [step(Did.MANUAL, "85", "90")], Decimal(85))
	assert words.reason(after) == (
		"The matrix Retail 2026 takes 10 % off for everybody: $ 90.00. By hand, $ 5.00 less: $ 85.00."
	)


def test_the_reason_is_in_the_language_of_the_site_whoever_saves(monkeypatch):
	monkeypatch.setattr(frappe.local, "lang", "de")
	frappe.get_doc(
		doctype="Translation",
		language="de",
		source_text="Given by hand: {0}.",
		translated_text="Von Hand: {0}.",
	).insert()
	by_hand = waterfall(step(Did.MANUAL, "95", None))
	assert words.steps_of(by_hand)[0]["text"] == "Von Hand: $ 95.00."
	assert words.reason(by_hand) == "Given by hand: $ 95.00."


def test_what_the_engine_writes_can_be_read():
	"""Every way a rate can give a price, by the engine itself."""
	from crm_ext.pricing.giving import Giver
	from crm_ext.pricing.model import Item

	class Book:
		def list_rate(self, line, price_list):
			return Decimal(100), "USD", price_list or "Retail"

		def cost(self, line, base):
			return Decimal(5)

		def exchange(self, currency):
			return Decimal(1)

	kinds = {
		"Member": Kind(name="Member", version="1", percent=Decimal(-10)),
		"Staff": Kind(name="Staff", version="1", base=Base.KIND, based_on="Member"),
		"At Cost": Kind(name="At Cost", version="1", base=Base.VALUATION_RATE),
	}
	line = Line(key="1", item=Item(code="OIL"), qty=Decimal(3), uom="Box", factor=Decimal(12))
	giver = Giver(
		line=line,
		before=Decimal(100),
		matrix=Matrix(name="Retail 2026", version="1", currency="USD"),
		kinds=kinds,
		book=Book(),
	)
	rates = [
		Rate(name=f"{gives}{kind}", matrix="Retail 2026", gives=gives, value=Decimal(10), kind=kind)
		for gives in Gives
		for kind in (kinds if gives is Gives.KIND else [""])
	]
	given = [giver.volume(rate) for rate in rates] + [giver.graduated([rates[0]], Decimal(36))]
	for price, detail in given:
		assert words.steps_of(waterfall(matrix(str(price), **detail)))[0]["text"].startswith("The matrix")
