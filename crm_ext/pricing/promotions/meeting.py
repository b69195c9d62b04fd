# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Whether a promotion is for a sale at all, as far as that needs no database. Pure but for its types."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time

from crm_ext.pricing.promotions.live import LivePromotion
from crm_ext.pricing.promotions.model import Refusal
from crm_ext.rules.hold_out import held_out


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
	"""The circumstances of a sale. `at`: the time of day, in site time; `places`: the keys of its `Place`."""

	company: str
	day: date
	at: time
	places: Collection[str]
	customer: str = ""
	payment_terms: str = ""
	sales_partner: str = ""


def refusal(live: LivePromotion, occasion: Occasion) -> Refusal | None:
	"""Why a promotion is not for this sale; None: it may be."""
	if live.company and live.company != occasion.company:
		return Refusal.OTHER_COMPANY
	if live.valid_from and occasion.day < live.valid_from:
		return Refusal.NOT_YET
	if live.valid_to and live.valid_to < occasion.day:
		return Refusal.EXPIRED
	if live.places and live.places.isdisjoint(occasion.places):
		return Refusal.PLACE
	if not _in_hours(live, occasion):
		return Refusal.HOURS
	if live.payment_terms and live.payment_terms != occasion.payment_terms:
		return Refusal.PAYMENT_TERMS
	if live.sales_partner and live.sales_partner != occasion.sales_partner:
		return Refusal.SALES_PARTNER
	if (live.first_order or live.goal) and not occasion.customer:
		return Refusal.CONDITIONS
	if occasion.customer and held_out(live.name, occasion.customer, live.hold_out_percent):
		return Refusal.HOLD_OUT
	return None


def _in_hours(live: LivePromotion, occasion: Occasion) -> bool:
	"""From the first minute on and before the last; hours over midnight belong to the day on which they began."""
	begins, ends, at = live.from_time or time.min, live.to_time, occasion.at
	over_midnight = ends is not None and ends <= begins
	weekday = occasion.day.weekday()
	if over_midnight and at < ends:
		weekday = (weekday - 1) % 7
	elif at < begins or (ends is not None and not over_midnight and at >= ends):
		return False
	return not live.weekdays or weekday in live.weekdays
