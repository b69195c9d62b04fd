# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Coupons that somebody hands in: which of them count, and why the others do not.

A code is compared without regard to capitals. Outsiders, who use the website but not the Desk, are told of every code
that does not count for them that there is none: they cannot find out which codes exist.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import frappe

from crm_ext.pricing.promotions.model import CouponAnswer
from crm_ext.pricing.promotions.usage import NOTHING, USAGE, Key, Used, name_of
from crm_ext.pricing.store import number
from crm_ext.rules.lifecycle import Status

COUPON = "Promotion Coupon"
REDEMPTION = "Promotion Redemption"
MOST_CODES = 20
"""So many codes of a document are looked at."""

UNKNOWN = "unknown"
DISABLED = "disabled"
NOT_LIVE = "promotion not live"
NOT_YET = "not yet"
EXPIRED = "expired"
OTHER_CUSTOMER = "other customer"
MINIMUM = "minimum"
USED_UP = "used up"
USED_BY_CUSTOMER = "used by customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupon:
	"""A code with what its batch says of it, and how often it was used: by all, and by the customer who asks."""

	code: str
	promotion: str
	enabled: bool
	live: bool
	customer: str
	valid_from: date | None
	valid_to: date | None
	minimum: Decimal
	currency: str
	max_uses: int
	max_uses_per_customer: int
	uses: int
	uses_of_customer: int

	def keys(self, customer: str) -> list[Key]:
		"""The counters that its limits ask for."""
		return [
			*([Key(self.promotion, coupon=self.code)] if self.max_uses else ()),
			*([Key(self.promotion, customer, self.code)] if self.max_uses_per_customer else ()),
		]


def read_codes(text: str | None) -> tuple[str, ...]:
	"""The codes in a text, in capitals, each once: separated by commas, semicolons or spaces, of any width."""
	found = re.split(r"[\s,;、]+", unicodedata.normalize("NFKC", str(text or "")).upper())
	return tuple(dict.fromkeys(code for code in found if code))[:MOST_CODES]


def answers(
	codes: Sequence[str],
	customer: str,
	day: date,
	total_in: Callable[[str], Decimal],
	*,
	live: Collection[str] = (),
) -> list[CouponAnswer]:
	"""What becomes of codes (`read_codes`), in their order. One statement; none without codes. Nothing is locked.

	`total_in` gives the total of the basket, without tax and before promotions, in a currency. `live` are promotions that
	are to count whatever their status.
	"""
	if not codes:
		return []
	known = read(codes, customer, live)
	found = [
		_answer(known[code], customer, day, total_in) if code in known else CouponAnswer(code, reason=UNKNOWN)
		for code in codes
	]
	if not _is_outsider():
		return found
	return [
		one if one.accepted else CouponAnswer(code, reason=UNKNOWN)
		for code, one in zip(codes, found, strict=True)
	]


def _answer(coupon: Coupon, customer: str, day: date, total_in: Callable[[str], Decimal]) -> CouponAnswer:
	reason, detail = _refusal(coupon, customer, day), {}
	if reason in (NOT_YET, EXPIRED):
		detail = {"date": str(coupon.valid_from if reason == NOT_YET else coupon.valid_to)}
	elif not reason and coupon.minimum and (has := total_in(coupon.currency)) < coupon.minimum:
		reason = MINIMUM
		detail = {"needs": str(coupon.minimum), "has": str(has), "currency": coupon.currency}
	elif not reason:
		reason = limit_reached(coupon, coupon.uses, coupon.uses_of_customer)
	return CouponAnswer(coupon.code, coupon.promotion, not reason, reason, detail)


def _refusal(coupon: Coupon, customer: str, day: date) -> str:
	"""Why a coupon does not count for a customer on a day, whatever is bought and however often it was used."""
	if not coupon.enabled:
		return DISABLED
	if not coupon.live:
		return NOT_LIVE
	if coupon.valid_from and day < coupon.valid_from:
		return NOT_YET
	if coupon.valid_to and coupon.valid_to < day:
		return EXPIRED
	if coupon.customer and coupon.customer != customer:
		return OTHER_CUSTOMER
	return ""


def limit_reached(coupon: Coupon, uses: int, uses_of_customer: int) -> str:
	"""The limit of a coupon that one more use would break; empty: none."""
	if coupon.max_uses and uses >= coupon.max_uses:
		return USED_UP
	if coupon.max_uses_per_customer and uses_of_customer >= coupon.max_uses_per_customer:
		return USED_BY_CUSTOMER
	return ""


def ran_out(coupon: Coupon, customer: str, used: Mapping[Key, Used]) -> bool:
	"""Whether a coupon that counted for a draft does not any more, by locked counters."""
	of_all = used.get(Key(coupon.promotion, coupon=coupon.code), NOTHING)
	own = used.get(Key(coupon.promotion, customer, coupon.code), NOTHING)
	return not coupon.enabled or bool(limit_reached(coupon, of_all.uses, own.uses))


def read(codes: Collection[str], customer: str, live: Collection[str] = ()) -> dict[str, Coupon]:
	"""The coupons that there are of these codes, in one statement."""
	if not codes:
		return {}
	rows = frappe.db.sql(
		f"""SELECT c.name, b.promotion, c.enabled AND b.enabled, p.status IN %(live)s OR p.name IN %(named)s,
			COALESCE(NULLIF(c.customer, ''), b.customer, ''), b.valid_from, b.valid_to, b.minimum_amount, b.currency,
			b.max_uses, b.max_uses_per_customer, COALESCE(u.uses, 0), COALESCE(o.uses, 0)
		FROM `tab{COUPON}` c
		JOIN `tabCoupon Batch` b ON b.name = c.batch
		JOIN `tabSales Promotion` p ON p.name = b.promotion
		LEFT JOIN `tab{USAGE}` u ON u.name = {name_of("coupon", "c.name")}
		LEFT JOIN `tab{USAGE}` o ON o.name = {name_of("coupon", "c.name", "%(customer)s")}
		WHERE c.name IN %(codes)s""",
		{"codes": tuple(codes), "customer": customer, "live": _LIVE, "named": tuple(live) or ("",)},
	)
	# the database also takes an accented letter for the plain one
	return {row[0].upper(): _coupon(row) for row in rows if row[0].upper() in codes}


_LIVE = (Status.ACTIVE.value, Status.OBSERVING.value)


def _coupon(row: Sequence) -> Coupon:
	code, promotion, enabled, live, customer, starts, ends, minimum, currency, most, each, uses, own = row
	return Coupon(
		code=code,
		promotion=promotion,
		enabled=bool(enabled),
		live=bool(live),
		customer=customer,
		valid_from=starts,
		valid_to=ends,
		minimum=number(minimum),
		currency=currency or "",
		max_uses=most or 0,
		max_uses_per_customer=each or 0,
		uses=uses,
		uses_of_customer=own,
	)


def _is_outsider() -> bool:
	user = frappe.session.user
	return user == "Guest" or frappe.get_cached_value("User", user, "user_type") == "Website User"


STATUS = f"""CASE
	WHEN (SELECT b.max_uses FROM `tabCoupon Batch` b WHERE b.name = c.batch) NOT BETWEEN 1 AND {{uses}} THEN 'Available'
	WHEN EXISTS (SELECT 1 FROM `tab{REDEMPTION}` r WHERE r.coupon = c.name AND r.status = 'Reserved') THEN 'Reserved'
	ELSE 'Redeemed' END"""
"""How a coupon stands that was used {uses} times: available while it may be used again."""


def mirror(codes: Collection[str], uses: int = 0) -> None:
	"""Show on coupons that they were used so many times more, or less, and how they stand."""
	if codes:
		frappe.db.sql(
			f"""UPDATE `tab{COUPON}` c SET c.status = {STATUS.format(uses="GREATEST(c.uses + %(uses)s, 0)")},
				c.uses = GREATEST(c.uses + %(uses)s, 0)
			WHERE c.name IN %(codes)s""",
			{"codes": tuple(sorted(codes)), "uses": uses},
		)
