# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The vocabulary of prices: what is sold, to whom and where; what rates and kinds there are; what comes out. Pure.

Amounts are Decimals. “Document currency” is the currency of the basket, “company currency” that of its company.
Unless said otherwise an amount is in document currency, for one unit of the line's own UOM.

What a rate is for is told by keys, “Brand:Willow”, and what a line offers by the same keys, the most particular first:
so the place of a key in that list is how particular the rate is (`precedence`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Protocol

ANY = ""
"""The key of a rate that is for all items, all customers or all points of sale."""


class Gives(str, Enum):
	"""What a rate gives."""

	RATE = "Rate"
	DISCOUNT_PERCENTAGE = "Discount Percentage"
	DISCOUNT_AMOUNT = "Discount Amount"
	MARKUP = "Markup on Cost"
	KIND = "Price Kind"


class Base(str, Enum):
	"""What a price kind starts from."""

	PRICE_LIST = "Price List"
	VALUATION_RATE = "Valuation Rate"
	LAST_PURCHASE_RATE = "Last Purchase Rate"
	KIND = "Price Kind"


COSTS = (Base.VALUATION_RATE, Base.LAST_PURCHASE_RATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
	"""What pricing knows of an item. `groups`: its item group and those above it, the nearest first."""

	code: str
	name: str = ""
	template: str = ""
	brand: str = ""
	groups: tuple[str, ...] = ()
	stock_uom: str = ""
	factors: Mapping[str, Decimal] = field(default_factory=dict)
	"""Stock units in one unit of each other UOM that the item has."""

	@property
	def keys(self) -> tuple[str, ...]:
		own = (
			f"Item:{self.code}",
			self.template and f"Item:{self.template}",
			self.brand and f"Brand:{self.brand}",
		)
		return (*filter(None, own), *(f"Item Group:{group}" for group in self.groups), ANY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
	"""Who buys. `tags`: the first counts most; `groups`: the nearest first; `kind`: the price kind that holds, if any.

	`observed_kind`: the one that would hold if those that observe were active, where that is another. A Lead has neither customer nor tags nor kind.
	"""

	customer: str = ""
	tags: tuple[str, ...] = ()
	groups: tuple[str, ...] = ()
	kind: str = ""
	observed_kind: str = ""

	@property
	def keys(self) -> tuple[str, ...]:
		own = [f"Customer:{self.customer}"] if self.customer else []
		own += [f"Customer Tag:{tag}" for tag in self.tags]
		return (*own, *(f"Customer Group:{group}" for group in self.groups), ANY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
	"""Where the sale is made. `territories`: the nearest first."""

	pos_profile: str = ""
	branch: str = ""
	territories: tuple[str, ...] = ()
	sales_channel: str = ""

	@property
	def keys(self) -> tuple[str, ...]:
		own = (
			self.pos_profile and f"POS Profile:{self.pos_profile}",
			self.branch and f"Branch:{self.branch}",
			*(f"Territory:{territory}" for territory in self.territories),
			self.sales_channel and f"Sales Channel:{self.sales_channel}",
		)
		return (*filter(None, own), ANY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
	"""One rate of a matrix. `min_qty` is in `uom`; an empty `uom` is the stock unit, an empty `currency` the matrix's."""

	name: str
	matrix: str
	item_key: str = ANY
	customer_key: str = ANY
	place_key: str = ANY
	uom: str = ""
	currency: str = ""
	min_qty: Decimal = Decimal(0)
	valid_from: date | None = None
	valid_to: date | None = None
	gives: Gives = Gives.RATE
	value: Decimal = Decimal(0)
	kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
	"""A price matrix for one basket. `refusal` says why it does not count here, as a Reason; empty: it counts."""

	name: str
	version: str
	"""Of its own fields and of its rates: “3.17”."""
	priority: int = 0
	currency: str = ""
	graduated: bool = False
	sum_equal_items: bool = True
	refusal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
	"""A price kind. `percent` is added to the base; an empty `price_list` is the document's."""

	name: str
	version: str
	base: Base = Base.PRICE_LIST
	price_list: str = ""
	based_on: str = ""
	percent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
	"""One line to price. `factor`: stock units in one `uom`. `qty` is in `uom`, without sign."""

	key: str
	item: Item
	qty: Decimal
	uom: str
	factor: Decimal = Decimal(1)
	batch_no: str = ""
	kept: bool = False
	"""Whether the price of the price list stands: its batch has a price of its own."""


class Book(Protocol):
	"""What the engine looks up: list prices, costs, rates of exchange, and how ERPNext rounds, to how many `places`."""

	places: int

	def list_rate(self, line: Line, price_list: str) -> tuple[Decimal, str, str] | None:
		"""The price of a price list for a unit of the line, its currency, and the name of the list.

		An empty name asks for the document's price list.
		"""

	def cost(self, line: Line, base: Base) -> Decimal | None:
		"""The cost of one stock unit in company currency."""

	def exchange(self, currency: str) -> Decimal:
		"""Units of document currency in one of `currency`; empty: the company's. Raises NoExchangeRate."""

	def rounded(self, amount: Decimal) -> Decimal:
		"""As ERPNext rounds a rate of this document."""


class Reason(str, Enum):
	"""Why a rate, a kind or a matrix did not count."""

	OUTRANKED = "outranked"
	"""Another rate comes before it; `by` says in what: matrix, item, customer, place, uom, currency, quantity, start, name."""
	QUANTITY = "quantity"
	"""The quantity does not reach it."""
	NOT_YET = "not yet"
	EXPIRED = "expired"
	CONDITIONS = "conditions"
	OTHER_COMPANY = "other company"
	OBSERVING = "observing"
	"""The matrix or kind only observes: what it would have given is in `detail["price"]`."""
	NO_EXCHANGE_RATE = "no exchange rate"
	NO_COST = "no cost"
	NO_LIST_PRICE = "no list price"
	NO_KIND = "no kind"
	"""Its price kind is not in force."""
	CIRCLE = "circle"
	"""Its price kind is based on itself."""
	NOTHING_TO_DISCOUNT = "nothing to discount"
	"""There is no price yet that the discount could be taken from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loser:
	"""What did not count, and why. `doctype` is Price Matrix, Price Kind or Sales Promotion: then the reason is a Refusal."""

	doctype: str
	name: str
	reason: Enum
	rate: str = ""
	detail: Mapping[str, str] = field(default_factory=dict)


class Did(str, Enum):
	"""The steps of a price."""

	LIST = "list"
	"""The price of the price list. detail: price_list."""
	KIND = "kind"
	"""A price kind replaced it. detail: as of `kinds.kind_price`."""
	MATRIX = "matrix"
	"""A rate of a matrix. detail: `for`, the three keys, {min_qty, unit} of a break, and as of `giving.Giver`."""
	ROUNDING = "rounding"
	"""As ERPNext rounds. detail: places."""
	PROMOTION = "promotion"
	"""A promotion made it cheaper. detail: {kind, discount, units, qty, coupon}: `discount` in all, on `units` of `qty`."""
	LOCKED = "locked"
	"""The user locked the price, or typed it."""
	SOURCE = "source"
	"""Agreed in the document before. detail: doctype, name."""
	NATIVE = "native"
	"""ERPNext's own Pricing Rules. detail: rules."""
	MARGIN = "margin"
	MANUAL = "manual"
	"""A discount or rate given by hand, by the user or the program that saved the document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
	"""One step: the price before and after. `by` is (DocType, name, version) of the rule, if there is one."""

	did: Did
	after: Decimal
	before: Decimal | None = None
	by: tuple[str, str, str] | None = None
	rate: str = ""
	detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
	"""What came out for one line.

	`base` is the price of the document's price list, `price` the automatic price, rounded: None where there is none.
	`ours` is False where neither a kind nor a matrix had a say, so that ERPNext's own price stays.
	"""

	key: str
	uom: str
	base: Decimal | None
	price: Decimal | None
	ours: bool = False
	steps: tuple[Step, ...] = ()
	losers: tuple[Loser, ...] = ()
	promoted: Decimal | None = None
	"""The automatic rate, rounded, where promotions made it less than `price`."""

	@property
	def rate(self) -> Decimal | None:
		"""What the line is sold at, unless somebody says otherwise."""
		return self.price if self.promoted is None else self.promoted

	@property
	def automatic(self) -> bool:
		"""Whether the price is not ERPNext's own: a kind or a matrix made it, or a promotion acts on it."""
		return self.ours or self.promoted is not None

	@property
	def telling(self) -> bool:
		"""Whether there is something to tell: an automatic price, or one that a rule only observed."""
		return self.automatic or any(loser.reason == Reason.OBSERVING for loser in self.losers)
