# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Whoever is restricted to one company learns neither prices nor coupons of another, nor does the website."""

import pytest

import frappe

from erpnext.selling.page.point_of_sale.point_of_sale import get_items

from crm_ext.demo import data
from crm_ext.overrides import point_of_sale
from crm_ext.pricing.promotions.api import preview
from crm_ext.tests.pricing.people import as_user, person
from crm_ext.tests.pricing.shop import LISTED, PRICE_LIST
from crm_ext.tests.pricing.test_forms_permissions import ENDPOINTS, is_of_erpnext
from crm_ext.tests.promotions.running import offer
from crm_ext.tests.promotions.test_preview import LINES, form

OURS, LIST = 88.8, LISTED["LAMP-A"]
COUPON, BATCH = "Promotion Coupon", "Coupon Batch"


@pytest.fixture
def abroad() -> str:
	"""A manager of the other company."""
	user = person("Abroad Manager", "Sales User", "Sales Manager")
	frappe.get_doc(
		doctype="User Permission", user=user, allow="Company", for_value=data.PACIFIC.name
	).insert()
	return user


@pytest.fixture
def batch(shop) -> str:
	"""A batch of the home company with one code."""
	promotion = offer(
		"Volume Discount",
		company=data.HOME.name,
		products=[{"item": "LAMP-A"}],
		needs_coupon=1,
		tiers=[{"at_least": 1, "gives": "Discount Percentage", "value": 10}],
	)
	doc = frappe.get_doc(doctype=BATCH, title="At Home", promotion=promotion, kind="Unique Codes").insert()
	frappe.get_doc(doctype=COUPON, code="AT-HOME-1", batch=doc.name).insert()
	return doc.name


@ENDPOINTS
def test_a_form_gets_the_answer_of_erpnext(shop, customer, abroad, endpoint):
	with as_user(abroad):
		answer = endpoint(customer)
	is_of_erpnext(answer)


def test_nothing_is_told_before_saving(shop, customer, abroad):
	with as_user(abroad):
		assert preview(form("Sales Order", customer, LINES)) is None
	assert preview(form("Sales Order", customer, LINES))["rows"]


@pytest.mark.parametrize("who", ["abroad", "website"])
def test_tiles_have_list_prices(shop, abroad, who):
	user = {"abroad": abroad, "website": person("Website Visitor", "Customer")}[who]
	asked = (0, 40, PRICE_LIST, "All Item Groups", data.SHOP, "LAMP-A")
	with as_user(user):
		tiles, theirs = (get(*asked)["items"] for get in (point_of_sale.get_items, get_items))
	assert [tile["price_list_rate"] for tile in tiles] == [tile["price_list_rate"] for tile in theirs]
	assert theirs[0]["price_list_rate"] in (LIST, None)  # ERPNext 16 shows none to who may not read it


def test_coupons_and_batches_are_hidden(batch, abroad):
	with as_user(abroad):
		assert "AT-HOME-1" not in frappe.get_list(COUPON, pluck="name", limit=0)
		assert batch not in frappe.get_list(BATCH, pluck="name", limit=0)
		assert not frappe.has_permission(COUPON, "read", doc="AT-HOME-1")
		assert not frappe.has_permission(BATCH, "write", doc=batch)
	assert "AT-HOME-1" in frappe.get_list(COUPON, pluck="name", limit=0)


def test_no_coupon_is_made_for_a_batch_of_another_company(batch, abroad):
	with as_user(abroad), pytest.raises(frappe.PermissionError):
		frappe.get_doc(doctype=COUPON, code="SMUGGLED", batch=batch).insert()
