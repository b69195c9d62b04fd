# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What is asked of the price engine, and its answer: a basket in, a result out. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from crm_ext.pricing.model import Priced


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
	"""What somebody would buy. What is empty is filled in as ERPNext does for the customer and the company.

	`date` is the day of the sale, in site time. `conversion_rate`: company currency for one unit of `currency`;
	`plc_conversion_rate`: the same for the currency of the price list. `doctype`: the document whose rates these are to be.
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
	doctype: str = "Sales Order"
	lenient: bool = False
	"""Whether a unit that the item does not have counts as its stock unit, as it does in ERPNext's documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
	"""The prices of a basket by the keys of its lines. `messages` are sentences for the person who asked."""

	currency: str
	price_list: str
	as_of: date
	priced: Mapping[str, Priced]
	messages: tuple[str, ...] = ()
