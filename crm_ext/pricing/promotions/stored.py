# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What a document keeps of its promotions, in one hidden field of its head.

The JSON schema (version 1) is stable; numbers are texts:

    {"schema": 1,
     "applied": [{"promotion": "Spring", "version": "3", "coupon": "", "times": 1, "discount": "20",
                  "lines": {"0": "20"}, "gifts": [{"item_code": "BAG", "qty": "1", "price": "5"}],
                  "shipping_account": ""}],
     "lost": [{"promotion": "Winter", "reason": "expired", "detail": {}, "lines": []}],
     "coupons": [{"code": "ABC", "promotion": "Spring", "accepted": true, "reason": "", "detail": {}}],
     "declined": [["Spring", "BAG"]]}

`lines` are places of rows, from 0; `declined` free goods that somebody took out of the document.
"""

import json
from collections.abc import Collection, Mapping

from crm_ext.pricing.basket import Result
from crm_ext.pricing.promotions.model import Refusal
from crm_ext.pricing.waterfall import text

SCHEMA = 1
MOST_LOST = 40
TELLING = (
	*(Refusal.QUANTITY, Refusal.AMOUNT, Refusal.COMPONENT, Refusal.OUTBID, Refusal.GROUP, Refusal.USED_UP),
	*(Refusal.COUPON, Refusal.GOAL, Refusal.OBSERVING, Refusal.NO_SAVING, Refusal.NO_EXCHANGE_RATE),
)
"""The refusals that people want to hear of first; the others come after, by name."""

Declined = Collection[tuple[str, str]]


def told(result: Result, declined: Declined = ()) -> str | None:
	"""What a document stores of a result; None where there is nothing to tell."""
	outcome = result.outcome
	lost = sorted(outcome.lost, key=lambda one: _place(one.refusal))[:MOST_LOST]
	if not (outcome.applied or lost or result.coupons):
		return None
	return json.dumps(
		{
			"schema": SCHEMA,
			"applied": [
				{
					"promotion": one.promotion,
					"version": one.version,
					"coupon": one.coupon,
					"times": one.times,
					"discount": text(one.discount),
					"lines": {key: text(off) for key, off in sorted(one.lines.items())},
					"gifts": [
						{"item_code": gift.item_code, "qty": text(gift.qty), "price": text(gift.price)}
						for gift in one.gifts
					],
					"shipping_account": one.shipping_account,
				}
				for one in outcome.applied
			],
			"lost": [
				{
					"promotion": one.promotion,
					"reason": one.refusal.value,
					"detail": dict(one.detail),
					"lines": list(one.lines),
				}
				for one in lost
			],
			"coupons": [
				{
					"code": one.code,
					"promotion": one.promotion,
					"accepted": one.accepted,
					"reason": one.reason,
					"detail": dict(one.detail),
				}
				for one in result.coupons
			],
			"declined": [list(each) for each in sorted(declined)],
		},
		ensure_ascii=False,
		separators=(",", ":"),
	)


def read(stored: str | None) -> Mapping[str, list]:
	"""What a document stores, by the names above; all empty where nobody can read it."""
	try:
		found = json.loads(stored or "{}")
	except (ValueError, TypeError, RecursionError):
		found = {}
	found = found if isinstance(found, dict) and found.get("schema") == SCHEMA else {}
	names = ("applied", "lost", "coupons", "declined")
	return {name: found[name] if isinstance(found.get(name), list) else [] for name in names}


def _place(refusal: Refusal) -> int:
	return TELLING.index(refusal) if refusal in TELLING else len(TELLING)
