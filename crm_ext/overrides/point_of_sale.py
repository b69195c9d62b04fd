# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The tiles of the point of sale show the price that the cart will have."""

from collections.abc import Mapping, Sequence

import frappe
from frappe.utils import getdate

from crm_ext.constants import SELLING_DOCTYPES
from crm_ext.exceptions import CrmExtError
from crm_ext.overrides.price_endpoints import before_us
from crm_ext.pricing import compiled, service
from crm_ext.pricing.basket import Basket, BasketLine
from crm_ext.pricing.forms import may_sell
from crm_ext.profile.permissions import may_read

GET_ITEMS = "erpnext.selling.page.point_of_sale.point_of_sale.get_items"


@frappe.whitelist()
def get_items(
	start: int | str,
	page_length: int | str,
	price_list: str | None = None,
	item_group: str | None = None,
	pos_profile: str | None = None,
	search_term: str = "",
	customer: str | None = None,
):
	"""The tiles of a page, each with the price of one unit for the customer; without one, for that of the profile.

	Who may not sell for the company of the profile gets the answer of ERPNext.
	"""
	out = before_us(GET_ITEMS, __name__)(start, page_length, price_list, item_group, pos_profile, search_term)
	tiles = out.get("items") if isinstance(out, Mapping) else None
	profile = frappe.get_cached_doc("POS Profile", pos_profile) if tiles and not compiled.idle() else None
	if profile and may_sell(SELLING_DOCTYPES, profile.company):
		try:
			_price(tiles, price_list, profile, customer)
		except CrmExtError:
			# a till that shows list prices can still sell
			frappe.log_error(title="Prices at the point of sale")
	return out


def _price(tiles: Sequence[dict], price_list: str | None, profile, customer: str | None) -> None:
	if customer and not may_read(customer):
		customer = None
	basket = Basket(
		company=profile.company,
		customer=customer or profile.customer or "",
		date=getdate(),
		currency=profile.currency or "",
		price_list=price_list or "",
		pos_profile=profile.name,
		promotions=False,  # what a tile alone costs; promotions are for the cart
		lines=tuple(
			BasketLine(
				key=str(place),
				item_code=tile["item_code"],
				uom=tile.get("uom") or "",
				batch_no=tile.get("batch_no") or "",
			)
			for place, tile in enumerate(tiles)
		),
	)
	result = service.price(basket)
	for place, tile in enumerate(tiles):
		priced = result.priced[str(place)]
		# version 16 finds no list price that has no end
		if priced.price is not None and (priced.ours or not tile.get("price_list_rate")):
			tile.update(price_list_rate=float(priced.price), currency=result.currency)
