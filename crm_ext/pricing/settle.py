# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What a basket leaves open, filled in as ERPNext does for the customer and the company."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import frappe
from frappe.model.meta import get_field_precision

from crm_ext.pricing.basket import Basket
from crm_ext.pricing.compiled import Compiled
from crm_ext.pricing.model import Place
from crm_ext.rules.site import exchange_rate

CUSTOMER_FIELDS = (
	*("customer_group", "territory", "default_price_list", "default_currency", "crm_ext_price_kind"),
)
FEW = 3
SELLING = "for_selling"
"""Which rates of exchange count, where ERPNext keeps others for buying."""


@dataclass(slots=True, kw_only=True)
class Settled:
	"""A basket with nothing left open. `kind`: the price kind that the customer was given by hand."""

	basket: Basket
	currency: str
	company_currency: str
	price_list: str
	price_list_currency: str
	groups: tuple[str, ...]
	place: Place
	kind: str
	_conversion_rate: Decimal | None = None

	def conversion_rate(self) -> Decimal:
		"""Company currency for one unit of the basket's. Raises NoExchangeRate."""
		if self._conversion_rate is None:
			self._conversion_rate = self.basket.conversion_rate or exchange_rate(
				self.currency, self.company_currency, self.basket.date, purpose=SELLING
			)
		return self._conversion_rate


def settle_all(baskets: Sequence[Basket], state: Compiled) -> list[Settled]:
	"""Settle baskets; the customers of many come with one statement, those of few from the cache of documents."""
	names = {basket.customer for basket in baskets if basket.customer}
	rows = (
		frappe.get_all("Customer", {"name": ("in", list(names))}, ["name", *CUSTOMER_FIELDS])
		if len(names) > FEW
		else ()
	)
	known = {row.name: row for row in rows}
	return [settle(basket, state, known.get(basket.customer)) for basket in baskets]


def settle(basket: Basket, state: Compiled, party: dict | None = None) -> Settled:
	"""Fill in what the basket leaves open: from the customer or lead, its group, the settings of selling."""
	party = _party(basket) if party is None else party
	company_currency = frappe.get_cached_value("Company", basket.company, "default_currency")
	group = basket.customer_group or party.get("customer_group")
	price_list = basket.price_list or _price_list(basket, party)
	territory = basket.territory or party.get("territory")
	return Settled(
		basket=basket,
		currency=basket.currency or party.get("default_currency") or company_currency,
		company_currency=company_currency,
		price_list=price_list,
		price_list_currency=_of("Price List", price_list, "currency"),
		groups=state.above("Customer Group", group),
		place=Place(
			pos_profile=basket.pos_profile,
			branch=basket.branch,
			territories=state.above("Territory", territory),
			sales_channel=basket.sales_channel,
		),
		kind=party.get("crm_ext_price_kind") or "",
	)


def fallback_price_list() -> str:
	"""The price list that ERPNext turns to where the document's has no price, by setting; empty: none."""
	selling = frappe.get_cached_doc("Selling Settings")
	return (selling.get("fallback_to_default_price_list") and selling.selling_price_list) or ""


def precision_of(doctype: str, field: str = "price_list_rate") -> int:
	"""To how many places ERPNext rounds an amount of a line of a document: its rate, unless another field is named."""
	return get_field_precision(frappe.get_meta(f"{doctype} Item").get_field(field))


def customer_values(customer: str) -> dict:
	"""CUSTOMER_FIELDS of a customer; none without one."""
	found = customer and frappe.get_cached_value("Customer", customer, CUSTOMER_FIELDS, as_dict=True)
	return found or {}


def own_price_list(party: dict, group: str | None = None) -> str:
	"""The price list of a customer with these values, else of its group; empty: none."""
	group = group or party.get("customer_group")
	return party.get("default_price_list") or _of("Customer Group", group, "default_price_list")


def _party(basket: Basket) -> dict:
	if basket.customer or not basket.lead:
		return customer_values(basket.customer)
	return {"territory": frappe.get_cached_value("Lead", basket.lead, "territory")}


def _price_list(basket: Basket, party: dict) -> str:
	"""As ERPNext chooses: the customer's, its group's, at the counter that of the POS Profile, the default."""
	return (
		own_price_list(party, basket.customer_group)
		or _of("POS Profile", basket.pos_profile, "selling_price_list")
		or frappe.get_cached_doc("Selling Settings").selling_price_list
		or ""
	)


def _of(doctype: str, name: str | None, field: str) -> str:
	return (name and frappe.get_cached_value(doctype, name, field)) or ""
