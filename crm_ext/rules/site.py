# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What the kernel needs from a site: the registered facts, exchange rates and trees."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import frappe

from crm_ext.exceptions import NoExchangeRate
from crm_ext.rules.facts import FactRegistry
from crm_ext.settings import settings


def registry() -> FactRegistry:
	"""All facts of all apps (hook `crm_ext_facts`), read once per request or job."""
	if not hasattr(frappe.local, "crm_ext_fact_registry"):
		frappe.local.crm_ext_fact_registry = FactRegistry(
			fact for path in frappe.get_hooks("crm_ext_facts") for fact in frappe.get_attr(path)()
		)
	return frappe.local.crm_ext_fact_registry


def reporting_currency() -> str:
	"""The currency of figures over all companies: by setting, else that of the default company."""
	chosen = settings().reporting_currency
	if chosen:
		return chosen
	company = frappe.defaults.get_global_default("company")
	if company and (currency := frappe.get_cached_value("Company", company, "default_currency")):
		return currency
	return frappe.defaults.get_global_default("currency") or "CNY"


def currency_of(company: str) -> str:
	"""The currency of a scope: of one company, or of all together."""
	return (
		frappe.get_cached_value("Company", company, "default_currency") if company else reporting_currency()
	)


def exchange_rate(
	from_currency: str, to_currency: str, as_of: date, *, purpose: str | None = None
) -> Decimal:
	"""How many `to_currency` one `from_currency` was worth on `as_of`; `purpose`: for_selling or for_buying, as in ERPNext.

	The latest Currency Exchange record up to that day counts, in either direction; only where there is none is
	ERPNext's configured rate service asked. Raises NoExchangeRate.
	"""
	if from_currency == to_currency:
		return Decimal(1)
	if rate := _recorded_rate(from_currency, to_currency, as_of, purpose):
		return rate
	if inverse := _recorded_rate(to_currency, from_currency, as_of, purpose):
		return 1 / inverse
	if rate := _rate_of_service(from_currency, to_currency, as_of, purpose):
		return rate
	raise NoExchangeRate(from_currency=from_currency, to_currency=to_currency)


def _recorded_rate(from_currency: str, to_currency: str, as_of: date, purpose: str | None) -> Decimal | None:
	rates = frappe.get_all(
		"Currency Exchange",
		filters={
			"from_currency": from_currency,
			"to_currency": to_currency,
			"date": ("<=", as_of),
			**({purpose: 1} if purpose else {}),
		},
		pluck="exchange_rate",
		order_by="date desc",
		limit=1,
	)
	return Decimal(str(rates[0])) if rates and rates[0] else None


def _rate_of_service(
	from_currency: str, to_currency: str, as_of: date, purpose: str | None
) -> Decimal | None:
	"""ERPNext's answer; a failure is remembered for an hour, so that jobs do not wait for a dead service."""
	from erpnext.setup.utils import get_exchange_rate

	failed = f"crm_ext_no_rate:{from_currency}:{to_currency}:{as_of}:{purpose}"
	if frappe.cache.get_value(failed):
		return None
	muted = frappe.flags.mute_messages
	frappe.flags.mute_messages = True
	try:
		rate = get_exchange_rate(from_currency, to_currency, as_of, purpose)
	finally:
		frappe.flags.mute_messages = muted
	if not rate:
		frappe.cache.set_value(failed, 1, expires_in_sec=3600)
		return None
	return Decimal(str(rate))


@dataclass
class SiteContext:
	"""The `Context` of conditions on a site, for one day and one currency."""

	as_of: date
	currency: str
	_rates: dict[str, Decimal] = field(default_factory=dict)
	_trees: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)

	def convert(self, amount: Decimal, from_currency: str) -> Decimal:
		if from_currency not in self._rates:
			self._rates[from_currency] = exchange_rate(from_currency, self.currency, self.as_of)
		return amount * self._rates[from_currency]

	def descendants(self, doctype: str, name: str) -> frozenset[str]:
		key = (doctype, name)
		if key not in self._trees:
			node = name and frappe.db.exists(doctype, name)
			self._trees[key] = frozenset({node, *frappe.db.get_descendants(doctype, node)} if node else ())
		return self._trees[key]
