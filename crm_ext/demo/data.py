# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Willow Bay Trading, an invented company: who its customers are, what they did, and the tags they must get.

Plain data. The demo installs it, the documentation prints it (docs/demo.md), the tests hold the tags to it.
All dates are counted back from the day of installation; all names, places and people are invented.
"""

from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

TIME_ZONE = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Ago:
	"""A day, counted back from today."""

	months: int = 0
	days: int = 0

	def on(self, today: date) -> date:
		return today - relativedelta(months=self.months, days=self.days)


def days(count: int) -> Ago:
	return Ago(days=count)


def months(count: int, and_days: int = 0) -> Ago:
	return Ago(months=count, days=and_days)


@dataclass(frozen=True, slots=True)
class Company:
	name: str
	abbr: str
	currency: str
	country: str


HOME = Company("Willow Bay Trading", "WBT", "CNY", "China")
PACIFIC = Company("Willow Bay Pacific", "WBP", "USD", "Singapore")
COMPANIES = (HOME, PACIFIC)

EXCHANGE_RATES = (
	("USD", "CNY", days(800), "7.1"),
	("USD", "CNY", days(200), "7.05"),
	("USD", "CNY", days(0), "7"),
)

PRICE_LISTS = (("Willow Bay CNY", "CNY", 1), ("Willow Bay USD", "USD", 7))
"""Name, currency, and by how much the prices below are divided."""

WAREHOUSE = "Harbour Warehouse"
SHOP = "City Shop"

TERRITORIES = (
	("Home Market", ""),
	("North Coast", "Home Market"),
	("River Towns", "Home Market"),
	("Overseas", ""),
)
CUSTOMER_GROUPS = (
	("Willow Bay Customers", ""),
	*((g, "Willow Bay Customers") for g in ("Key Accounts", "Trade", "Walk-in")),
)
CLASS_TRANSITION = {
	"title": "Walk-in becomes Trade",
	"from_group": "Walk-in",
	"to_group": "Trade",
	"status": "Observing",
	"description": "Whoever has bought three times at the counter would be a trade customer.",
	"conditions": [{"fact": "invoice_count", "operator": ">=", "value": "3"}],
}
ITEM_GROUPS = (
	("Workshop Equipment", ""),
	("Machines", "Workshop Equipment"),
	("Hand Tools", "Workshop Equipment"),
	("Consumables", ""),
	("Field Service", ""),
)
"""Name and parent; without parent: under the root."""

TAX_PERCENT = 13


@dataclass(frozen=True, slots=True)
class Item:
	code: str
	name: str
	group: str
	price: int
	stocked: bool = True


LATHE = Item("WB-LATHE", "Bench Lathe", "Machines", 20_000)
PRESS = Item("WB-PRESS", "Arbor Press", "Machines", 50_000)
WRENCHES = Item("WB-WRENCH", "Wrench Set", "Hand Tools", 1_000)
DISCS = Item("WB-DISCS", "Cutting Discs, Box of 100", "Consumables", 500)
OIL = Item("WB-OIL", "Cutting Oil, 20 Litres", "Consumables", 800)
VISIT = Item("WB-VISIT", "Maintenance Visit", "Field Service", 1_500, stocked=False)
FITTING = Item("WB-FITTING", "Installation on Site", "Field Service", 5_000, stocked=False)
ITEMS = (LATHE, PRESS, WRENCHES, DISCS, OIL, VISIT, FITTING)

COST_PERCENT = 60
"""What stock costs, in percent of its price."""


@dataclass(frozen=True, slots=True)
class Line:
	item: Item
	rate: str
	qty: int = 1


@dataclass(frozen=True, slots=True)
class Order:
	"""A Sales Order."""

	ago: Ago
	lines: tuple[Line, ...]
	company: Company = HOME


@dataclass(frozen=True, slots=True)
class Delivery:
	"""A Delivery Note."""

	ago: Ago
	lines: tuple[Line, ...]
	company: Company = HOME


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
	"""A Sales Invoice and what became of it."""

	ago: Ago
	lines: tuple[Line, ...]
	company: Company = HOME
	currency: str = ""
	conversion_rate: str = "1"
	due_after: int = 30
	paid: str = ""
	"""Part paid by a Payment Entry ten days later."""
	returned_lines: tuple[int, ...] = ()
	"""Lines that come back with a credit note…"""
	returned: Ago | None = None
	"""… on this day."""
	state: str = "Submitted"
	opening: bool = False
	debit_note: bool = False
	taxed: bool = False
	discount: str = ""
	from_stock: bool = False


@dataclass(frozen=True, slots=True)
class CounterSale:
	"""A POS Invoice, paid in cash; consolidated when its shift is closed."""

	ago: Ago
	lines: tuple[Line, ...]
	shift_closed: bool


@dataclass(frozen=True, slots=True)
class Ticket:
	"""An Issue."""

	ago: Ago
	subject: str
	status: str = "Open"


@dataclass(frozen=True, slots=True)
class Contacted:
	"""A Communication."""

	ago: Ago
	medium: str
	subject: str


@dataclass(frozen=True, slots=True)
class TagByHand:
	tag: str
	reason: str
	locked: bool = False
	expired: Ago | None = None


Event = Order | Delivery | Invoice | CounterSale | Ticket | Contacted


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
	name: str
	story: str
	tags: tuple[str, ...]
	"""What the shipped tags must make of it on the day of installation."""
	events: tuple[Event, ...] = ()
	group: str = "Trade"
	territory: str = "North Coast"
	industry: str = "Manufacturing"
	currency: str = ""
	duplicate: tuple[str, tuple[Event, ...]] | None = None
	"""A second record of the same customer, with its documents, which is merged into this one."""
	by_hand: TagByHand | None = None
	owes: bool = False
	"""Leaves its overdue invoices unpaid; the others pay theirs."""


def of(item: Item, rate: str, qty: int = 1) -> tuple[Line, ...]:
	return (Line(item, rate, qty),)


def sale(ago: Ago, rate: str, item: Item = PRESS, qty: int = 1, **more) -> Invoice:
	return Invoice(ago=ago, lines=of(item, rate, qty), **more)


def since(ago: Ago) -> Order:
	"""The small first order with which a customer begins."""
	return Order(ago, of(WRENCHES, "1000"))


CUSTOMERS = (
	Customer(
		name="Azure Kiln Works",
		story="Exactly 500,000 in the year; first order exactly 730 days ago.",
		tags=("High Value", "Active", "Platinum"),
		events=(since(days(730)), sale(days(20), "50000", qty=10, from_stock=True)),
		group="Key Accounts",
	),
	Customer(
		name="Birchwood Presses",
		story="499,999.99 in the year: one fen short of High Value and of Platinum.",
		tags=("Mid Value", "Active", "Gold"),
		events=(since(days(730)), sale(days(20), "499999.99")),
		group="Key Accounts",
	),
	Customer(
		name="Copper Lantern",
		story="500,000 in the year, but a customer for only 729 days: not yet Platinum.",
		tags=("High Value", "Active", "Gold"),
		events=(since(days(729)), sale(days(15), "50000", qty=10)),
		group="Key Accounts",
		territory="River Towns",
	),
	Customer(
		name="Drift Harbour Supplies",
		story="Exactly 100,000 in the year; a customer for 179 days: no grade yet.",
		tags=("Mid Value", "Active"),
		events=(since(days(179)), sale(days(30), "20000", LATHE, 5, from_stock=True)),
	),
	Customer(
		name="Eastgate Joinery",
		story="99,999.99 in the year: one fen short of Mid Value.",
		tags=("Potential", "Active", "Silver"),
		events=(since(days(200)), sale(days(30), "99999.99")),
	),
	Customer(
		name="Fernleigh Foundry",
		story="Exactly 200,000 in the year and a customer for exactly 365 days.",
		tags=("Mid Value", "Active", "Gold"),
		events=(since(days(365)), sale(days(40), "50000", qty=4)),
	),
	Customer(
		name="Greyfen Millers",
		story="200,000 in the year, but a customer for only 364 days: not yet Gold.",
		tags=("Mid Value", "Active", "Silver"),
		events=(since(days(364)), sale(days(40), "50000", qty=4)),
		territory="River Towns",
	),
	Customer(
		name="Hollow Oak Crafts",
		story="Exactly 50,000 in the year and a customer for exactly 180 days.",
		tags=("Potential", "Active", "Silver"),
		events=(since(days(180)), sale(days(25), "50000")),
	),
	Customer(
		name="Iron Quay",
		story="49,999.99 in the year: one fen short of Silver.",
		tags=("Potential", "Active"),
		events=(since(days(180)), sale(days(25), "49999.99")),
	),
	Customer(
		name="Juniper Row",
		story="Last order exactly 3 calendar months ago: the day itself still counts as active.",
		tags=("Potential", "Active"),
		events=(Order(months(3), of(OIL, "800", 5)),),
		territory="River Towns",
	),
	Customer(
		name="Kestrel Yard",
		story="Last order 3 calendar months and a day ago.",
		tags=("Potential", "Dormant"),
		events=(Order(months(3, 1), of(OIL, "800", 5)),),
	),
	Customer(
		name="Lowmoor Rail",
		story="Last delivery exactly 6 calendar months ago: the day itself still counts as dormant.",
		tags=("Potential", "Dormant"),
		events=(Delivery(months(6), of(DISCS, "500", 4)),),
	),
	Customer(
		name="Marlin Docks",
		story="Last invoice 6 calendar months and a day ago.",
		tags=("Potential", "Lost", "Silver"),
		events=(sale(months(6, 1), "60000"),),
	),
	Customer(
		name="Nettlefold Tools",
		story="510,000 sold, 10,000.01 of it returned: the year is 499,999.99.",
		tags=("Mid Value", "Active"),
		owes=True,
		events=(
			Invoice(
				ago=days(60),
				lines=(Line(PRESS, "499999.99"), Line(LATHE, "10000.01")),
				returned_lines=(1,),
				returned=days(50),
			),
		),
	),
	Customer(
		name="Otterburn Mills",
		story="600,000 exactly 365 days ago: the day before the year begins.",
		tags=("Potential", "Lost"),
		events=(sale(days(365), "60000", qty=10),),
	),
	Customer(
		name="Pinecrest Timber",
		story="600,000 exactly 364 days ago: the first day of the year. Nothing since.",
		tags=("High Value", "Lost", "Silver"),
		events=(sale(days(364), "60000", qty=10),),
	),
	Customer(
		name="Quillstone Group",
		story="80,000 CNY from Willow Bay Trading and 3,000 USD from Willow Bay Pacific: 101,000 together.",
		tags=("Mid Value", "Active"),
		events=(
			sale(days(45), "20000", LATHE, 4),
			sale(days(35), "3000", LATHE, company=PACIFIC, from_stock=True),
		),
		territory="Overseas",
	),
	Customer(
		name="Ravenscar Marine",
		story="Invoiced in USD by the CNY company, on a USD receivable account, and not paid yet.",
		tags=("Potential", "Active"),
		owes=True,
		events=(sale(days(25), "2500", LATHE, 4, currency="USD", conversion_rate="7.1", due_after=10),),
		territory="Overseas",
		currency="USD",
	),
	Customer(
		name="Saltmarsh Boats",
		story="250,000 here and 300,000 on a duplicate record that was merged into it.",
		tags=("High Value", "Active"),
		events=(sale(days(10), "50000", qty=5),),
		duplicate=("Salt Marsh Boatyard", (sale(days(100), "50000", qty=6),)),
	),
	Customer(
		name="Thornbury Household",
		story="Three counter sales, two of them consolidated: 99,999.99, nothing counted twice.",
		tags=("Potential", "Active", "Product-oriented"),
		events=(
			CounterSale(days(8), of(LATHE, "20000", 3), shift_closed=True),
			CounterSale(days(7), of(LATHE, "15000", 2), shift_closed=True),
			CounterSale(days(1), of(WRENCHES, "9999.99"), shift_closed=False),
		),
		group="Walk-in",
	),
	Customer(
		name="Umberline Ceramics",
		story="A cancelled invoice of 600,000 and a draft of 400,000 do not count; 20,000 does.",
		tags=("Potential", "Active"),
		events=(
			sale(days(14), "60000", qty=10, state="Cancelled"),
			sale(days(13), "40000", qty=10, state="Draft"),
			sale(days(12), "20000", LATHE),
		),
	),
	Customer(
		name="Valehead Brewers",
		story="150,000 overdue and paid in part, 30,000 not due yet.",
		tags=("Mid Value", "Active"),
		owes=True,
		events=(
			sale(days(80), "50000", qty=3, paid="50000"),
			sale(days(10), "15000", LATHE, 2),
		),
		territory="River Towns",
	),
	Customer(
		name="Wexcombe Laboratories",
		story="Three issues in the year, one of them resolved.",
		tags=("Potential", "Active", "Service-oriented"),
		events=(
			sale(days(30), "20000", LATHE, 2, from_stock=True),
			Ticket(days(120), "Lathe chuck slips", "Resolved"),
			Ticket(days(28), "Oil leaks at the spindle"),
			Ticket(days(3), "Spare belts are missing", "Replied"),
		),
	),
	Customer(
		name="Yarrow Clinics",
		story="Three invoices and two issues: neither product-oriented nor service-oriented.",
		tags=("Potential", "Active"),
		events=(
			sale(days(70), "1500", VISIT, 2),
			sale(days(40), "1500", VISIT, 2),
			sale(days(9), "5000", FITTING),
			Ticket(days(60), "Visit came late", "Closed"),
			Ticket(days(8), "Please send the certificate"),
		),
	),
	Customer(
		name="Zephyr Kites",
		story="Exactly three invoices, and one issue in the year; a second one is older.",
		tags=("Potential", "Active", "Product-oriented"),
		events=(
			sale(days(75), "500", DISCS, 10),
			sale(days(50), "500", DISCS, 10),
			sale(days(11), "800", OIL, 5, from_stock=True),
			Ticket(days(365), "Discs wear out fast", "Closed"),
			Ticket(days(45), "Which oil for brass?", "Resolved"),
		),
	),
	Customer(
		name="Alderman Rope",
		story="An invoice every 90 days for exactly 730 days.",
		tags=("Mid Value", "Active", "Product-oriented", "Relationship-oriented", "Silver"),
		events=tuple(sale(days(ago), "15000", LATHE, 2) for ago in range(730, 0, -90)),
		territory="River Towns",
	),
	Customer(
		name="Bramblegate Nurseries",
		story="Invoices 91 days apart, the last long ago.",
		tags=("Potential", "Lost"),
		owes=True,
		events=tuple(sale(days(ago), "1000", WRENCHES) for ago in (730, 639, 548)),
	),
	Customer(
		name="Corrie Glass",
		story="Monthly invoices, but a customer for only 729 days.",
		tags=("Potential", "Lost"),
		events=tuple(sale(days(ago), "1000", WRENCHES) for ago in (729, 699, 669)),
	),
	Customer(
		name="Dunlin Optics",
		story="Written to, called and visited; never bought: no status.",
		tags=("Potential",),
		events=(
			Contacted(days(90), "Email", "Catalogue sent"),
			Contacted(days(60), "Phone", "First call"),
			Contacted(days(58), "Chat", "Question about lathes"),
			Contacted(days(55), "SMS", "Appointment confirmed"),
			Contacted(days(50), "Meeting", "Presentation in our showroom"),
			Contacted(days(30), "Visit", "Walk through their workshop"),
			Contacted(days(20), "Event", "Met at the spring fair"),
			Contacted(days(5), "Other", "Postcard"),
		),
		industry="Technology",
	),
	Customer(
		name="Elmhurst Stage",
		story="Never bought; High Value by hand, and locked against the rules.",
		tags=("High Value",),
		by_hand=TagByHand("High Value", "The board treats it as a key account.", locked=True),
	),
	Customer(
		name="Foxglove Hotels",
		story="Gold by hand until 30 days ago; 30,000 in the year.",
		tags=("Potential", "Active"),
		events=(sale(days(15), "15000", LATHE, 2),),
		by_hand=TagByHand("Gold", "Courtesy of the opening season.", expired=days(30)),
	),
	Customer(
		name="Gannet Air",
		story="99,000 and a debit note of 1,000 count; the opening balance of 900,000 does not.",
		tags=("Mid Value", "Active"),
		events=(
			sale(days(90), "900000", opening=True),
			sale(days(20), "99000"),
			sale(days(10), "1000", debit_note=True),
		),
	),
	Customer(
		name="Heron Bridge",
		story="Bought 200 days ago and returned everything 30 days ago: a return is no cooperation.",
		tags=("Potential", "Lost"),
		owes=True,
		events=(Invoice(ago=days(200), lines=of(LATHE, "20000", 6), returned_lines=(0,), returned=days(30)),),
	),
	Customer(
		name="Islay Traders",
		story="71,428.57 USD from Willow Bay Pacific: 499,999.99 in the reporting currency.",
		tags=("Mid Value", "Active", "Gold"),
		events=(
			Order(days(400), of(WRENCHES, "150"), PACIFIC),
			sale(days(30), "71428.57", company=PACIFIC),
		),
		territory="Overseas",
	),
	Customer(
		name="Jasper Kelp",
		story="99,000 and 13 % tax: 111,870 to pay, 99,000 of revenue.",
		tags=("Potential", "Active"),
		events=(sale(days(22), "33000", PRESS, 3, taxed=True),),
	),
	Customer(
		name="Larkspur Gardens",
		story="105,000 less a discount of 5,000.01 on the whole invoice.",
		tags=("Potential", "Active"),
		events=(sale(days(18), "35000", PRESS, 3, discount="5000.01"),),
	),
)


@dataclass(frozen=True, slots=True)
class User:
	email: str
	first_name: str
	roles: tuple[str, ...]
	customers: tuple[str, ...] = ()
	"""The only customers this user may see; empty: all."""


PASSWORD = "willow-bay-2026"
"""Of all three demo users. Demo sites only."""

MANAGER = User(
	"manager@willowbay.example", "Mei (Sales Manager)", ("Sales Manager", "Sales User", "Accounts User")
)
SELLER = User(
	"seller@willowbay.example",
	"Tomas (Sales User)",
	("Sales User",),
	("Azure Kiln Works", "Kestrel Yard", "Wexcombe Laboratories"),
)
AGENT = User("agent@willowbay.example", "Ines (Support Agent)", ("Support Team",))
USERS = (MANAGER, SELLER, AGENT)
