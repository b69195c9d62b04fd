# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What a stock unit costs a company."""

from decimal import Decimal

import frappe
from frappe.utils import getdate

from crm_ext.demo import data
from crm_ext.pricing.costs import costs_of
from crm_ext.pricing.model import Base
from crm_ext.tests.pricing.people import COST, WRENCH

VALUATION, PURCHASE = Base.VALUATION_RATE, Base.LAST_PURCHASE_RATE
DISCS, VISIT = data.DISCS.code, data.VISIT.code


def cost(item: str, base: Base = VALUATION, company: str = data.HOME.name) -> Decimal | None:
	return costs_of([item], company).get(item, {}).get(base)


def item(code: str, **values) -> str:
	doc = frappe.get_doc(
		doctype="Item",
		item_code=code,
		item_group=data.DISCS.group,
		stock_uom="Nos",
		is_stock_item=1,
		**values,
	)
	return doc.insert().name


def bin_(item: str, warehouse: str, qty: float, rate: float) -> None:
	frappe.get_doc(
		doctype="Bin",
		item_code=item,
		warehouse=warehouse,
		actual_qty=qty,
		valuation_rate=rate,
		stock_value=qty * rate,
	).insert()


def warehouses(company: str) -> list[str]:
	return frappe.get_all("Warehouse", {"company": company, "is_group": 0}, pluck="name", order_by="name")


def test_stock_is_valued_by_what_all_of_it_is_worth():
	code = item("Two Places")
	first, second = warehouses(data.HOME.name)[:2]
	bin_(code, first, 30, 10)
	bin_(code, second, 10, 20)
	assert cost(code) == Decimal("12.5")


def test_each_company_has_its_own_stock():
	code = item("Two Companies")
	bin_(code, warehouses(data.HOME.name)[0], 1, 70)
	bin_(code, warehouses(data.PACIFIC.name)[0], 1, 10)
	assert (cost(code), cost(code, company=data.PACIFIC.name)) == (70, 10)


def test_without_stock_the_last_valuation_counts_and_then_the_items_own():
	code = item("Sold Out", valuation_rate=3)
	assert cost(code) == 3
	bin_(code, warehouses(data.HOME.name)[0], 0, 4)
	assert cost(code) == 4


def test_what_costs_nothing_has_no_cost():
	code = item("Unknown", standard_rate=99)
	assert costs_of([code, "No Such Item"], data.HOME.name) == {}
	assert costs_of([], data.HOME.name) == {}


def test_the_last_purchase_is_for_a_stock_unit_in_company_currency():
	order = frappe.get_doc(
		doctype="Purchase Order",
		supplier=_supplier(),
		company=data.HOME.name,
		currency="USD",
		conversion_rate=7,
		schedule_date=getdate(),
		items=[{"item_code": WRENCH, "qty": 2, "rate": 840, "uom": "Box", "conversion_factor": 12}],
	).insert()
	order.submit()
	assert cost(WRENCH, PURCHASE) == 840 * 7 / 12
	assert cost(WRENCH) == COST


def test_a_service_costs_what_was_paid_for_it():
	for company, qty, rate in ((data.HOME.name, 1, 100), (data.HOME.name, 3, 60), (data.PACIFIC.name, 1, 5)):
		frappe.get_doc(
			doctype="Purchase Invoice",
			supplier=_supplier(),
			company=company,
			currency=frappe.get_cached_value("Company", company, "default_currency"),
			conversion_rate=1,
			due_date=getdate(),
			items=[{"item_code": VISIT, "qty": qty, "rate": rate}],
		).insert().submit()
	assert (cost(VISIT), cost(VISIT, company=data.PACIFIC.name)) == (70, 5)


def test_a_bundle_costs_what_its_components_cost():
	bundle = _bundle((WRENCH, 2), (DISCS, 3))
	assert cost(bundle) == 2 * COST + 3 * 300
	assert cost(bundle, PURCHASE) is None


def test_a_bundle_with_a_component_of_unknown_cost_has_none():
	assert cost(_bundle((WRENCH, 1), (item("Unknown"), 1))) is None


def test_one_statement_is_enough_and_a_second_for_bundles(queries):
	items = [each.code for each in data.ITEMS]
	assert queries(lambda: costs_of(items, data.HOME.name)) == 1
	items.append(_bundle((WRENCH, 1)))
	assert queries(lambda: costs_of(items, data.HOME.name)) == 2


def _supplier() -> str:
	if not frappe.db.exists("Supplier", "Deep Well"):
		group = frappe.db.get_value("Supplier Group", {"is_group": 0})
		frappe.get_doc(doctype="Supplier", supplier_name="Deep Well", supplier_group=group).insert()
	return "Deep Well"


def _bundle(*components: tuple[str, float]) -> str:
	code = item("Starter Set")
	frappe.db.set_value("Item", code, "is_stock_item", 0)
	frappe.clear_document_cache("Item", code)
	frappe.get_doc(
		doctype="Product Bundle",
		new_item_code=code,
		items=[{"item_code": component, "qty": qty} for component, qty in components],
	).insert()
	return code
