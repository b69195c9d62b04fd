# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The vocabulary of promotions: what they are for, what they give, what comes out. Pure.

Amounts are Decimals in document currency, prices for one unit of the line's own UOM, unless said otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

from crm_ext.pricing.model import Item, Step


class Kind(str, Enum):
	VOLUME = "Volume Discount"
	GRADUATED = "Graduated Discount"
	BUNDLE = "Bundle"
	ADD_ON = "Add-On"
	BUY_X_GET_Y = "Buy X Get Y"
	MIX_AND_MATCH = "Mix and Match"
	CHEAPEST_FREE = "Cheapest Free"
	THRESHOLD = "Order Threshold"
	SHIPPING = "Free Shipping"


PER_UNIT = frozenset({Kind.VOLUME, Kind.GRADUATED, Kind.THRESHOLD})
"""What makes each unit cheaper, whatever becomes of the others; the other kinds need several units together."""


class Gives(str, Enum):
	PERCENT = "Discount Percentage"
	AMOUNT = "Discount Amount"
	RATE = "Rate"
	FREE = "Free"
	GIFT = "Gift"


class Combination(str, Enum):
	BEST = "Best for the Customer"
	EXCLUSIVE = "Exclusive"
	COMPOUND = "Compound"


class Part(str, Enum):
	"""What a product of a promotion is there for."""

	BUY = "Buy"
	GET = "Get"
	EXCEPT = "Except"


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
	"""A product of a promotion. `key`: one of `pricing.model.Item.keys`. Of a bundle, `qty` of each `component`."""

	key: str
	part: Part = Part.BUY
	component: int = 0
	qty: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
	"""What holds from a quantity or an amount on; amounts are in the currency of the promotion."""

	at_least: Decimal
	gives: Gives
	value: Decimal = Decimal(0)
	gift_item: str = ""
	gift_qty: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
	"""A promotion as the engine sees it. Amounts are in `currency`; quantities in `uom`, or in stock units."""

	name: str
	version: str = "1"
	kind: Kind = Kind.VOLUME
	combination: Combination = Combination.BEST
	priority: int = 0
	group: str = ""
	currency: str = ""
	uom: str = ""
	products: tuple[Product, ...] = ()
	buy_qty: Decimal = Decimal(0)
	get_qty: Decimal = Decimal(0)
	gives: Gives = Gives.PERCENT
	value: Decimal = Decimal(0)
	gift_item: str = ""
	most_times: int = 0
	tiers: tuple[Tier, ...] = ()
	tiers_by_amount: bool = False
	minimum_amount: Decimal = Decimal(0)
	shipping_account: str = ""

	def products_of(self, part: Part) -> tuple[Product, ...]:
		return tuple(product for product in self.products if product.part is part)

	def components(self) -> list[list[Product]]:
		"""What makes up a bundle: products with the same number are alternatives."""
		components: dict[object, list[Product]] = {}
		for place, product in enumerate(self.products_of(Part.BUY)):
			components.setdefault(product.component or f"row {place}", []).append(product)
		return [*components.values()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
	"""A promotion for one basket. `exchange`: document currency for one unit of the promotion's.

	`coupon`: the code that it counts by. An observing one only says what it would give.
	"""

	promotion: Promotion
	exchange: Decimal = Decimal(1)
	coupon: str = ""
	observing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoLine:
	"""A line that promotions look at. `price`: its automatic price; of a `fixed` line what it is sold at.

	A fixed line is not made cheaper (native Pricing Rules, a locked price, an agreed one); it counts towards amounts.
	"""

	key: str
	item: Item
	qty: Decimal
	uom: str
	price: Decimal
	factor: Decimal = Decimal(1)
	fixed: bool = False


class Refusal(str, Enum):
	"""Why a promotion did not count."""

	NOT_YET = "not yet"
	EXPIRED = "expired"
	OTHER_COMPANY = "other company"
	OBSERVING = "observing"
	"""It only observes: `detail["discount"]` says what it would have given."""
	CONDITIONS = "conditions"
	PLACE = "place"
	HOURS = "hours"
	"""Another weekday, or another hour."""
	PAYMENT_TERMS = "payment terms"
	SALES_PARTNER = "sales partner"
	NOT_THE_FIRST = "not the first"
	GOAL = "goal"
	"""detail: {goal, bought}, in the currency of the promotion."""
	HOLD_OUT = "hold-out"
	COUPON = "coupon"
	"""It needs a coupon, and there is none that counts."""
	USED_UP = "used up"
	"""detail: {limit}: uses, customers, budget, uses per customer."""
	NO_EXCHANGE_RATE = "no exchange rate"
	QUANTITY = "quantity"
	"""detail: {needs, has}."""
	AMOUNT = "amount"
	"""detail: {needs, has}, in document currency."""
	COMPONENT = "component"
	"""A component of the bundle, or what would be reduced, is missing; detail: {component}."""
	NO_SAVING = "no saving"
	OUTBID = "outbid"
	"""Others save the customer more on the same units; detail: {by}."""
	GROUP = "group"
	"""Another of its group counts; detail: {by}."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
	"""A promotion that did not count. `lines`: the keys of the lines that it could have been for."""

	promotion: str
	refusal: Refusal
	detail: Mapping[str, str] = field(default_factory=dict)
	lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
	"""Free goods: `qty` of an item in its stock unit; `price` is what one would cost here, 0 where nobody knows."""

	promotion: str
	item_code: str
	qty: Decimal
	price: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
	"""A promotion that counted. `lines`: what it takes off each line, in all. `times`: how often a set came together."""

	promotion: str
	version: str
	coupon: str = ""
	times: int = 1
	lines: Mapping[str, Decimal] = field(default_factory=dict)
	gifts: tuple[Gift, ...] = ()
	shipping_account: str = ""

	@property
	def discount(self) -> Decimal:
		"""What it takes off the lines, and what its gifts are worth."""
		return sum(self.lines.values(), Decimal(0)) + sum(
			(gift.qty * gift.price for gift in self.gifts), Decimal(0)
		)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
	"""What promotions make of a basket. `rates` and `steps` have the lines that became cheaper; rates are rounded."""

	rates: Mapping[str, Decimal] = field(default_factory=dict)
	steps: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)
	applied: tuple[Applied, ...] = ()
	lost: tuple[Lost, ...] = ()

	@property
	def gifts(self) -> tuple[Gift, ...]:
		return tuple(gift for one in self.applied for gift in one.gifts)


NO_OUTCOME = Outcome()


@dataclass(frozen=True, slots=True)
class CouponAnswer:
	"""What became of a code. `code` is as it is stored, or as it was given where there is none.

	`reason`: a word of `coupons`; `detail`: {date} of its NOT_YET and EXPIRED, {needs, has, currency} of MINIMUM, as text.
	"""

	code: str
	promotion: str = ""
	accepted: bool = False
	reason: str = ""
	detail: Mapping[str, str] = field(default_factory=dict)
