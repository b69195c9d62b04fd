# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What was sold at Willow Bay Trading with promotions, before they began, and what came of it.

Plain data. The documentation prints the figures (docs/demo.md), the tests hold the documents to them.
"""

from dataclasses import dataclass

from crm_ext.demo.data import Ago, days
from crm_ext.demo.pricing_data import OXBOW, PEREGRINE, ROOKERY, WEB_SHOP
from crm_ext.demo.pricing_stories import Buys
from crm_ext.demo.promotions_data import (
	FAIR_CODES,
	PUBLIC_CODE,
	THISTLEDOWN,
	UNDERHILL,
	VESPER,
	WREN,
	YEWTREE,
	ZINNIA,
)

BIT, WRENCH, OIL, DISCS, LATHE = "WB-BIT", "WB-WRENCH", "WB-OIL", "WB-DISCS", "WB-LATHE"
GLOVE_M, GLOVE_L = "WB-GLOVE-M", "WB-GLOVE-L"


@dataclass(frozen=True, slots=True)
class Invoice:
	"""An invoice without an order before it."""

	ago: Ago
	customer: str
	lines: tuple[Buys, ...]
	coupon: str = ""
	channel: str = ""


INVOICES = (
	# before
	Invoice(days(40), THISTLEDOWN.name, (Buys(BIT, 20), Buys(WRENCH, 2))),
	Invoice(days(37), VESPER.name, (Buys(BIT, 12), Buys(WRENCH))),
	Invoice(days(34), YEWTREE.name, (Buys(BIT, 10), Buys(DISCS, 4))),
	Invoice(days(31), WREN.name, (Buys(BIT, 15), Buys(WRENCH), Buys(GLOVE_M, 6))),
	# the third wrench set
	Invoice(days(33), OXBOW.name, (Buys(WRENCH, 3),)),
	Invoice(days(28), UNDERHILL.name, (Buys(WRENCH, 4), Buys(DISCS, 2))),
	# what runs today
	Invoice(days(20), THISTLEDOWN.name, (Buys(BIT, 18), Buys(WRENCH, 2))),
	Invoice(days(19), YEWTREE.name, (Buys(BIT, 24), Buys(DISCS, 6))),
	Invoice(days(18), VESPER.name, (Buys(BIT, 48), Buys(WRENCH), Buys(GLOVE_M, 10))),
	Invoice(days(17), WREN.name, (Buys(LATHE), Buys(OIL, 2), Buys(DISCS, 2))),
	Invoice(days(16), UNDERHILL.name, (Buys(GLOVE_L, 20), Buys(DISCS, 3))),
	Invoice(days(15), THISTLEDOWN.name, (Buys(LATHE), Buys(OIL))),
	Invoice(days(14), ZINNIA.name, (Buys(WRENCH, 2), Buys(BIT, 10)), PUBLIC_CODE, WEB_SHOP),
	Invoice(days(13), YEWTREE.name, (Buys(LATHE), Buys(OIL, 2), Buys(DISCS))),
	Invoice(days(12), PEREGRINE.name, (Buys(LATHE), Buys(OIL))),
	Invoice(days(11), VESPER.name, (Buys(DISCS, 8), Buys(OIL, 2), Buys(GLOVE_M, 10))),
	Invoice(days(9), WREN.name, (Buys(BIT, 30), Buys(WRENCH, 3)), FAIR_CODES[0]),
	Invoice(days(8), ROOKERY.name, (Buys(LATHE, 2), Buys(OIL, 4), Buys(DISCS))),
	Invoice(days(6), UNDERHILL.name, (Buys(WRENCH), Buys(BIT, 12)), FAIR_CODES[1]),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
	"""An order, and how far it has come. `delivered` and invoiced: so many of each row, with free ones; `returned`: (row, qty)."""

	customer: str
	ago: Ago
	lines: tuple[Buys, ...]
	story: str
	coupon: str = ""
	freight: int = 0
	delivered: tuple[float, ...] = ()
	returned: tuple[tuple[int, float], ...] = ()
	cancelled: bool = False
	draft: bool = False


ORDERS = (
	Order(
		customer=OXBOW.name,
		ago=days(5),
		lines=(Buys(WRENCH, 6), Buys(GLOVE_M, 20)),
		freight=120,
		delivered=(4, 20, 2),
		story="Has bought enough to save 3 % more; pays no freight; four of six wrench sets are delivered.",
	),
	Order(
		customer=VESPER.name,
		ago=days(4),
		lines=(Buys(BIT, 60), Buys(DISCS, 10)),
		delivered=(60, 10),
		returned=((0, 15),),
		story="Bits in bulk; 15 of the 60 came back, at the rate at which they were sold.",
	),
	Order(
		customer=WREN.name,
		ago=days(2),
		lines=(Buys(WRENCH), Buys(DISCS, 2)),
		coupon=FAIR_CODES[2],
		story="The voucher is reserved until the goods are invoiced.",
	),
	Order(
		customer=UNDERHILL.name,
		ago=days(2),
		lines=(Buys(WRENCH),),
		coupon=FAIR_CODES[3],
		cancelled=True,
		story="Cancelled: the voucher is free again.",
	),
	Order(
		customer=YEWTREE.name,
		ago=days(1),
		lines=(Buys(BIT, 12), Buys(WRENCH), Buys(DISCS, 5)),
		coupon=FAIR_CODES[0],
		draft=True,
		story="A draft with a voucher that *Wren & Daughter* has redeemed: the form says so.",
	),
)
BACK_TESTED_MONTHS = 6
