# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The price of a price list, read in sets, against ERPNext's own answer line by line, for Item Prices of every sort."""

import random

import pytest

import frappe
from frappe.utils import add_days, flt, nowdate

from erpnext.stock.get_item_details import get_item_details

from crm_ext.demo import data
from crm_ext.pricing import service
from crm_ext.rows import insert_rows
from crm_ext.tests import builders
from crm_ext.tests.pricing.shop import PRICE_LIST, basket, item

CODES = ("LIST-A", "LIST-B")
ASKED = [(code, qty, uom) for code in CODES for qty in (1, 6) for uom in ("Nos", "Box")]


@pytest.fixture
def customer():
	name = builders.customer()
	frappe.get_doc(
		doctype="Price List", price_list_name=PRICE_LIST, currency="CNY", selling=1, enabled=1
	).insert()
	for code in CODES:
		item(code, None)
	return name


def some_prices(rng: random.Random, customer: str) -> list[tuple]:
	"""Rows of Item Price: no two that ERPNext would have to choose between by chance."""
	rows = {}
	for _ in range(rng.randint(1, 8)):
		key = (
			rng.choice(CODES),
			rng.choice(["", customer]),
			rng.choice(["", "Nos", "Box"]),
			rng.choice([None, add_days(nowdate(), -30), nowdate(), add_days(nowdate(), 3)]),
		)
		upto = rng.choice([None, add_days(nowdate(), -1), add_days(nowdate(), 9)])
		rows[key] = (*key, upto, round(rng.uniform(1, 500), 2), rng.choice([0, 0, 0, 3]))
	return [(code, PRICE_LIST, *rest, "CNY", 1) for code, *rest in rows.values()]


@pytest.mark.parametrize("seed", range(12))
def test_the_list_price_is_the_one_that_ERPNext_finds(customer, seed):
	columns = ("customer", "uom", "valid_from", "valid_upto", "price_list_rate", "packing_unit")
	rows = some_prices(random.Random(seed), customer)
	insert_rows("Item Price", ("item_code", "price_list", *columns, "currency", "selling"), rows)
	result = service.price(basket(customer, ASKED))
	ours = [float(result.priced[str(place)].price or 0) for place in range(len(ASKED))]
	assert ours == [erpnext_says(customer, *line) for line in ASKED]


def erpnext_says(customer: str, code: str, qty: float, uom: str) -> float:
	asked = frappe._dict(
		doctype="Sales Order",
		item_code=code,
		qty=qty,
		uom=uom,
		conversion_factor=12 if uom == "Box" else 1,
		customer=customer,
		company=data.HOME.name,
		currency="CNY",
		conversion_rate=1,
		price_list=PRICE_LIST,
		price_list_currency="CNY",
		plc_conversion_rate=1,
		transaction_date=nowdate(),
	)
	return flt(get_item_details(asked).get("price_list_rate"), 2)
