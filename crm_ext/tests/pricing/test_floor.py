# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Lines below the floor are marked in the draft, and refused when it is submitted."""

import pytest

import frappe
from frappe.custom.doctype.property_setter.property_setter import make_property_setter
from frappe.utils import add_days, getdate

from crm_ext.demo import data
from crm_ext.pricing import floors
from crm_ext.tests import builders
from crm_ext.tests.pricing.items import update_items
from crm_ext.tests.pricing.people import APPROVER, COST, SELLER, WRENCH, as_user, floor, person
from crm_ext.tests.settings import change_settings

pytestmark = pytest.mark.usefixtures("nothing_committed")

LEAST = 1000
"""The floor at 40 % margin on a cost of 600."""


@pytest.fixture(autouse=True)
def messages():
	"""Only what the test itself brings about is said."""
	frappe.clear_messages()


def order(rate: float, qty: float = 1, **values):
	customer = values.pop("customer", None) or builders.customer()
	items = values.pop("items", [(WRENCH, rate, qty)])
	return builders.sales_order(customer, getdate(), items=items, submit=False, **values)


def standing(doc) -> tuple[str, list[int]]:
	doc.reload()
	return doc.crm_ext_price_approval or "", [row.crm_ext_below_floor for row in doc.items]


def said() -> str:
	return " ".join(message["message"] for message in frappe.get_message_log())


def test_without_a_floor_nothing_is_asked_of_the_database(queries):
	doc = order(1)
	assert standing(doc) == ("", [0])
	floors.check(doc)
	assert queries(lambda: floors.check(doc)) == 0


def test_a_line_below_the_floor_is_marked_and_the_draft_saved():
	floor(40)
	doc = order(0, items=[(WRENCH, LEAST, 1), (WRENCH, LEAST - 0.01, 1)])
	assert standing(doc) == ("Below Floor", [0, 1])
	assert "Row 2" in said() and "1,000.00" in said() and "request an approval" in said()
	assert "Row 1" not in said()
	assert [m["indicator"] for m in frappe.get_message_log()] == ["orange"]


def test_raising_the_price_takes_the_mark_away():
	floor(40)
	doc = order(900)
	doc.items[0].rate = LEAST
	doc.save()
	assert standing(doc) == ("", [0])


def test_what_rounds_to_the_floor_is_not_below_it():
	floor(7)  # 645.161…
	assert standing(order(645.16)) == ("", [0])
	assert standing(order(645.15)) == ("Below Floor", [1])


def test_the_additional_discount_counts():
	floor(40)
	assert standing(order(LEAST, additional_discount_percentage=1))[1] == [1]
	assert standing(order(LEAST * 1.25, additional_discount_percentage=20))[1] == [0]


def test_a_tax_in_the_price_does_not_count():
	floor(40)
	account = frappe.db.get_value("Account", {"account_type": "Tax", "company": data.HOME.name})
	tax = {
		"charge_type": "On Net Total",
		"account_head": account,
		"description": "VAT",
		"rate": 10,
		"included_in_print_rate": 1,
	}
	assert standing(order(1099, taxes=[tax]))[1] == [1]
	assert standing(order(1100, taxes=[tax]))[1] == [0]


def test_the_floor_is_for_a_stock_unit_in_company_currency():
	floor(40)
	item = frappe.get_doc("Item", WRENCH)
	item.append("uoms", {"uom": "Box", "conversion_factor": 12})
	item.save()
	dollars = {"currency": "USD", "conversion_rate": 8}
	least = LEAST * 12 / 8
	for rate, below in ((least, 0), (least - 0.01, 1)):
		doc = order(rate, **dollars)
		doc.items[0].update({"uom": "Box", "conversion_factor": 12, "rate": rate})
		doc.save()
		assert standing(doc)[1] == [below]


def test_the_floor_of_the_nearest_item_group_counts():
	floor(40)
	floor(10, item_group="Workshop Equipment")
	assert standing(order(900))[1] == [0]
	floor(50, item_group="Hand Tools")
	assert standing(order(LEAST))[1] == [1]


def test_the_floor_of_another_company_does_not_count():
	floor(40, company=data.PACIFIC.name)
	assert standing(order(1))[1] == [0]


def test_whoever_has_a_role_with_a_lower_floor_may_go_lower():
	floor(40)
	floor(10, role=APPROVER)
	with as_user(person("Ann Plain", SELLER)):
		doc = order(900)
		assert standing(doc)[1] == [1]
	with as_user(person("Bea Free", SELLER, APPROVER)):
		doc.save()
		assert standing(doc) == ("", [0])


def test_a_floor_that_is_changed_or_disabled_is_followed_at_once():
	record = floor(40)
	doc = order(900)
	record.update({"minimum_margin": 30}).save()
	doc.save()
	assert standing(doc)[1] == [0]
	record.update({"minimum_margin": 40, "enabled": 0}).save()
	doc.save()
	assert standing(doc)[1] == [0]
	record.update({"enabled": 1}).save()
	doc.save()
	assert standing(doc)[1] == [1]
	frappe.delete_doc("Price Floor", record.name)
	doc.save()
	assert standing(doc) == ("", [0])


def test_with_prices_switched_off_there_are_no_floors():
	floor(40)
	change_settings(pricing_enabled=0)
	assert floors.below_floor(order(1)) == []


def test_an_item_without_a_cost_has_no_floor():
	floor(40)
	assert standing(order(0, items=[(builders.SERVICE, 1, 1)]))[1] == [0]


def test_submitting_below_the_floor_is_refused_with_the_cure():
	floor(40)
	doc = order(900)
	with pytest.raises(frappe.ValidationError, match=r"Row 1.*900\.00.*1,000\.00.*request an approval"):
		doc.submit()
	assert doc.reload().docstatus == 0


def test_submitting_at_the_floor_is_not():
	floor(40)
	doc = order(LEAST)
	doc.submit()
	assert doc.docstatus == 1


def test_the_floor_is_hidden_from_who_may_not_see_the_cost():
	floor(40)
	make_property_setter("Item", "valuation_rate", "permlevel", 3, "Int")
	try:
		with as_user(person("Ann Plain", SELLER)):
			frappe.clear_messages()
			doc = order(900)
			assert "below the lowest price that you may give" in said()
			assert "1,000" not in said()
			with pytest.raises(frappe.ValidationError) as refused:
				doc.submit()
			assert "1,000" not in str(refused.value)
	finally:
		frappe.db.rollback()
		frappe.clear_cache(doctype="Item")


def test_a_free_item_has_no_floor():
	floor(40)
	doc = order(LEAST)
	doc.append(
		"items", {"item_code": WRENCH, "qty": 1, "rate": 0, "is_free_item": 1, "delivery_date": getdate()}
	)
	doc.save()
	assert standing(doc)[1] == [0, 0]


def test_a_return_carries_the_price_sold_at():
	invoice = builders.sales_invoice(builders.customer(), getdate(), items=[(WRENCH, 700, 1)], update_stock=0)
	floor(40)
	note = builders.credit_note(invoice, getdate())
	assert (note.docstatus, note.crm_ext_price_approval or "") == (1, "")


@pytest.mark.parametrize("doctype", ["Delivery Note", "Sales Invoice"])
def test_a_price_that_was_agreed_in_an_order_is_not_judged_again(doctype):
	doc = order(900)
	doc.submit()
	floor(40)
	mapped = _mapped(doc, doctype)
	mapped.insert()
	assert standing(mapped) == ("", [0])
	mapped.submit()
	assert mapped.docstatus == 1


def test_a_price_that_was_agreed_with_another_customer_is_judged():
	doc = order(900)
	doc.submit()
	floor(40)
	mapped = _mapped(doc, "Sales Invoice")
	mapped.customer = mapped.customer_name = builders.customer()
	mapped.set("crm_ext_price_approval", "")
	floors.check(mapped)
	assert mapped.items[0].crm_ext_below_floor


def test_a_price_that_fell_since_it_was_agreed_is_judged():
	doc = order(900)
	doc.submit()
	floor(40)
	mapped = _mapped(doc, "Delivery Note")
	mapped.items[0].rate = 899
	mapped.insert()
	assert standing(mapped)[1] == [1]
	mapped.items[0].rate = 900
	mapped.save()
	mapped.additional_discount_percentage = 1
	mapped.save()
	assert standing(mapped)[1] == [1]


def test_a_quotation_to_a_lead_is_judged():
	floor(40)
	lead = frappe.get_doc(doctype="Lead", first_name="Lena", company_name="Low Tide").insert()
	quotation = frappe.get_doc(
		doctype="Quotation",
		quotation_to="Lead",
		party_name=lead.name,
		company=data.HOME.name,
		transaction_date=getdate(),
		valid_till=add_days(getdate(), 9),
		selling_price_list=data.PRICE_LISTS[0][0],
		items=[{"item_code": WRENCH, "qty": 1, "rate": 900}],
	).insert()
	assert standing(quotation) == ("Below Floor", [1])


def test_the_floor_is_judged_at_the_counter():
	floor(40)
	doc = builders.pos_invoice(
		builders.customer(), getdate(), 900, items=[(WRENCH, 900, 1)], submit=False, update_stock=0
	)
	assert standing(doc) == ("Below Floor", [1])


def test_judging_costs_one_statement_and_two_where_a_line_is_below(queries):
	floor(40)
	above = order(0, items=[(WRENCH, LEAST, 1)] * 30)
	floors.check(above)
	assert queries(lambda: floors.check(above)) == 1
	below = order(0, items=[(WRENCH, 900, 1)] * 30)
	floors.check(below)
	assert queries(lambda: floors.check(below)) <= 2


def test_the_cost_of_the_wrench_is_what_the_tests_think():
	from crm_ext.pricing.costs import costs_of
	from crm_ext.pricing.model import Base

	assert costs_of([WRENCH], data.HOME.name)[WRENCH][Base.VALUATION_RATE] == COST


def _mapped(doc, doctype: str):
	from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note, make_sales_invoice

	return {"Delivery Note": make_delivery_note, "Sales Invoice": make_sales_invoice}[doctype](doc.name)


@pytest.mark.parametrize("change", [{"rate": 700}, {"docname": None, "rate": 700}], ids=["lowered", "added"])
def test_update_items_goes_not_below_the_floor(change):
	doc = order(1200)
	doc.submit()
	floor(40)
	with pytest.raises(frappe.ValidationError, match="lowest price"):
		update_items(doc.reload(), **change)


def test_update_items_may_change_the_quantity_of_a_line_below_the_floor():
	doc = order(900)
	doc.submit()
	floor(40)
	update_items(doc.reload(), qty=9)
	assert doc.reload().items[0].qty == 9
