# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Promotions as they are compiled: read in sets, a few statements for all of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import time
from decimal import Decimal

import frappe
from frappe.utils import get_time

from crm_ext.pricing.live import LIVE, LiveRule, rule_fields
from crm_ext.pricing.model import ANY
from crm_ext.pricing.promotions.model import Combination, Gives, Kind, Part, Product, Promotion, Tier
from crm_ext.pricing.promotions.usage import Limits, limits_from
from crm_ext.pricing.store import number
from crm_ext.rules.lifecycle import Status

PROMOTION = "Sales Promotion"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PRODUCT = (("item", "Item"), ("brand", "Brand"), ("item_group", "Item Group"))
_PLACE = (
	*(("pos_profile", "POS Profile"), ("branch", "Branch")),
	*(("territory", "Territory"), ("sales_channel", "Sales Channel")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePromotion(LiveRule):
	"""A promotion that is active or observes, and for whom, where and when it is.

	`places`: keys as `pricing.model.Place.keys` has them; `weekdays`: 0 is Monday; empty: everywhere, every day.
	"""

	promotion: Promotion
	observing: bool
	company: str
	places: frozenset[str]
	weekdays: frozenset[int]
	from_time: time | None
	to_time: time | None
	payment_terms: str
	sales_partner: str
	first_order: bool
	hold_out_percent: float
	goal: Decimal
	goal_period: str
	needs_coupon: bool
	limits: Limits

	@property
	def keys(self) -> tuple[str, ...]:
		"""The keys of the items that make it a candidate."""
		bought = self.promotion.products_of(Part.BUY)
		return tuple(product.key for product in bought) or (ANY,)

	@property
	def gifts(self) -> frozenset[str]:
		"""The items that it may give for free."""
		items = (self.promotion.gift_item, *(tier.gift_item for tier in self.promotion.tiers))
		return frozenset(filter(None, items))


def live_promotions() -> dict[str, LivePromotion]:
	"""All that are active or observe, by name."""
	return _read({"status": ("in", LIVE)})


def as_if_active(names: Collection[str], *, any_day: bool = False) -> dict[str, LivePromotion]:
	"""Promotions by these names, whatever their status, as if they were active; on `any_day`: from ever, and for ever."""
	found = _read({"name": ("in", list(names))}, active=True) if names else {}
	if not any_day:
		return found
	return {name: replace(live, valid_from=None, valid_to=None) for name, live in found.items()}


def by_key(promotions: Mapping[str, LivePromotion]) -> dict[str, tuple[str, ...]]:
	"""The names of the promotions for each key of an item."""
	found: dict[str, list[str]] = defaultdict(list)
	for name, live in promotions.items():
		for key in live.keys:
			found[key].append(name)
	return {key: tuple(names) for key, names in found.items()}


def _read(filters: dict, *, active: bool = False) -> dict[str, LivePromotion]:
	docs = frappe.get_all(PROMOTION, filters, ["*"], order_by="name")
	names = [doc.name for doc in docs]
	products, tiers, places, conditions = (
		_children(child, names)
		for child in ("Promotion Item", "Promotion Tier", "Promotion Place", "Rule Condition")
	)
	return {
		doc.name: _live(
			doc,
			_promotion(doc, products[doc.name], tiers[doc.name]),
			places[doc.name],
			conditions[doc.name],
			observing=doc.status == Status.OBSERVING and not active,
		)
		for doc in docs
	}


def _children(child: str, names: list[str]) -> Mapping[str, list]:
	found: dict[str, list] = defaultdict(list)
	if names:
		filters = {"parenttype": PROMOTION, "parent": ("in", names)}
		for row in frappe.get_all(child, filters, ["*"], order_by="parent, idx"):
			found[row.parent].append(row)
	return found


def _live(doc, promotion: Promotion, places: list, conditions: list, *, observing: bool) -> LivePromotion:
	return LivePromotion(
		**rule_fields(PROMOTION, doc, promotion.version, conditions),
		promotion=promotion,
		observing=observing,
		company=doc.company or "",
		places=frozenset(_key(row, _PLACE) for row in places),
		weekdays=frozenset(place for place, day in enumerate(WEEKDAYS) if doc.get(day)),
		from_time=get_time(doc.from_time) if doc.from_time is not None else None,
		to_time=get_time(doc.to_time) if doc.to_time is not None else None,
		payment_terms=doc.payment_terms_template or "",
		sales_partner=doc.sales_partner or "",
		first_order=bool(doc.first_order),
		hold_out_percent=float(doc.hold_out_percent or 0),
		goal=number(doc.goal_amount),
		goal_period=doc.goal_period or "",
		needs_coupon=bool(doc.needs_coupon),
		limits=limits_from(doc),
	)


def _promotion(doc, products: list, tiers: list) -> Promotion:
	return Promotion(
		name=doc.name,
		version=str(doc.version),
		kind=Kind(doc.kind),
		combination=Combination(doc.combination),
		priority=doc.priority or 0,
		group=doc.promotion_group or "",
		currency=doc.currency,
		uom=doc.uom or "",
		products=tuple(
			Product(
				key=_key(row, _PRODUCT),
				part=Part(row.part),
				component=row.component or 0,
				qty=number(row.qty),
			)
			for row in products
		),
		buy_qty=number(doc.buy_qty),
		get_qty=number(doc.get_qty),
		gives=Gives(doc.gives) if doc.gives else Gives.PERCENT,
		value=number(doc.value),
		gift_item=doc.gift_item or "",
		most_times=doc.most_times or 0,
		tiers=tuple(
			Tier(
				at_least=number(row.at_least),
				gives=Gives(row.gives),
				value=number(row.value),
				gift_item=row.gift_item or "",
				gift_qty=number(row.gift_qty),
			)
			for row in tiers
		),
		tiers_by_amount=doc.tiers_by == "Amount",
		minimum_amount=number(doc.minimum_amount),
		shipping_account=doc.shipping_account or "",
	)


def _key(row, columns: tuple[tuple[str, str], ...]) -> str:
	"""“Item:CODE” of the column that is filled in."""
	return next((f"{kind}:{row.get(column)}" for column, kind in columns if row.get(column)), ANY)
