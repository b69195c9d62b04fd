# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What a document wants to use of promotions and coupons, and whether their limits still allow it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import frappe
from frappe.utils import flt, getdate

from crm_ext.exceptions import NoExchangeRate
from crm_ext.pricing import compiled
from crm_ext.pricing.promotions import coupons, stored
from crm_ext.pricing.promotions.coupons import Coupon
from crm_ext.pricing.promotions.live import LivePromotion, as_if_active
from crm_ext.pricing.promotions.origins import Share, by_promotion, origin_of, shares
from crm_ext.pricing.promotions.shipping import MARK
from crm_ext.pricing.promotions.usage import NOTHING, Change, Key, Used, keys_of, limit_reached
from crm_ext.pricing.settle import SELLING
from crm_ext.pricing.store import number
from crm_ext.rules.site import exchange_rate

PLACES = Decimal("1e-9")
"""As the database keeps amounts."""
STOPPED = "stopped"
"""It is not in force any more: paused or stopped since the draft was saved."""
COUPON = "coupon"
"""The limit of a promotion whose coupon does not count any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
	"""One use of a promotion. `discount` is in company currency, `exchange` the promotion's currency for one unit of it.

	`coupon` is the code that was handed in; `of_coupon` what is known of it, None: there is no such coupon any more.
	"""

	live: LivePromotion
	customer: str
	discount: Decimal
	exchange: Decimal
	coupon: str = ""
	of_coupon: Coupon | None = None
	running: bool = True

	@property
	def promotion(self) -> str:
		return self.live.name

	@property
	def charge(self) -> Decimal:
		"""What it takes from the budget, in the currency of the promotion."""
		return (self.discount * self.exchange).quantize(PLACES)

	@property
	def keys(self) -> list[Key]:
		"""The counters that count it."""
		of_coupon = self.of_coupon.keys(self.customer) if self.of_coupon else []
		return keys_of(self.promotion, self.customer, self.live.limits) + of_coupon

	def ran_out(self, used: Mapping[Key, Used]) -> str:
		"""The limit that stops it, by locked counters; empty: none."""
		if not self.running:
			return STOPPED
		limits = self.live.limits.stopping
		if limit := limit_reached(self.promotion, self.customer, limits, used, self.charge):
			return limit
		gone = self.coupon and self.of_coupon is None
		if gone or (self.of_coupon and coupons.ran_out(self.of_coupon, self.customer, used)):
			return COUPON
		return ""

	def within_budget(self, used: Mapping[Key, Used]) -> "Claim":
		"""The same with no more than what is left: charges for shipping are known only when totals are computed."""
		limits = self.live.limits.stopping
		if not (limits.budget and self.charge):
			return self
		left = max(limits.budget - used[Key(self.promotion)].amount, Decimal(0))
		return self if self.charge <= left else replace(self, exchange=self.exchange * left / self.charge)

	def changes(self, used: Mapping[Key, Used], times: int = 1) -> dict[Key, Change]:
		"""What counting it, or with -1 giving it back, adds to the counters: uses, customers, amount."""
		own = used.get(Key(self.promotion, self.customer), NOTHING)
		changed = self.live.limits.max_customers and own.uses == (0 if times > 0 else 1)
		return {
			key: (
				times,
				times if changed and key == Key(self.promotion) else 0,
				times * self.charge if key == Key(self.promotion) else Decimal(0),
			)
			for key in self.keys
		}


def claims_of(doc, found: Iterable[Share] | None = None) -> list[Claim]:
	"""What a document uses itself: what promotions took off its own lines, not off those of an earlier document.

	`found` are its shares, where they are known. One statement more where coupons were handed in.
	"""
	own = [share for share in found or shares(doc) if share.origin is None]
	wanted = by_promotion(own)
	handed_in = _coupons(doc) if wanted else {}
	sums = {
		promotion: (discount, coupon or handed_in.get(promotion, ""))
		for (_origin, promotion), (discount, coupon) in wanted.items()
	}
	codes = {coupon for _discount, coupon in sums.values() if coupon}
	known = coupons.read(codes, doc.customer, live=sums)
	live = live_of(sums)
	running = compiled.current().promotions
	quoted = {share.promotion for share in own if _is_quoted(doc, share)}
	rate = number(flt(doc.get("conversion_rate"))) or Decimal(1)
	return [
		Claim(
			live=live[promotion],
			customer=doc.customer,
			coupon=coupon,
			of_coupon=known.get(coupon.upper()),
			discount=(discount * rate).quantize(PLACES),
			exchange=exchange_of(doc, live[promotion].promotion.currency),
			running=promotion in quoted or (promotion in running and not running[promotion].observing),
		)
		for promotion, (discount, coupon) in sorted(sums.items())
		if promotion in live
	]


def _is_quoted(doc, share: Share) -> bool:
	"""Whether a quotation agreed on it: that binds, whatever became of the promotion since."""
	if share.row is None or share.row.get("parentfield") == "taxes":
		return any(row.get("quotation_item") for row in doc.items)
	return bool(share.row.get("quotation_item"))


def expected(doc) -> list[Share]:
	"""The shares before ERPNext has computed totals: the charges for shipping are taken back only after them."""
	granted = {
		one["shipping_account"]: one["promotion"]
		for one in stored.read(doc.get("crm_ext_promotions"))["applied"]
		if one["shipping_account"]
	}
	charges: dict[str, Decimal] = {}
	for row in doc.get("taxes") or ():
		if row.charge_type == "Actual" and not row.get(MARK) and row.account_head in granted:
			promotion = granted[row.account_head]
			charges[promotion] = charges.get(promotion, Decimal(0)) + number(flt(row.tax_amount))
	found = [share for share in shares(doc) if share.promotion not in charges]
	if any(origin_of(doc, row) for row in doc.get("items")):
		return found
	return found + [Share(promotion, "", charge, None, None) for promotion, charge in charges.items()]


def live_of(promotions: Collection[str]) -> dict[str, LivePromotion]:
	"""Promotions as they are compiled; those that are not live any more are read."""
	live = compiled.current().promotions if promotions else {}
	there = {name: live[name] for name in promotions if name in live}
	return there | as_if_active([name for name in promotions if name not in live])


def exchange_of(doc, currency: str) -> Decimal:
	"""The currency of a promotion for one unit of the company's: by the rate of the document, else by that of the day.

	0 where nobody knows: an amount without a rate of exchange stops no sale.
	"""
	company_currency = frappe.get_cached_value("Company", doc.company, "default_currency")
	if currency == company_currency:
		return Decimal(1)
	if currency == doc.get("currency"):
		return 1 / (number(flt(doc.get("conversion_rate"))) or Decimal(1))
	day = getdate(doc.get("transaction_date") or doc.get("posting_date"))
	try:
		return exchange_rate(company_currency, currency, day, purpose=SELLING)
	except NoExchangeRate:
		return Decimal(0)


def _coupons(doc) -> dict[str, str]:
	"""The codes by which promotions count that took nothing off a line: those of free goods and of shipping."""
	return {one["promotion"]: one["coupon"] for one in stored.read(doc.get("crm_ext_promotions"))["applied"]}
