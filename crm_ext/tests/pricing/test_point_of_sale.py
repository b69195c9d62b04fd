# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The tiles of the point of sale have the prices of the engine."""

import pytest

import frappe

from crm_ext.demo import data
from crm_ext.overrides import point_of_sale
from crm_ext.pricing import service
from crm_ext.tests import builders
from crm_ext.tests.pricing.people import as_user, person
from crm_ext.tests.pricing.shop import LISTED, PRICE_LIST, basket


def tiles(customer: str | None = None, search_term: str = "LAMP-", **values) -> dict[str, float]:
	out = point_of_sale.get_items(
		0, 40, PRICE_LIST, "All Item Groups", data.SHOP, search_term, **{"customer": customer, **values}
	)
	return {tile["item_code"]: tile["price_list_rate"] for tile in out["items"]}


def test_each_tile_has_the_price_of_one_unit_for_the_customer(shop, customer):
	priced = service.price(
		basket(customer, [(code, 1, "Nos") for code in LISTED], pos_profile=data.SHOP)
	).priced
	assert tiles(customer) == {code: float(priced[str(place)].price) for place, code in enumerate(LISTED)}


def test_a_rate_for_one_customer_is_seen_by_that_one_alone(shop, customer):
	own = {"item": "LAMP-A", "customer": customer, "rate_type": "Rate", "value": 70}
	frappe.get_doc(doctype="Price Matrix Rate", matrix=shop, **own).insert()
	assert tiles(customer)["LAMP-A"] == 70
	assert tiles()["LAMP-A"] == 88.8


def test_a_customer_that_the_cashier_may_not_read_gives_nothing_away(shop, customer):
	own = {"item": "LAMP-A", "customer": customer, "rate_type": "Rate", "value": 70}
	frappe.get_doc(doctype="Price Matrix Rate", matrix=shop, **own).insert()
	cashier = person("Nora", "Sales User")
	frappe.get_doc(
		doctype="User Permission", user=cashier, allow="Customer", for_value=builders.customer()
	).insert()
	with as_user(cashier):
		assert tiles(customer)["LAMP-A"] == 88.8


def test_all_tiles_of_a_page_are_priced_at_once(shop, customer, queries):
	def native():
		point_of_sale.before_us(point_of_sale.GET_ITEMS, point_of_sale.__name__)(
			0, 40, PRICE_LIST, "All Item Groups", data.SHOP, "LAMP-"
		)

	assert len(tiles(customer)) == len(LISTED)
	assert queries(lambda: tiles(customer)) - queries(native) <= 6


def test_the_override_of_an_app_before_ours_is_called(shop, customer, monkeypatch):
	path = "erpnext.stock.get_item_details.get_price_list_rate_for"
	hooks = {point_of_sale.GET_ITEMS: [path, "crm_ext.overrides.point_of_sale.get_items"]}
	monkeypatch.setattr(frappe, "get_hooks", lambda *args, **kwargs: hooks)
	assert point_of_sale.before_us(point_of_sale.GET_ITEMS, point_of_sale.__name__) is frappe.get_attr(path)


@pytest.mark.parametrize("term", ["nothing like it"])
def test_a_page_without_tiles_stays_as_it_is(shop, customer, term):
	assert not point_of_sale.get_items(
		0, 40, PRICE_LIST, "All Item Groups", data.SHOP, term, customer=customer
	)
