# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What was sold at Willow Bay Trading at automatic prices, what was asked for below the floor, and what is paid today.

Plain data. The documentation prints the prices (docs/demo.md), the tests hold the engine to them.
"""

from dataclasses import dataclass, field

from crm_ext.demo.data import HOME, PACIFIC, SHOP, Ago, Company, days
from crm_ext.demo.pricing_data import BRANCH, OXBOW, PEREGRINE, PHONE, QUARRY, ROOKERY, STAFF, WEB_SHOP


@dataclass(frozen=True, slots=True)
class Buys:
	"""One line. A rate that is given is typed by hand."""

	item: str
	qty: float = 1
	uom: str = ""
	rate: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
	"""An order that becomes a delivery and an invoice, each so many days ago; `returned` lines come back."""

	customer: str
	ordered: Ago
	delivered: Ago
	invoiced: Ago
	lines: tuple[Buys, ...]
	returned: tuple[int, ...] = ()
	channel: str = ""


TRADES = (
	Trade(
		customer=OXBOW.name,
		ordered=days(12),
		delivered=days(10),
		invoiced=days(9),
		lines=(Buys("WB-LATHE", 3), Buys("WB-GLOVE-M", 10, "Box"), Buys("WB-DISCS", 30)),
		returned=(1,),
	),
	Trade(
		customer=PEREGRINE.name,
		ordered=days(11),
		delivered=days(8),
		invoiced=days(8),
		lines=(Buys("WB-LATHE", 10), Buys("WB-VISE"), Buys("WB-BIT", 4)),
	),
	Trade(
		customer=QUARRY.name,
		ordered=days(7),
		delivered=days(6),
		invoiced=days(5),
		lines=(Buys("WB-WRENCH", 12), Buys("WB-OIL", 2, rate=700)),
		channel=PHONE,
	),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
	"""A quotation below the floor, and what became of the request."""

	customer: str
	line: Buys
	reason: str
	status: str
	note: str = ""


APPROVALS = (
	Approval(
		customer="Wexcombe Laboratories",
		line=Buys("WB-LATHE", 2, rate=12_600),
		reason="They would order six more in spring.",
		status="Requested",
	),
	Approval(
		customer="Kestrel Yard",
		line=Buys("WB-PRESS", rate=31_500),
		reason="Comes back to us if we match the offer of another.",
		status="Approved",
		note="Once, to win the customer back.",
	),
	Approval(
		customer="Azure Kiln Works",
		line=Buys("WB-LATHE", rate=10_000),
		reason="Asked for a demonstration machine.",
		status="Rejected",
		note="Below cost. Lend it the machine instead.",
	),
	Approval(
		customer="Azure Kiln Works",
		line=Buys("WB-VISE", 4, rate=1_950),
		reason="Goes with the order of last week.",
		status="Withdrawn",
	),
)

TAMPERED = (QUARRY.name, Buys("WB-WRENCH", 2), 900)
"""Who ordered what two days ago, and the rate that somebody has written into the order past ERPNext."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
	"""What a line costs today. `where`: fields of the basket; `by`: what decides, last of all."""

	customer: str
	item: str
	price: str
	by: str
	qty: float = 1
	uom: str = ""
	where: dict = field(default_factory=dict)
	company: Company = HOME


def _at(**where: str) -> dict:
	return {"where": where}


PRICES = (
	Price(customer=OXBOW.name, item="WB-LATHE", price="19500", by="Retail 2026: 2.5 % off"),
	Price(customer=OXBOW.name, item="WB-LATHE", qty=5, price="19000", by="Retail 2026: from 5"),
	Price(
		customer=PEREGRINE.name,
		item="WB-LATHE",
		qty=8,
		price="17700",
		by="Retail 2026: for Gold, from 5; the tag comes before the quantity",
	),
	Price(
		customer=PEREGRINE.name, item="WB-LATHE", qty=10, price="17200", by="Retail 2026: for Gold, from 10"
	),
	Price(
		customer="Azure Kiln Works",
		item="WB-LATHE",
		price="17000",
		by="Retail 2026: the customer comes before its tags",
	),
	Price(
		customer="Azure Kiln Works",
		item="WB-PRESS",
		price="45000",
		by="Retail 2026: Platinum comes before Key Accounts",
	),
	Price(customer="Birchwood Presses", item="WB-PRESS", price="46000", by="Retail 2026: Key Accounts"),
	Price(customer="Quillstone Group", item="WB-PRESS", price="51500", by="Retail 2026: Overseas"),
	Price(
		customer=PEREGRINE.name, item="WB-VISE", price="2857.60", by="Member, then Machines for Gold less 6 %"
	),
	Price(
		customer=OXBOW.name,
		item="WB-VISE",
		price="3136",
		by="Workshop Equipment less 2 %: Machines are under it",
	),
	Price(customer=OXBOW.name, item="WB-BIT", price="24.25", by="the brand Tern less 3 %"),
	Price(
		customer=OXBOW.name,
		item="WB-BIT",
		qty=5,
		uom="Box",
		price="205",
		by="from 5 boxes: the unit of the line comes first",
	),
	Price(customer=OXBOW.name, item="WB-BIT", qty=60, price="22", by="from 50 pieces"),
	Price(
		customer=OXBOW.name,
		item="WB-GLOVE-M",
		qty=10,
		uom="Box",
		price="285",
		by="the template, from 10 boxes",
	),
	Price(
		customer=OXBOW.name,
		item="WB-GLOVE-L",
		qty=10,
		uom="Box",
		price="312",
		by="the variant comes before the template, whatever the quantity",
	),
	Price(
		customer=OXBOW.name,
		item="WB-DISCS",
		qty=30,
		price="490",
		by="Trade Consumables: 20 at 500, 10 at 470",
	),
	Price(
		customer=QUARRY.name,
		item="WB-WRENCH",
		qty=50,
		price="1050",
		by="at the counter, whatever the quantity",
		**_at(pos_profile=SHOP),
	),
	Price(
		customer=OXBOW.name,
		item="WB-WRENCH",
		qty=50,
		price="940",
		by="in the web shop, whatever the quantity",
		**_at(sales_channel=WEB_SHOP),
	),
	Price(customer=QUARRY.name, item="WB-DISCS", price="465", by="at the branch", **_at(branch=BRANCH)),
	Price(
		customer=STAFF.name,
		item="WB-VISE",
		price="2048.20",
		by="Cost plus 10 %, less 2 % for Workshop Equipment",
	),
	Price(
		customer=ROOKERY.name,
		item="WB-VISE",
		price="2327.50",
		by="Service: last purchase plus 25 %, less 2 %",
	),
	Price(
		customer=ROOKERY.name,
		item="WB-BIT",
		price="15.40",
		by="Retail 2026 gives it the kind Cost for Tern",
	),
	Price(customer="Nettlefold Tools", item="WB-OIL", price="552", by="cost plus 15 %"),
	Price(customer="Kestrel Yard", item="WB-OIL", price="704", by="Win-back 2026 has the higher priority"),
	Price(customer=OXBOW.name, item="WB-OIL", price="740", by="the offer of the season"),
	Price(customer=OXBOW.name, item="WB-VISIT", price="1400", by="Trade"),
	Price(customer=OXBOW.name, item="WB-FITTING", price="4750", by="250 off"),
	Price(customer="Alderman Rope", item="WB-VISIT", price="1400", by="the item comes before its group"),
	Price(
		customer="Islay Traders", item="WB-PRESS", price="6800", by="Pacific 2026, in USD", company=PACIFIC
	),
)
