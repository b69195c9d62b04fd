# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What is asked of the price engine, and its answer: a basket in, a result out. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from datetime import time as time_of_day
from decimal import Decimal

from crm_ext.pricing.model import Priced
from crm_ext.pricing.promotions.model import NO_OUTCOME, CouponAnswer, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketLine:
	"""One line: `qty` of `item_code` in `uom`, which is the stock unit where it is empty.

	`conversion_factor`: stock units in one `uom`, where the document says so itself.
	"""

	key: str
	item_code: str
	qty: Decimal = Decimal(1)
	uom: str = ""
	conversion_factor: Decimal | None = None
	batch_no: str = ""
	price: Decimal | None = None
	"""The automatic price, where it is known: then neither price lists nor matrices are asked."""
	fixed: Decimal | None = None
	"""The rate of a line that promotions are not to make cheaper; it counts towards their amounts."""
	apart: bool = False
	"""Whether promotions do not look at the line at all: an alternative that is not in the total."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
	"""What somebody would buy. What is empty is filled in as ERPNext does for the customer and the company.

	`date` is the day of the sale, in site time. `conversion_rate`: company currency for one unit of `currency`;
	`plc_conversion_rate`: the same for the currency of the price list. `time` is that of the sale,
	in site time, None for now; `payment_terms` a Payment Terms Template; `coupons` the codes that were given; without
	`promotions` the prices are those before them. `doctype`: the document whose rates these are to be.
	"""

	company: str
	date: date
	lines: tuple[BasketLine, ...]
	customer: str = ""
	lead: str = ""
	customer_group: str = ""
	currency: str = ""
	price_list: str = ""
	conversion_rate: Decimal | None = None
	plc_conversion_rate: Decimal | None = None
	pos_profile: str = ""
	branch: str = ""
	territory: str = ""
	sales_channel: str = ""
	payment_terms: str = ""
	sales_partner: str = ""
	time: time_of_day | None = None
	coupons: tuple[str, ...] = ()
	promotions: bool = True
	doctype: str = "Sales Order"
	lenient: bool = False
	"""Whether a unit that the item does not have counts as its stock unit, as it does in ERPNext's documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
	"""The prices of a basket by the keys of its lines, promotions included: see `outcome`. `messages` are sentences for the person who asked."""

	currency: str
	price_list: str
	as_of: date
	priced: Mapping[str, Priced]
	messages: tuple[str, ...] = ()
	outcome: Outcome = NO_OUTCOME
	coupons: tuple[CouponAnswer, ...] = ()
