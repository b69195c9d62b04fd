# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Real connections: many documents that want the last use at once, and one that is killed while it has it."""

import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from decimal import Decimal

import pytest

import frappe

from crm_ext.demo import data
from crm_ext.pricing.promotions import counting
from crm_ext.pricing.promotions.usage import Key, read
from crm_ext.tests import builders
from crm_ext.tests.parallel import Worker, commit_without_jobs, patiently
from crm_ext.tests.promotions.running import offer
from crm_ext.tests.promotions.uses import coupon, uses_of

TITLE, RIVAL = "Raced Promotion", "Raced Rival"
ITEM = "RACED-SERVICE"
PRICE_LIST = next(name for name, of, _ in data.PRICE_LISTS if of == data.HOME.currency)
CODE = "RACED-CODE"
CUSTOMERS = tuple(f"Raced Customer {number}" for number in range(4))
AT_ONCE = 20
FEWER = 12
PRICE, REDUCED = 100, 90
TABLES = ("Promotion Redemption", "Promotion Sale", "Promotion Usage")


@pytest.fixture(scope="module", autouse=True)
def on_real_connections(company) -> Iterator[None]:
	"""The customers, and a service that costs 100; all is gone afterwards."""
	for customer in CUSTOMERS:
		builders.customer(customer)
	group = frappe.db.get_value("Item", builders.SERVICE, "item_group")
	frappe.get_doc(
		doctype="Item", item_code=ITEM, item_group=group, stock_uom="Nos", is_stock_item=0
	).insert()
	frappe.get_doc(
		doctype="Item Price", item_code=ITEM, price_list=PRICE_LIST, price_list_rate=PRICE
	).insert()
	commit_without_jobs()
	yield
	patiently(_clean_up)


@pytest.fixture
def raced(company) -> Iterator:
	"""`raced(max_uses=10)`: an active promotion of 10 % on the service, committed."""

	def make(title: str = TITLE, percent: int = 10, **values) -> str:
		products = [{"item": ITEM}]
		tiers = [{"at_least": 1, "gives": "Discount Percentage", "value": percent}]
		name = offer("Volume Discount", title=title, products=products, tiers=tiers, **values)
		if values.get("needs_coupon"):
			coupon(name, CODE, max_uses=0, max_uses_per_customer=0)
		commit_without_jobs()
		return name

	yield make
	patiently(_forget)


def _forget():
	names = frappe.get_all("Sales Order", {"customer": ("in", CUSTOMERS)}, pluck="name")
	for name in names:
		order = frappe.get_doc("Sales Order", name)
		if order.docstatus == 1:
			order.cancel()
		order.delete()
	for title in (TITLE, RIVAL):
		for table in (*TABLES, "Promotion Coupon", "Coupon Batch"):
			frappe.db.delete(table, {"promotion": title})
		frappe.delete_doc("Sales Promotion", title, ignore_missing=True)


def _clean_up():
	_forget()
	for customer in CUSTOMERS:
		frappe.delete_doc("Customer", customer, ignore_missing=True)
	frappe.db.delete("Item Price", {"item_code": ITEM})
	frappe.delete_doc("Item", ITEM, ignore_missing=True)


def order(customer: str, **values):
	"""An order of the service for 100, as a program sends it."""
	return frappe.get_doc(
		{
			"doctype": "Sales Order",
			"customer": customer,
			"company": data.HOME.name,
			"delivery_date": frappe.utils.nowdate(),
			"selling_price_list": PRICE_LIST,
			"items": [{"item_code": ITEM, "qty": 1}],
			**values,
		}
	)


def sell(rates: list, customer: str, **values) -> None:
	"""Submit an order on a connection of its own."""
	doc = order(customer, **values)
	doc.insert().submit()
	commit_without_jobs()
	rates.append(doc.items[0].rate)


def at_once(site: str, *works) -> list[BaseException]:
	barrier = threading.Barrier(len(works))
	workers = [Worker(site, work, barrier) for work in works]
	for worker in workers:
		worker.join(120)
	frappe.db.rollback()
	return [worker.error for worker in workers if worker.error]


def race(site: str, number: int = AT_ONCE, customers=CUSTOMERS, **values) -> list[float]:
	"""The rates of so many orders that are sold at the same time, in turn to each of the customers; all go through."""
	rates: list[float] = []
	of = (customers[place % len(customers)] for place in range(number))
	assert at_once(site, *(lambda one=one: sell(rates, one, **values) for one in of)) == []
	assert len(rates) == number
	return rates


def counted(customer: str = "", code: str = ""):
	return read([Key(TITLE, customer, code)])[Key(TITLE, customer, code)]


def counters() -> list[tuple]:
	columns = ["name", "uses", "customers", "amount"]
	return frappe.get_all("Promotion Usage", {"promotion": TITLE}, columns, as_list=True, order_by="name")


def assert_counted_right() -> None:
	"""What is counted is what there is."""
	before = counters()
	counting.count(TITLE)
	assert counters() == before
	frappe.db.rollback()


def test_twenty_orders_on_a_promotion_for_ten_are_all_submitted_and_ten_have_it(site, raced):
	promotion = raced(max_uses=10)
	rates = race(site)
	assert (rates.count(REDUCED), rates.count(PRICE)) == (10, 10)
	assert [status for _name, status, *_ in uses_of(promotion)] == ["Reserved"] * 10
	assert counted().uses == 10
	assert frappe.db.count("Sales Order", {"customer": ("in", CUSTOMERS), "docstatus": 1}) == AT_ONCE
	assert_counted_right()


def test_the_budget_is_spent_to_the_last_order_and_not_beyond(site, raced):
	raced(budget=75)
	assert race(site, FEWER).count(REDUCED) == 7
	assert counted().amount == Decimal(70)
	assert_counted_right()


def test_the_next_best_takes_over_from_one_that_runs_out(site, raced):
	raced(max_uses=4)
	raced(RIVAL, 5, max_uses=4)
	rates = race(site, FEWER)
	assert sorted(rates) == [REDUCED] * 4 + [95] * 4 + [PRICE] * 4
	assert_counted_right()


def test_each_customer_has_it_just_as_often_as_it_may(site, raced):
	raced(max_uses_per_customer=2)
	assert race(site, FEWER).count(REDUCED) == 2 * len(CUSTOMERS)
	assert [counted(customer).uses for customer in CUSTOMERS] == [2] * len(CUSTOMERS)
	assert_counted_right()


def test_no_more_customers_have_it_than_may(site, raced):
	raced(max_customers=2)
	assert race(site, FEWER).count(REDUCED) == 6
	assert counted()[:2] == (6, 2)
	assert_counted_right()


def test_a_unique_coupon_is_used_by_one_of_many(site, raced):
	raced(needs_coupon=1)
	frappe.db.set_value("Coupon Batch", {"promotion": TITLE}, "max_uses", 1)
	commit_without_jobs()
	assert race(site, 8, crm_ext_coupon_codes=CODE.lower()).count(REDUCED) == 1
	assert frappe.db.get_value("Promotion Coupon", CODE, ["status", "uses"]) == ("Reserved", 1)
	assert counted(code=CODE).uses == 1
	assert_counted_right()


def test_a_public_code_without_limits_is_for_all_of_them_and_each_is_counted(site, raced):
	raced(needs_coupon=1)
	assert race(site, 8, crm_ext_coupon_codes=CODE).count(REDUCED) == 8
	assert frappe.db.get_value("Promotion Coupon", CODE, ["status", "uses"]) == ("Available", 8)


def test_what_is_cancelled_while_others_sell_can_be_had_again_and_no_more(site, raced):
	raced(max_uses=4)
	race(site, 4)
	names = frappe.get_all("Promotion Redemption", {"promotion": TITLE}, pluck="reference_name")
	rates: list[float] = []

	def cancel(name: str):
		frappe.get_doc("Sales Order", name).cancel()
		commit_without_jobs()

	works = [lambda name=name: cancel(name) for name in names[:2]]
	works += [lambda one=one: sell(rates, one) for one in CUSTOMERS * 2]
	assert at_once(site, *works) == []
	assert rates.count(REDUCED) <= 2
	assert counted().uses == 2 + rates.count(REDUCED)
	assert_counted_right()


def test_counting_anew_while_orders_are_submitted_loses_none(site, raced):
	raced(max_uses=15, max_customers=4, budget=1_000)
	rates: list[float] = []
	works = [lambda one=one: sell(rates, one) for one in CUSTOMERS * 3]
	works += [counting.count_all, counting.count_all]
	assert at_once(site, *works) == []
	assert rates.count(REDUCED) == 12
	assert counted()[:3] == (12, 4, Decimal(120))
	assert_counted_right()


def test_a_worker_that_is_killed_while_it_submits_leaves_the_use_to_the_next(site, raced):
	raced(max_uses=1)
	script = f"""
		import os, frappe
		frappe.init({site!r}, sites_path="."); frappe.connect(); frappe.flags.in_test = frappe.in_test = True
		from crm_ext.pricing.promotions import redeeming
		from crm_ext.tests.promotions.test_races import order
		redeeming.coupons.mirror = lambda *_: os._exit(9)
		order({CUSTOMERS[0]!r}).insert().submit()
	"""
	killed = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], timeout=120)
	assert killed.returncode == 9
	frappe.db.rollback()
	assert uses_of(TITLE) == []
	assert race(site, 2).count(REDUCED) == 1
	assert_counted_right()


def test_a_count_that_is_killed_halfway_changes_nothing(site, raced):
	raced(max_uses=5)
	race(site, 2)
	script = f"""
		import os, frappe
		frappe.init({site!r}, sites_path="."); frappe.connect()
		from crm_ext.pricing.promotions import counting
		counting._sum_up = lambda promotion: os._exit(9)
		counting.count_all()
	"""
	killed = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], timeout=120)
	assert killed.returncode == 9
	frappe.db.rollback()
	assert counted().uses == 2
	assert race(site, 5).count(REDUCED) == 3
