# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Counters of uses, and the limits they are held against.

A counter is a row of Promotion Usage: of a promotion, of a promotion and a customer, of a coupon, of a coupon and a
customer. Its name is a digest of that, so that the row can be locked before it is there. A counter is kept only where a
limit asks for it; who sets a limit has it counted from the redemptions (`counting`).

Drafts read the counters. Who submits locks them first, all of them in one order, and holds them until the commit: of
two documents that want the last use, the second one sees that it is gone.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha1
from typing import NamedTuple

import frappe

from crm_ext.pricing.store import number
from crm_ext.rows import insert_rows

USAGE = "Promotion Usage"
USES, CUSTOMERS, BUDGET, PER_CUSTOMER = "uses", "customers", "budget", "uses per customer"
"""The limits of a promotion, as `Refusal.USED_UP` tells them."""


@dataclass(frozen=True, slots=True)
class Limits:
	"""The caps of a promotion, 0: none; `budget` is in its currency.

	`warn`: it goes on when its uses, customers or budget are used up. What one customer may have is a cap all the same.
	"""

	max_uses: int = 0
	max_uses_per_customer: int = 0
	max_customers: int = 0
	budget: Decimal = Decimal(0)
	warn: bool = False

	@property
	def stopping(self) -> "Limits":
		"""Those that stop it."""
		return Limits(max_uses_per_customer=self.max_uses_per_customer) if self.warn else self


def limits_from(values: Mapping) -> Limits:
	"""The limits of a Sales Promotion, from its fields."""
	return Limits(
		max_uses=values.get("max_uses") or 0,
		max_uses_per_customer=values.get("max_uses_per_customer") or 0,
		max_customers=values.get("max_customers") or 0,
		budget=number(values.get("budget")),
		warn=values.get("when_used_up") == "Warn",
	)


class Key(NamedTuple):
	"""What a counter is for; empty: all. A coupon is counted whatever the promotion."""

	promotion: str
	customer: str = ""
	coupon: str = ""

	@property
	def name(self) -> str:
		parts = ("coupon", self.coupon) if self.coupon else ("promotion", self.promotion)
		return sha1("\n".join((*parts, self.customer)).encode(), usedforsecurity=False).hexdigest()


def name_of(kind: str, what: str, customer: str = "''") -> str:
	"""The name of a counter as an SQL expression over columns; `kind`: promotion or coupon."""
	return f"SHA1(CONCAT('{kind}\\n', {what}, '\\n', {customer}))"


class Used(NamedTuple):
	"""A counter as it stands; `amount` in the currency of the promotion. `told`: its owner knows that it is used up."""

	uses: int = 0
	customers: int = 0
	amount: Decimal = Decimal(0)
	told: bool = False


NOTHING = Used()


def keys_of(promotion: str, customer: str, limits: Limits) -> list[Key]:
	"""The counters that the limits of a promotion ask for."""
	shared = limits.max_uses or limits.max_customers or limits.budget
	own = limits.max_uses_per_customer or limits.max_customers
	return [*([Key(promotion)] if shared else ()), *([Key(promotion, customer)] if own else ())]


def limit_reached(
	promotion: str,
	customer: str,
	limits: Limits,
	used: Mapping[Key, Used],
	charge: Decimal | None = None,
) -> str:
	"""The limit that one more use would break; empty: none.

	`charge` is what it would take from the budget; where nobody knows that yet, something has to be left.
	"""
	of_all, own = used.get(Key(promotion), NOTHING), used.get(Key(promotion, customer), NOTHING)
	if limits.max_uses and of_all.uses >= limits.max_uses:
		return USES
	if limits.max_customers and not own.uses and of_all.customers >= limits.max_customers:
		return CUSTOMERS
	if limits.budget and _spent(of_all.amount, limits.budget, charge):
		return BUDGET
	if limits.max_uses_per_customer and own.uses >= limits.max_uses_per_customer:
		return PER_CUSTOMER
	return ""


def _spent(amount: Decimal, budget: Decimal, charge: Decimal | None) -> bool:
	return amount >= budget if charge is None else amount + charge > budget


def used_up(asked: Mapping[tuple[str, str], Limits]) -> dict[tuple[str, str], str]:
	"""Of promotions and customers, those for whom a promotion is used up, with the limit. No lock.

	One statement; none where nothing is limited.
	"""
	held = {one: limits.stopping for one, limits in asked.items()}
	used = read({key for one, limits in held.items() for key in keys_of(*one, limits)})
	reached = {one: limit_reached(*one, limits, used) for one, limits in held.items()}
	return {one: limit for one, limit in reached.items() if limit}


def read(keys: Collection[Key], *, for_update: bool = False) -> dict[Key, Used]:
	"""The counters that are there of these; `for_update`: locked, as they are now."""
	if not keys:
		return {}
	by_name = {key.name: key for key in keys}
	rows = frappe.db.sql(
		f"""SELECT name, uses, customers, amount, told FROM `tab{USAGE}` WHERE name IN %s
		{"FOR UPDATE" if for_update else ""}""",
		(tuple(by_name),),
	)
	return {
		by_name[name]: Used(uses, customers, number(amount), bool(told))
		for name, uses, customers, amount, told in rows
	}


def lock(keys: Collection[Key]) -> dict[Key, Used]:
	"""Lock counters until the end of the transaction, made where they are missing, and read what they say now."""
	if not keys:
		return {}
	# one order for all, so that two who lock the same never wait for each other
	in_order = sorted(set(keys), key=lambda key: key.name)
	rows = [(key.promotion, key.customer, key.coupon) for key in in_order]
	names = [key.name for key in in_order]
	insert_rows(USAGE, ("promotion", "customer", "coupon"), rows, names=names, ignore_known=True)
	return read(in_order, for_update=True)


Change = tuple[int, int, Decimal]
"""What is added to a counter: uses, customers, amount."""


def together(changes: Iterable[Mapping[Key, Change]]) -> dict[Key, Change]:
	"""The sums of changes by counter."""
	sums: dict[Key, Change] = {}
	for change in changes:
		for key, values in change.items():
			before = sums.get(key, (0, 0, Decimal(0)))
			sums[key] = tuple(one + other for one, other in zip(before, values, strict=True))
	return sums


def add(changes: Mapping[Key, Change]) -> None:
	"""Change locked counters; none falls below 0."""
	if not changes:
		return
	places = ", ".join(["(%s, %s, %s, %s)"] * len(changes))
	frappe.db.sql(
		f"""INSERT INTO `tab{USAGE}` (name, uses, customers, amount) VALUES {places}
		ON DUPLICATE KEY UPDATE uses = GREATEST(uses + VALUES(uses), 0),
			customers = GREATEST(customers + VALUES(customers), 0), amount = GREATEST(amount + VALUES(amount), 0)""",
		[value for key, change in sorted(changes.items(), key=_name) for value in (key.name, *change)],
	)


def _name(change: tuple[Key, object]) -> str:
	return change[0].name


def mark_told(promotions: Collection[str]) -> None:
	"""Remember that the owners of promotions know that these are used up."""
	names = tuple(Key(promotion).name for promotion in promotions)
	frappe.db.sql(f"UPDATE `tab{USAGE}` SET told = 1 WHERE name IN %s", (names,))
