# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The promotions of Willow Bay Trading: one of each kind and three more, their coupons, and who the customers are.

Plain data, like pricing_data.py, and not part of the company that the tests share. None of them is for machines other
than the lathe, so that the prices of docs/pricing.md are not touched.
"""

from dataclasses import dataclass, field

from crm_ext.demo.data import Ago, User, days
from crm_ext.demo.pricing_data import WEB_SHOP, Customer

FREIGHT = "Freight Charged"
"""The account of what customers pay for shipping."""

APPROVER = User("petra@willowbay.example", "Petra (Promotion Approver)", ("Sales User", "Promotion Approver"))


THISTLEDOWN = Customer(
	name="Thistledown Models", story="Held out of *Bits in Bulk* by lot, as *Oxbow Carpentry* is."
)
UNDERHILL = Customer(
	name="Underhill Scouts", story="Came for the third wrench set, and stayed.", group="Walk-in"
)
VESPER = Customer(name="Vesper Organs", story="Bought bits in bulk, and returned some.")
WREN = Customer(
	name="Wren & Daughter", story="Has ordered with a voucher that nobody else can use meanwhile."
)
YEWTREE = Customer(name="Yewtree Cycles", story="Has a draft with a voucher that was used already.")
ZINNIA = Customer(
	name="Zinnia Gardens",
	story="Placed its first order in the web shop, with the public code.",
	group="Walk-in",
)
CUSTOMERS = (THISTLEDOWN, UNDERHILL, VESPER, WREN, YEWTREE, ZINNIA)


BEGAN, ENDS = days(21), days(-40)
"""Of most promotions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
	"""`rule`: fields of Sales Promotion; `says`: what it gives, for people. `since` and `until` are days ago.

	`uses`: how many redemptions it must come to, by their status.
	"""

	title: str
	kind: str
	says: str
	rule: dict
	since: Ago = BEGAN
	until: Ago = ENDS
	status: str = "Active"
	reason: str = ""
	terms: str = ""
	approved: bool = False
	uses: dict = field(default_factory=dict)


def buy(**what: object) -> dict:
	return {"part": "Buy", **what}


def get(**what: object) -> dict:
	return {"part": "Get", **what}


def tier(at_least: float, value: float, gives: str = "Discount Percentage") -> dict:
	return {"at_least": at_least, "gives": gives, "value": value}


SMALL_GOODS = tuple(buy(item_group=group) for group in ("Hand Tools", "Consumables", "Safety"))
TRADE = {"fact": "customer_group", "operator": "is or is under", "value": "Trade"}

BITS = Promotion(
	title="Bits in Bulk",
	kind="Volume Discount",
	says="Drill bits: from 12 pieces 8 % off, from 48 pieces 15 % off, for the trade. A quarter of the customers is held out.",
	rule={
		"products": (buy(item="WB-BIT"),),
		"tiers": (tier(12, 8), tier(48, 15)),
		"conditions": (TRADE,),
		"hold_out_percent": 25,
	},
	approved=True,
	uses={"Redeemed": 4},
)
OIL = Promotion(
	title="Oil in Reserve",
	kind="Graduated Discount",
	says="Cutting oil: what exceeds 3 drums 5 % off, what exceeds 10 drums 10 % off.",
	rule={"products": (buy(item="WB-OIL"),), "tiers": (tier(3, 5), tier(10, 10))},
	status="Observing",
)
STARTER = Promotion(
	title="Starter Workshop",
	kind="Bundle",
	says="A lathe, two drums of oil and a box of discs together for 20,900. At most 25 uses.",
	rule={
		"products": (buy(item="WB-LATHE"), buy(item="WB-OIL", qty=2), buy(item="WB-DISCS")),
		"gives": "Rate",
		"value": 20_900,
		"max_uses": 25,
	},
	terms="<p>The set is returned as a whole, or what remains is invoiced at its own price.</p>",
	uses={"Redeemed": 3},
)
LATHE_OIL = Promotion(
	title="Oil with the Lathe",
	kind="Add-On",
	says="With each lathe one drum of oil at 30 % off.",
	rule={
		"products": (buy(item="WB-LATHE"), get(item="WB-OIL")),
		**{"buy_qty": 1, "get_qty": 1, "gives": "Discount Percentage", "value": 30},
	},
	uses={"Redeemed": 3},
)
GLOVES = Promotion(
	title="Ten Pairs and One",
	kind="Buy X Get Y",
	says="With ten pairs of gloves of any size one pair of size M free. It may cost 400, and then stops.",
	rule={
		"products": (buy(item="WB-GLOVE"),),
		**{"buy_qty": 10, "get_qty": 1, "gives": "Free", "gift_item": "WB-GLOVE-M", "budget": 400},
	},
	terms="<p>Free gloves come back with the gloves that were paid for.</p>",
	approved=True,
	uses={"Redeemed": 4},
)
MIX = Promotion(
	title="Any Five for the Workshop",
	kind="Mix and Match",
	says="Any five boxes of discs or drums of oil for 2,400.",
	rule={
		"products": (buy(item="WB-DISCS"), buy(item="WB-OIL")),
		**{"buy_qty": 5, "gives": "Rate", "value": 2_400},
	},
	status="Draft",
)
THIRD = Promotion(
	title="Third Wrench Set Free",
	kind="Cheapest Free",
	says="Of three wrench sets one was free, once in a document.",
	rule={
		"products": (buy(item="WB-WRENCH"),),
		**{"buy_qty": 3, "get_qty": 1, "gives": "Free", "most_times": 1},
	},
	since=days(35),
	until=days(22),
	status="Stopped",
	reason="It sold sets that were not needed: too many came back.",
	uses={"Redeemed": 2},
)
AUTUMN = Promotion(
	title="Autumn Orders",
	kind="Order Threshold",
	says="Tools, consumables and gloves: from 1,000 2 % off, from 4,000 4 % off, on top of what else there is.",
	rule={
		"products": SMALL_GOODS,
		"tiers": (tier(1_000, 2), tier(4_000, 4)),
		"combination": "Compound",
	},
	uses={"Redeemed": 12, "Reserved": 1},
)
FREIGHT_FREE = Promotion(
	title="Free Freight",
	kind="Free Shipping",
	says="No charge for freight from 2,000 on tools, consumables and gloves.",
	rule={"products": SMALL_GOODS, "minimum_amount": 2_000},
	uses={"Redeemed": 1},
)
VOUCHER = Promotion(
	title="Fair Voucher",
	kind="Order Threshold",
	says="50 off from 500, with a code from the fair.",
	rule={
		"products": SMALL_GOODS,
		"tiers": (tier(500, 50, "Discount Amount"),),
		**{"combination": "Compound", "needs_coupon": 1, "promotion_group": "Codes"},
	},
	terms="<p>One voucher for each order. No cash for what is left of it.</p>",
	uses={"Redeemed": 2, "Reserved": 1, "Released": 1},
)
WELCOME = Promotion(
	title="Welcome",
	kind="Volume Discount",
	says="10 % off the first order in the web shop, with the public code, and nothing else on the same goods.",
	rule={
		"products": SMALL_GOODS,
		"tiers": (tier(1, 10),),
		"places": ({"sales_channel": WEB_SHOP},),
		**{"combination": "Exclusive", "first_order": 1, "needs_coupon": 1, "promotion_group": "Codes"},
	},
	uses={"Redeemed": 1},
)
GOAL = Promotion(
	title="Good Customers Save",
	kind="Volume Discount",
	says="3 % off tools and gloves for whoever has bought for 50,000 since it began.",
	rule={
		"products": (buy(item_group="Hand Tools"), buy(item_group="Safety")),
		"tiers": (tier(1, 3),),
		**{"goal_amount": 50_000, "goal_period": "Promotion"},
	},
	uses={"Redeemed": 1},
)
PROMOTIONS = (
	*(BITS, OIL, STARTER, LATHE_OIL, GLOVES, MIX, THIRD, AUTUMN, FREIGHT_FREE),
	*(VOUCHER, WELCOME, GOAL),
)

FAIR_CODES = tuple(
	f"FAIR-{code}"
	for code in (
		"7KQ2MXBD",
		"B4WZ9NRT",
		"C8HJ3VPY",
		"D5TG6SLA",
		"E2XN7QKM",
		"F9RB4WCU",
		"G3PL8ZJH",
		"H6VY5DTE",
	)
)
PUBLIC_CODE = "WELCOME-10"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
	title: str
	promotion: Promotion
	codes: tuple[str, ...]
	public: bool = False
	values: dict = field(default_factory=dict)


BATCHES = (
	Batch(
		title="Fair 2026",
		promotion=VOUCHER,
		codes=FAIR_CODES,
		values={
			"prefix": "FAIR-",
			"code_length": 8,
			"minimum_amount": 500,
			"description": "Given out by hand.",
		},
	),
	Batch(title="Welcome", promotion=WELCOME, codes=(PUBLIC_CODE,), public=True, values={"max_uses": 0}),
)
