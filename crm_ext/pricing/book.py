# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The engine's book on a site: Item Prices, costs, rates of exchange, and ERPNext's own rounding, for one basket."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from frappe.utils import flt

from crm_ext.exceptions import NoExchangeRate
from crm_ext.pricing.list_prices import Prices, amount_of, price_of
from crm_ext.pricing.model import Base, Line
from crm_ext.pricing.settle import SELLING, Settled
from crm_ext.rules.site import exchange_rate


@dataclass(slots=True)
class SiteBook:
	"""The `Book` of a settled basket. `fallback`: the price list that has a price where the document's has none."""

	sale: Settled
	prices: Prices
	costs: Mapping[str, Mapping[Base, Decimal]]
	places: int
	fallback: str = ""
	_exchange: dict[str, Decimal | NoExchangeRate] = field(default_factory=dict)

	def list_rate(self, line: Line, price_list: str) -> tuple[Decimal, str, str] | None:
		for name in (price_list,) if price_list else filter(None, (self.sale.price_list, self.fallback)):
			price = price_of(self.prices, line, name, self.sale.basket.customer, self.sale.basket.date)
			# ERPNext reads a price of nothing as none
			if price and (price.rate or price_list):
				return amount_of(price, line), price.currency, name
		return None

	def cost(self, line: Line, base: Base) -> Decimal | None:
		return self.costs.get(line.item.code, {}).get(base)

	def exchange(self, currency: str) -> Decimal:
		currency = currency or self.sale.company_currency
		if currency not in self._exchange:
			try:
				self._exchange[currency] = self._rate(currency)
			except NoExchangeRate as error:
				self._exchange[currency] = error
		found = self._exchange[currency]
		if isinstance(found, NoExchangeRate):
			raise found
		return found

	def _rate(self, currency: str) -> Decimal:
		if currency == self.sale.currency:
			return Decimal(1)
		if currency == self.sale.price_list_currency and self.sale.basket.plc_conversion_rate:
			to_company = self.sale.basket.plc_conversion_rate
		else:
			to_company = exchange_rate(
				currency, self.sale.company_currency, self.sale.basket.date, purpose=SELLING
			)
		return to_company / self.sale.conversion_rate()

	def rounded(self, amount: Decimal) -> Decimal:
		return Decimal(str(flt(amount, self.places)))
