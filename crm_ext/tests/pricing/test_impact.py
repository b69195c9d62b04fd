# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt


import pytest

import frappe

from crm_ext.demo import data
from crm_ext.pricing import impact_runs
from crm_ext.pricing.impact import Impact
from crm_ext.pricing.impact_api import lines, status
from crm_ext.pricing.past import Past
from crm_ext.tests.builders import credit_note, customer, pos_invoice, sales_invoice, sales_order
from crm_ext.tests.pricing.a_matrix import matrix
from crm_ext.tests.pricing.past_sales import FIRST, customers_of_tests, day

HOME, VISIT, FITTING = data.HOME.name, data.VISIT.code, data.FITTING.code
AUTOMATIC = {"ignore_pricing_rule": 0}
LIST = 1500
"""The list price of the visit."""

pytestmark = pytest.mark.usefixtures("prices_of_then")


@pytest.fixture
def ten_percent(company) -> str:
	return matrix("Ten Percent", {"item": VISIT, "Discount": 10})


def sold(customer: str, number: int, qty: float = 1, rate: float = LIST, item: str = VISIT, **more):
	"""An invoice whose only line was sold at its list price, unless `list_rate` says otherwise, and not locked."""
	list_rate = more.pop("list_rate", rate)
	doc = sales_invoice(customer, day(number), items=[(item, rate, qty)], **AUTOMATIC, **more)
	put = {"price_list_rate": list_rate, "crm_ext_price_locked": 0}
	frappe.db.set_value("Sales Invoice Item", doc.items[0].name, put)
	return doc


def impact(matrix: str, *, visible=None, only=None) -> dict:
	"""The impact on the customers that this module makes, unless it is told whom to look at."""
	return Impact(matrix, Past(HOME, FIRST, day(60), visible or customers_of_tests(), only or {})).run()


def figures(result: dict) -> tuple:
	revenue = result["revenue"]
	return revenue["before"], revenue["after"], revenue["difference"]


def left_out(result: dict) -> dict[str, int]:
	return {row["reason"]: row["lines"] for row in result["left_out"]}


def test_a_draft_takes_ten_percent_off_what_was_sold(buyer, ten_percent):
	sold(buyer, 1, qty=2)
	sold(buyer, 2, item=FITTING, rate=5000)
	result = impact(ten_percent)
	assert figures(result) == (8000, 7700, -300)
	assert (result["invoices"], result["revenue"]["lines"], result["revenue"]["changed"]) == (2, 2, 1)
	assert result["currency"] == data.HOME.currency
	assert frappe.db.get_value("Price Matrix", ten_percent, "status") == "Draft"


def test_what_a_matrix_in_force_contributes_is_told_too(buyer):
	active = matrix("In Force", {"item": VISIT, "Rate": 1200}, status="Active")
	sold(buyer, 1, rate=1200)
	assert figures(impact(active)) == (1500, 1200, -300)


def test_it_is_compared_with_the_prices_in_force(buyer, ten_percent):
	matrix("Below", {"item": VISIT, "Rate": 1000}, status="Active", priority=-1)
	sold(buyer, 1)
	assert figures(impact(ten_percent)) == (1000, 1350, 350)


def test_without_a_list_price_a_line_counts_before_as_it_was_sold(buyer, ten_percent):
	sold(buyer, 1, rate=1234, list_rate=0)
	assert figures(impact(ten_percent)) == (1234, 1350, 116)


def test_a_discount_given_on_top_keeps_its_percentage(buyer, ten_percent):
	sold(buyer, 1, rate=1200, list_rate=LIST)
	assert figures(impact(ten_percent)) == (1200, 1080, -120)


def test_gains_and_losses_are_told_by_customer_item_and_month(buyer, company):
	dearer = customer()
	mixed = matrix("Mixed", {"customer": buyer, "Discount": 10}, {"customer": dearer, "Rate": 1600})
	sold(buyer, 1, qty=3)
	sold(dearer, 40)
	result = impact(mixed)
	assert [(row["name"], row["difference"]) for row in result["pay_less"]["rows"]] == [(buyer, -450)]
	assert [(row["name"], row["difference"]) for row in result["pay_more"]["rows"]] == [(dearer, 100)]
	assert (result["pay_less"]["customers"], result["pay_less"]["amount"]) == (1, 450)
	assert [(row["name"], row["difference"]) for row in result["items"]] == [(VISIT, -350)]
	assert {row["month"]: row["difference"] for row in result["months"] if row["lines"]} == {
		f"{day(1):%Y-%m}": -450,
		f"{day(40):%Y-%m}": 100,
	}
	assert len(result["months"]) == 3 or FIRST.day > 28


def test_returns_are_taken_off_and_what_came_back_in_full_is_left_out(buyer, ten_percent):
	part = sold(buyer, 1, qty=4)
	returned = credit_note(part, day(5))
	whole = sold(buyer, 2)
	credit_note(whole, day(6))
	frappe.db.set_value("Sales Invoice Item", returned.items[0].name, "qty", -1)
	result = impact(ten_percent)
	assert figures(result) == (4500, 4050, -450)
	assert left_out(result) == {"returned": 1}


def test_agreed_prices_are_left_out_and_counted(buyer, ten_percent):
	locked = sold(buyer, 1)
	frappe.db.set_value("Sales Invoice Item", locked.items[0].name, "crm_ext_price_locked", 1)
	sales_invoice(buyer, day(2), items=[(VISIT, LIST, 1)])
	sold(buyer, 3, is_debit_note=1)
	result = impact(ten_percent)
	assert figures(result) == (0, 0, 0)
	assert left_out(result) == {"locked": 1, "switched off": 1, "correction": 1}
	assert result["revenue"]["percent"] is None


def test_goods_from_an_order_are_priced_as_of_the_order_and_by_its_quantity(buyer):
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	breaks = matrix("Breaks", {"item": VISIT, "min_qty": 10, "Rate": 1000, "valid_to": day(3)})
	order = sales_order(buyer, day(2), items=[(VISIT, LIST, 10)], **AUTOMATIC)
	invoice = make_sales_invoice(order.name)
	invoice.items[0].qty = 4
	invoice.update({"posting_date": day(20), "set_posting_time": 1, "due_date": day(40)})
	invoice.insert()
	invoice.submit()
	assert figures(impact(breaks)) == (6000, 4000, -2000)


def test_a_price_on_its_own_day_counts(buyer):
	spring = matrix("Spring", {"item": VISIT, "Rate": 1400, "valid_from": day(10), "valid_to": day(20)})
	for number in (9, 10, 20, 21):
		sold(buyer, number)
	assert figures(impact(spring)) == (6000, 5800, -200)


def test_sales_at_the_counter_count_by_their_own_invoice(buyer):
	counter = matrix("Counter", {"pos_profile": data.SHOP, "Discount": 10})
	pos_invoice(buyer, day(3), items=[(VISIT, LIST, 1)], payments=_cash(LIST), **AUTOMATIC)
	sold(buyer, 3)
	assert figures(impact(counter)) == (3000, 2850, -150)


def _cash(amount: float) -> list[dict]:
	return [{"mode_of_payment": "Cash", "amount": amount}]


def test_money_is_in_company_currency(company, ten_percent):
	abroad = company.customers["Ravenscar Marine"]
	sold(abroad, 1, rate=200, currency="USD", conversion_rate=7)
	before, after, _difference = figures(impact(ten_percent, visible={abroad}))
	assert before == pytest.approx(1500, rel=0.01)
	assert after == pytest.approx(before * 0.9, rel=0.01)


def test_the_margin_rests_on_the_cost_of_the_invoice(buyer, ten_percent):
	doc = sold(buyer, 1, qty=2)
	sold(buyer, 2, item=FITTING, rate=5000)
	frappe.db.set_value("Sales Invoice Item", doc.items[0].name, "incoming_rate", 1200)
	margin = impact(ten_percent)["margin"]
	assert (margin["before"], margin["after"], margin["difference"]) == (600, 300, -300)
	assert (margin["before_percent"], margin["after_percent"]) == (20, 11.11)
	assert margin["coverage"] == 37.5


def test_only_customers_that_may_be_seen_count(buyer, ten_percent):
	hidden = customer()
	sold(buyer, 1)
	sold(hidden, 1)
	result = impact(ten_percent, visible={buyer})
	assert figures(result) == (1500, 1350, -150)
	assert result["customers"] == 1


def test_one_customer_or_one_item_can_be_looked_at_alone(buyer, ten_percent):
	other = customer()
	sold(buyer, 1)
	sold(other, 1, qty=2)
	sold(other, 1, item=FITTING, rate=5000)
	assert figures(impact(ten_percent, only={"customer": other})) == (8000, 7700, -300)
	assert figures(impact(ten_percent, only={"item_code": VISIT})) == (4500, 4050, -450)


def test_without_a_sale_there_is_an_answer_of_zeros(ten_percent):
	result = impact(ten_percent)
	assert figures(result) == (0, 0, 0)
	assert result["months"]
	assert not (result["pay_less"]["rows"] or result["items"])


def test_statements_do_not_grow_with_invoices_or_customers(ten_percent, queries):
	def sell_to_some() -> None:
		for _number in range(5):
			sold(customer(), 1)
			sold(customer(), 1, item=FITTING, rate=5000)

	sell_to_some()
	impact(ten_percent)
	some = queries(lambda: impact(ten_percent))
	sell_to_some()
	assert queries(lambda: impact(ten_percent)) == some


def asked(matrix: str) -> dict:
	return status(impact_runs.ask(matrix, HOME, 12))


def test_an_answer_is_kept_and_says_when_the_matrix_has_changed_since(buyer, ten_percent):
	sold(buyer, 1)
	state = asked(ten_percent)
	assert (state["status"], state["stale"]) == ("Done", False)
	assert state["result"]["pay_less"]["rows"][0]["label"] == buyer
	kept = frappe.get_doc(impact_runs.IMPACT, state["name"])
	assert kept.difference == state["result"]["revenue"]["difference"] == -150
	frappe.db.set_value("Price Matrix", ten_percent, "rates_version", 2)
	assert status(state["name"])["stale"]


def test_the_lines_behind_a_customer_come_with_their_documents(buyer, ten_percent):
	invoice = sold(buyer, 1)
	sold(buyer, 2, item=FITTING, rate=5000)
	found = lines(asked(ten_percent)["name"], customer=buyer)
	row = found["rows"][0]
	assert (found["total"], row["document"], row["difference"]) == (1, invoice.name, -150)


def test_many_invoices_are_left_to_a_job_which_is_asked_for_once(buyer, ten_percent, monkeypatch):
	monkeypatch.setattr(impact_runs, "AT_ONCE", 0)
	sold(buyer, 1)
	state = asked(ten_percent)
	assert state["status"] == "Running"
	assert asked(ten_percent)["name"] == state["name"]
	impact_runs.answer(state["name"])
	answered = status(state["name"])
	assert (answered["status"], answered["percent"]) == ("Done", 100)


def test_a_question_whose_worker_was_killed_may_be_asked_again(buyer, ten_percent, monkeypatch):
	monkeypatch.setattr(impact_runs, "AT_ONCE", 0)
	killed = impact_runs.ask(ten_percent, HOME, 12)
	frappe.db.set_value(impact_runs.IMPACT, killed, "creation", FIRST)
	again = impact_runs.ask(ten_percent, HOME, 12)
	assert again != killed
	assert frappe.db.get_value(impact_runs.IMPACT, killed, "status") == "Failed"


def test_the_job_answers_and_keeps_a_fault(buyer, ten_percent, monkeypatch):
	monkeypatch.setattr(impact_runs, "AT_ONCE", 0)
	name = impact_runs.ask(ten_percent, HOME, 12)
	impact_runs.work(name)
	assert frappe.db.get_value(impact_runs.IMPACT, name, "status") == "Done"


def test_only_the_last_answers_of_a_person_are_kept(ten_percent):
	names = [asked(ten_percent)["name"] for _number in range(12)]
	kept = frappe.get_all(impact_runs.IMPACT, {"matrix": ten_percent}, pluck="name")
	assert len(kept) == 10
	assert names[-1] in kept


def test_a_deleted_matrix_takes_its_answers_along(ten_percent):
	asked(ten_percent)
	frappe.delete_doc("Price Matrix", ten_percent)
	assert not frappe.db.exists(impact_runs.IMPACT, {"matrix": ten_percent})


def test_a_restricted_manager_sees_only_her_customers(company, buyer, ten_percent):
	own = company.customers[data.SELLER.customers[0]]
	sold(own, 1)
	sold(buyer, 1)
	frappe.get_doc("User", company.seller).add_roles("Sales Manager")
	frappe.set_user(company.seller)
	result = asked(ten_percent)["result"]
	assert [row["name"] for row in result["pay_less"]["rows"]] == [own]
	assert lines(frappe.get_last_doc(impact_runs.IMPACT).name, customer=buyer)["total"] == 0
