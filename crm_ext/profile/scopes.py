# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The scopes of the figures: each company, and all together, with currency, exchange rate and RFM edges."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import frappe

from crm_ext.constants import ALL_COMPANIES
from crm_ext.exceptions import NoExchangeRate
from crm_ext.profile import rfm
from crm_ext.profile.figures import Scope
from crm_ext.rules.site import exchange_rate, reporting_currency


@dataclass(frozen=True, slots=True)
class Scopes:
	"""All scopes of the site on one day. `missing`: companies without an exchange rate, and why."""

	rows: tuple[Scope, ...]
	missing: dict[str, NoExchangeRate]


def load(as_of: date) -> Scopes:
	"""The scopes of the site, converted by the rates of `as_of` into the reporting currency."""
	target = reporting_currency()
	companies = frappe.get_all("Company", fields=["name", "default_currency"], order_by="name")
	rates: dict[str, Decimal | NoExchangeRate] = {}
	for currency in {company.default_currency for company in companies}:
		try:
			rates[currency] = exchange_rate(currency, target, as_of)
		except NoExchangeRate as error:
			rates[currency] = error
	missing = {
		company.name: error
		for company in companies
		if isinstance(error := rates[company.default_currency], NoExchangeRate)
	}
	scopes = [(ALL_COMPANIES, target, Decimal(1))]
	scopes += [
		(c.name, c.default_currency, None if c.name in missing else rates[c.default_currency])
		for c in companies
	]
	edges = rfm.edges({company: rate for company, _currency, rate in scopes if rate is not None})
	rows = tuple(Scope(company, currency, rate, edges.get(company)) for company, currency, rate in scopes)
	return Scopes(rows=rows, missing=missing)
