# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The waterfall of a line's price: what is stored beside it, and computing it again from that alone. Pure.

The JSON schema (version 1) is stable; numbers are texts, so that no reader rounds them:

    {"schema": 1, "currency": "CNY", "as_of": "2026-11-22", "qty": "3", "uom": "Box",
     "base": "100", "price": "77", "rate": "73.15",
     "steps": [{"did": "matrix", "by": ["Price Matrix", "Retail 2026", "3.17"], "rate": "1a2b3c", "before": "100",
                "after": "77", "detail": {"gives": "Rate", "value": "77"}}],
     "losers": [{"doctype": "Price Matrix", "name": "Winter", "rate": "9f", "reason": "outranked",
                 "detail": {"by": "item"}}]}

`base` is the price of the document's price list, `price` the automatic price (the row's `price_list_rate`), `promoted`
what promotions made of it, if any did, `rate` what the line was sold at. Steps up to the automatic price come first, then
promotions, then what ERPNext or a person did to it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import takewhile

from crm_ext.exceptions import UnreadableEvidence
from crm_ext.pricing.model import Did, Loser, Priced, Step

SCHEMA = 1
MOST_LOSERS = 12


@dataclass(frozen=True, slots=True)
class Replay:
	"""What a replay found; `broken` is the number of the first step that does not lead on, from 1."""

	recorded: Decimal
	replayed: Decimal | None
	broken: int = 0

	@property
	def match(self) -> bool:
		return not self.broken and self.recorded == self.replayed


def build(priced: Priced, *, currency: str, as_of: date, qty: Decimal, uom: str) -> dict:
	"""The waterfall of a priced line, before ERPNext and the seller have had their say."""
	return {
		"schema": SCHEMA,
		"currency": currency,
		"as_of": as_of.isoformat(),
		"qty": text(qty),
		"uom": uom,
		"base": None if priced.base is None else text(priced.base),
		"price": None if priced.price is None else text(priced.price),
		**({} if priced.promoted is None else {"promoted": text(priced.promoted)}),
		"rate": None if priced.rate is None else text(priced.rate),
		"steps": [_step(step) for step in priced.steps],
		"losers": [_loser(loser) for loser in priced.losers[:MOST_LOSERS]],
	}


def finish(waterfall: Mapping, steps: Iterable[Step], rate: Decimal) -> dict:
	"""The same with what was done to the automatic price, in place of what was done before, and the final rate."""
	ours = [step for step in waterfall["steps"] if Did(step["did"]) not in AFTERWARDS]
	return append({**waterfall, "steps": ours}, steps, rate)


def append(waterfall: Mapping, steps: Iterable[Step], rate: Decimal) -> dict:
	"""The same with further steps, and the final rate."""
	return {**waterfall, "steps": waterfall["steps"] + [_step(step) for step in steps], "rate": text(rate)}


def before_promotions(waterfall: Mapping) -> dict:
	"""The same as if no promotion had acted."""
	steps = takewhile(lambda step: step["did"] != Did.PROMOTION.value, waterfall["steps"])
	told = {name: value for name, value in waterfall.items() if name != "promoted"}
	return {**told, "rate": waterfall["price"], "steps": list(steps)}


AFTERWARDS = frozenset({Did.NATIVE, Did.MARGIN, Did.MANUAL, Did.LOCKED, Did.SOURCE})
"""What happens to the automatic price afterwards."""


def dump(waterfall: Mapping) -> str:
	return json.dumps(waterfall, ensure_ascii=False, separators=(",", ":"))


def is_ours(stored: str | None) -> bool:
	"""Whether the price of a row is an automatic one, and not that of a price list beside which a rule observed."""
	try:
		told = load(stored)
	except UnreadableEvidence:
		return False
	return bool(told) and any(step.get("did") in _OURS for step in told["steps"])


_OURS = frozenset({Did.KIND.value, Did.MATRIX.value, Did.PROMOTION.value})


def load(stored: str | None) -> dict | None:
	"""The waterfall of a row, if it has one. Raises UnreadableEvidence for another schema than ours, or for none."""
	if not stored:
		return None
	try:
		waterfall = json.loads(stored)
	except (ValueError, TypeError, RecursionError):
		raise UnreadableEvidence(schema=None) from None
	schema = waterfall.get("schema") if isinstance(waterfall, dict) else None
	if schema != SCHEMA or not waterfall.keys() >= _NEEDED:
		raise UnreadableEvidence(schema=schema)
	return waterfall


_NEEDED = {"currency", "as_of", "qty", "uom", "base", "price", "rate", "steps", "losers"}


def without_costs(waterfall: Mapping) -> dict:
	"""The same for those who may not see what items cost us: of the steps that start from a cost, only the prices."""
	return {
		**waterfall,
		"steps": [
			{**step, "detail": {HIDDEN: "cost"}} if _tells_cost(step["detail"]) else step
			for step in waterfall["steps"]
		],
	}


HIDDEN = "hidden"
"""What is left out of the detail of a step."""


def _tells_cost(detail: object) -> bool:
	"""Whether a cost is anywhere in the detail of a step."""
	if isinstance(detail, Mapping):
		return "cost" in detail or any(map(_tells_cost, detail.values()))
	return isinstance(detail, list) and any(map(_tells_cost, detail))


def text(amount: Decimal) -> str:
	"""A number as it is stored: without an exponent, without zeros that say nothing."""
	return f"{amount.normalize():f}" if amount else "0"


def _step(step: Step) -> dict:
	return {
		"did": step.did.value,
		**({"by": list(step.by)} if step.by else {}),
		**({"rate": step.rate} if step.rate else {}),
		"before": None if step.before is None else text(step.before),
		"after": text(step.after),
		"detail": dict(step.detail),
	}


def _loser(loser: Loser) -> dict:
	return {
		"doctype": loser.doctype,
		"name": loser.name,
		**({"rate": loser.rate} if loser.rate else {}),
		"reason": loser.reason.value,
		"detail": dict(loser.detail),
	}
