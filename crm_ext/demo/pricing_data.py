# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The prices of Willow Bay Trading: what else it sells, to whom, by which rates, and what they come to.

Plain data, like data.py, but not part of the company that the tests share: there no matrix is in force, so that prices
in the tests of everything else stay what ERPNext makes them.
"""

from dataclasses import dataclass

from crm_ext.demo.data import HOME, PACIFIC, SHOP, Company, User, days

TERN = "Tern"
BRANDS = (TERN,)
TERN_ITEMS = ("WB-WRENCH", "WB-BIT")
SAFETY = ("Safety", "Workshop Equipment")
"""An item group, and the one above it."""

SIZES = ("Glove Size", (("Medium", "M"), ("Large", "L")))
"""An item attribute, and its values with their abbreviations."""


@dataclass(frozen=True, slots=True)
class Good:
	"""An item bought from a supplier. `boxes`: stock units in a box. A template has one variant for each of the SIZES."""

	code: str
	name: str
	group: str
	price: str
	cost: str
	uom: str = "Nos"
	boxes: int = 0
	template: bool = False


GLOVES = Good("WB-GLOVE", "Work Gloves", "Safety", "30", "18", "Pair", boxes=12, template=True)
BIT = Good("WB-BIT", "Drill Bit", "Hand Tools", "25", "14", boxes=10)
VISE = Good("WB-VISE", "Bench Vise", "Machines", "3200", "1900")
GOODS = (GLOVES, BIT, VISE)
SUPPLIER = "Ferry Lane Works"

WEB_SHOP, PHONE = "Web Shop", "Telephone"
CHANNELS = (WEB_SHOP, PHONE)
BRANCH = "North Quay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
	name: str
	story: str
	group: str = "Trade"
	grade: str = ""
	"""A tag of the group Grade, given by hand and locked."""
	kind: str = ""
	"""A price kind given by hand."""


OXBOW = Customer(name="Oxbow Carpentry", story="Trades with us, without a grade.")
PEREGRINE = Customer(name="Peregrine Studios", story="Gold, and so a member.", grade="Gold")
QUARRY = Customer(
	name="Quarry Lane School", story="Silver, and so a member.", group="Walk-in", grade="Silver"
)
ROOKERY = Customer(
	name="Rookery Garage", story="Fits our parts: the kind *Service*, by hand.", kind="Service"
)
STAFF = Customer(
	name="Willow Bay Staff", story="Our own people: the kind *Cost*, by hand.", group="Walk-in", kind="Cost"
)
CUSTOMERS = (OXBOW, PEREGRINE, QUARRY, ROOKERY, STAFF)
LEAD = "Larch & Finch"

DECIDER = User(
	"livia@willowbay.example", "Livia (Price Override)", ("Sales User", "Accounts User", "Price Override")
)
"""Decides on prices below the floor."""

KINDS = ("Standard", "Member", "Cost", "Service")
"""All shipped ones are in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
	"""A price matrix. `rates` are those of `rate`; `reason`: why it was stopped."""

	title: str
	description: str
	rates: tuple[dict, ...]
	status: str = "Active"
	priority: int = 10
	company: Company = HOME
	breaks: str = "Volume"
	conditions: tuple[dict, ...] = ()
	reason: str = ""


def rate(value: float | str, gives: str = "Rate", **keys: object) -> dict:
	"""A rate by the fields of Price Matrix Rate; `valid_from` and `valid_to` are days ago."""
	what = {"price_kind": value} if gives == "Price Kind" else {"value": value}
	return {"rate_type": gives, **what, **keys}


PERCENT, AMOUNT, MARKUP, KIND = "Discount Percentage", "Discount Amount", "Markup on Cost", "Price Kind"

RETAIL = Matrix(
	title="Retail 2026",
	description="What everybody pays this year, and what those pay who have earned better.",
	rates=(
		# machines: breaks, tags, one customer, a currency
		rate(2.5, PERCENT, item="WB-LATHE"),
		rate(5, PERCENT, item="WB-LATHE", min_qty=5),
		rate(8, PERCENT, item="WB-LATHE", min_qty=10),
		rate(18_200, item="WB-LATHE", customer_tag="Gold"),
		rate(17_700, item="WB-LATHE", customer_tag="Gold", min_qty=5),
		rate(17_200, item="WB-LATHE", customer_tag="Gold", min_qty=10),
		rate(17_600, item="WB-LATHE", customer_tag="Platinum"),
		rate(16_800, item="WB-LATHE", customer_tag="Platinum", min_qty=10),
		rate(17_000, item="WB-LATHE", customer="Azure Kiln Works"),
		rate(16_500, item="WB-LATHE", customer="Azure Kiln Works", min_qty=10),
		rate(2, PERCENT, item="WB-PRESS"),
		rate(45_000, item="WB-PRESS", customer_tag="Platinum"),
		rate(46_000, item="WB-PRESS", customer_group="Key Accounts"),
		rate(51_500, item="WB-PRESS", territory="Overseas"),
		rate(7_200, item="WB-PRESS", currency="USD"),
		rate(6, PERCENT, item_group="Machines", customer_tag="Gold"),
		rate(8, PERCENT, item_group="Machines", customer_tag="Platinum"),
		# hand tools: a brand, breaks, points of sale, a kind
		rate(3, PERCENT, brand=TERN),
		rate(8, PERCENT, brand=TERN, customer_tag="Gold"),
		rate(10, PERCENT, brand=TERN, customer_tag="Platinum"),
		rate(2, PERCENT, item="WB-WRENCH"),
		rate(5, PERCENT, item="WB-WRENCH", min_qty=10),
		rate(10, PERCENT, item="WB-WRENCH", min_qty=50),
		rate(1_050, item="WB-WRENCH", pos_profile=SHOP),
		rate(940, item="WB-WRENCH", sales_channel=WEB_SHOP),
		rate("Cost", KIND, brand=TERN, customer=ROOKERY.name),
		rate(215, item="WB-BIT", uom="Box"),
		rate(205, item="WB-BIT", uom="Box", min_qty=5),
		rate(12, PERCENT, item="WB-BIT", min_qty=50),
		# gloves: a template and its variants, pairs and boxes
		rate(28, item="WB-GLOVE"),
		rate(29, item="WB-GLOVE-L"),
		rate(300, item="WB-GLOVE", uom="Box"),
		rate(285, item="WB-GLOVE", uom="Box", min_qty=10),
		rate(312, item="WB-GLOVE-L", uom="Box"),
		# consumables: a season, the counter, a branch, cost plus
		rate(725, item="WB-OIL", valid_from=days(120), valid_to=days(31)),
		rate(740, item="WB-OIL", valid_from=days(30), valid_to=days(-60)),
		rate(15, MARKUP, item="WB-OIL", customer="Nettlefold Tools"),
		rate(520, item="WB-DISCS", pos_profile=SHOP),
		rate(465, item="WB-DISCS", branch=BRANCH),
		# service, and everything
		rate(1_400, item="WB-VISIT", customer_group="Trade"),
		rate(250, AMOUNT, item="WB-FITTING"),
		rate(10, PERCENT, item_group="Field Service", customer_tag="Relationship-oriented"),
		rate(2, PERCENT, item_group="Workshop Equipment"),
		rate(1, PERCENT, sales_channel=WEB_SHOP),
		rate(3, PERCENT, customer_tag="Platinum"),
	),
)
BULK = Matrix(
	title="Trade Consumables",
	description="The trade buys discs by the pallet: what exceeds 20 boxes is cheaper, and what exceeds 100 even more so.",
	priority=20,
	breaks="Graduated",
	rates=(
		rate(470, item="WB-DISCS", customer_group="Trade", min_qty=20),
		rate(440, item="WB-DISCS", customer_group="Trade", min_qty=100),
	),
)
WIN_BACK = Matrix(
	title="Win-back 2026",
	description="For dormant customers only, and before everything else that they might get.",
	priority=15,
	conditions=({"fact": "tags", "operator": "includes any of", "value": "Dormant"},),
	rates=(
		rate(12, PERCENT, item_group="Consumables"),
		rate(10, PERCENT, item_group="Hand Tools"),
		rate(5, PERCENT, item_group="Machines"),
	),
)
EXPORT = Matrix(
	title="Pacific 2026",
	description="What Willow Bay Pacific sells at, in its own currency.",
	company=PACIFIC,
	rates=(
		rate(2_800, item="WB-LATHE"),
		rate(7_000, item="WB-PRESS"),
		rate(6_800, item="WB-PRESS", customer="Islay Traders"),
		rate(4, PERCENT, item_group="Workshop Equipment"),
	),
)
AUTUMN = Matrix(
	title="Autumn 2026",
	description="Shall we do this? Machines become cheaper for everybody, tools dearer. It observes until we know.",
	status="Observing",
	priority=30,
	rates=(
		rate(19_000, item="WB-LATHE"),
		rate(48_000, item="WB-PRESS"),
		rate(44_500, item="WB-PRESS", customer_tag="Platinum"),
		rate(1_020, item="WB-WRENCH"),
		rate(1_560, item="WB-VISIT"),
	),
)
FAIR = Matrix(
	title="Spring Fair 2026",
	description="Three days in our showroom.",
	status="Stopped",
	reason="The fair is over.",
	priority=40,
	rates=(
		rate(10, PERCENT, item_group="Workshop Equipment"),
		rate(450, item="WB-DISCS"),
		rate(17_900, item="WB-LATHE"),
	),
)
MATRICES = (RETAIL, BULK, WIN_BACK, EXPORT, AUTUMN, FAIR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
	title: str
	minimum_margin: float
	item_group: str = ""
	role: str = ""


FLOORS = (
	Floor(title="Never below Cost", minimum_margin=0),
	Floor(title="Machines", item_group="Machines", minimum_margin=10),
	Floor(title="Machines, Sales Manager", item_group="Machines", minimum_margin=4, role="Sales Manager"),
)
