# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What a document has stored of its promotions, in sentences."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from crm_ext.pricing import compiled, words_promotions
from crm_ext.pricing.promotions.hints import hints

MOST_LOST = 12


def sentences(found: Mapping[str, list], currency: str) -> dict:
	"""What was `stored`, for a reader: see `promotions.api.told`."""
	applied, lost = list(got(found)), {entry["promotion"]: entry for entry in found["lost"]}
	live = {name: one.promotion for name, one in compiled.current().promotions.items()}
	return {
		"currency": currency,
		"saved": float(sum(map(_saved, applied), Decimal(0))),
		"applied": [
			{"promotion": entry["promotion"], "text": words_promotions.applied(entry, currency)}
			for entry in applied
		],
		"near": hints(found["lost"], live, currency),
		"lost": [
			{"promotion": name, "text": words_promotions.lost(entry, currency)}
			for name, entry in list(lost.items())[:MOST_LOST]
		],
		"coupons": [_coupon(one, lost, currency) for one in found["coupons"]],
		"declined": [
			{
				"promotion": promotion,
				"item_code": item_code,
				"text": words_promotions.declined(promotion, item_code),
			}
			for promotion, item_code in found["declined"]
		],
	}


def got(found: Mapping[str, list]) -> Iterator[dict]:
	"""The promotions that counted, without the free goods that somebody took out."""
	declined = {tuple(each) for each in found["declined"]}
	for entry in found["applied"]:
		gifts = [gift for gift in entry["gifts"] if (entry["promotion"], gift["item_code"]) not in declined]
		if gifts or entry["lines"] or entry["shipping_account"]:
			yield {**entry, "gifts": gifts}


def _saved(entry: Mapping) -> Decimal:
	gifts = (Decimal(gift["qty"]) * Decimal(gift["price"]) for gift in entry["gifts"])
	return sum(map(Decimal, entry["lines"].values()), Decimal(0)) + sum(gifts, Decimal(0))


def _coupon(one: Mapping, lost: Mapping[str, Mapping], currency: str) -> dict:
	missed = lost.get(one.get("promotion", ""))
	return {
		"code": one["code"],
		"accepted": bool(one["accepted"]),
		"counts": bool(one["accepted"]) and not missed,
		"text": words_promotions.coupon(one, missed, currency),
	}
