# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The nightly check finds the prices that no longer follow from what is written beside them."""

import json

import pytest

import frappe
from frappe.utils import add_days, getdate

from crm_ext.pricing import drift, drift_api
from crm_ext.tasks import crm_ext_nightly_price_replay
from crm_ext.tests import builders
from crm_ext.tests.pricing.a_matrix import matrix
from crm_ext.tests.pricing.people import SELLER, WRENCH, as_user, person
from crm_ext.tests.settings import change_settings

pytestmark = pytest.mark.usefixtures("nothing_committed")

PRICE = 777
BROKEN, CHANGED, SOURCE = "Does Not Replay", "Changed Afterwards", "Differs from Source"


@pytest.fixture
def matrix_price():
	matrix("Deviating", {"item": WRENCH, "Rate": PRICE}, status="Active")


@pytest.fixture
def order(matrix_price):
	"""A submitted order of ten wrenches at the matrix price."""
	return make("sales_order")


def make(kind: str, **values):
	values = {"items": [(WRENCH, None, 10)], "ignore_pricing_rule": 0, **values}
	return getattr(builders, kind)(builders.customer(), getdate(), **values)


def check(days: int = 0) -> None:
	drift.check(today=add_days(getdate(), days), commit=False)


def found(doc) -> list[tuple]:
	columns = ["kind", "status", "expected", "found"]
	rows = frappe.get_all("Price Deviation", {"reference_name": doc.name}, columns, order_by="kind")
	return [tuple(row[column] for column in columns) for row in rows]


def deviation(doc):
	return frappe.get_doc("Price Deviation", {"reference_name": doc.name})


def put(doc, **values) -> None:
	"""Change the first line past every price: as a script does, or “Update Items”."""
	doc.items[0].db_set(values)


def invoice_of(order, **changes):
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	invoice = make_sales_invoice(order.name)
	invoice.items[0].update(changes)
	return invoice.insert()


def test_prices_as_they_were_made_are_no_deviation(order):
	assert order.items[0].rate == PRICE
	invoice = invoice_of(order)
	invoice.submit()
	draft = make("sales_order", submit=False)
	check()
	assert found(order) == found(invoice) == found(draft) == []


def test_a_rate_changed_past_its_reasons_is_found(order):
	put(order, rate=700)
	check()
	assert found(order) == [(CHANGED, "Open", PRICE, 700)]
	doc = deviation(order)
	assert (doc.customer, doc.company, doc.item_code, doc.row_no) == (
		order.customer,
		order.company,
		WRENCH,
		1,
	)
	assert "777.00" in doc.explanation and "700.00" in doc.explanation and "Administrator" in doc.explanation


def test_update_items_is_found(order):
	from erpnext.controllers.accounts_controller import update_child_qty_rate

	row = order.items[0]
	rows = [{"docname": row.name, "item_code": WRENCH, "qty": 10, "rate": 700, "conversion_factor": 1}]
	update_child_qty_rate("Sales Order", json.dumps(rows), order.name)
	check()
	assert [one[:2] for one in found(order)] == [(CHANGED, "Open")]


def test_reasons_that_do_not_lead_to_the_price_are_found_with_their_step(order):
	steps = json.loads(order.items[0].crm_ext_price_steps)
	place = next(n for n, step in enumerate(steps["steps"]) if step["did"] == "matrix")
	steps["steps"][place]["detail"]["value"] = "700"
	put(order, crm_ext_price_steps=json.dumps(steps))
	check()
	assert found(order) == [(BROKEN, "Open", 700, PRICE)]
	assert f"Step {place + 1} of the price, by Deviating, leads to" in deviation(order).explanation


@pytest.mark.parametrize("nonsense", ["{", '{"schema": 99}', '{"schema": 1}', "[]"])
def test_reasons_that_cannot_be_read_are_found(order, nonsense):
	put(order, crm_ext_price_steps=nonsense)
	check()
	assert found(order) == [(BROKEN, "Open", 0, PRICE)]


def test_an_invoice_with_another_price_than_its_order_is_found_with_the_reason(order):
	invoice = invoice_of(order, rate=750)
	check()
	assert found(invoice) == [(SOURCE, "Open", PRICE, 750)]
	assert order.name in deviation(invoice).explanation
	assert "changed by hand" in deviation(invoice).explanation


def test_an_order_changed_after_its_invoice_is_the_reason(order):
	invoice = invoice_of(order)
	put(order, rate=700)
	check()
	assert found(invoice) == [(SOURCE, "Open", 700, PRICE)]
	assert "changed since" in deviation(invoice).explanation


def test_lines_without_reasons_are_held_against_their_source(company):
	order = make("sales_order", items=[(WRENCH, 900, 1)])
	invoice = invoice_of(order)
	put(invoice, rate=800)
	check()
	assert found(invoice) == [(SOURCE, "Open", 900, 800)]
	assert "Nothing stored" in deviation(invoice).explanation


def test_a_return_is_held_against_what_was_sold(matrix_price):
	invoice = make("sales_invoice")
	note = builders.credit_note(invoice, getdate())
	check()
	assert found(note) == []
	put(note, rate=700)
	check()
	assert SOURCE in [one[0] for one in found(note)]


def test_a_second_night_changes_nothing(order):
	put(order, rate=700)
	check()
	first = deviation(order)
	check()
	assert deviation(order).as_dict() == first.as_dict()


def test_a_check_that_was_killed_halfway_is_made_up_for(monkeypatch, matrix_price):
	monkeypatch.setattr(drift, "DOCUMENTS", 1)
	orders = [make("sales_order") for _ in range(3)]
	for order in orders:
		put(order, rate=700)
	write, written = drift._write, []

	def killed(*arguments):
		if written:
			raise KeyboardInterrupt
		written.append(write(*arguments))

	monkeypatch.setattr(drift, "_write", killed)
	with pytest.raises(KeyboardInterrupt):
		check()
	monkeypatch.setattr(drift, "_write", write)
	check()
	assert [found(order) for order in orders] == [[(CHANGED, "Open", PRICE, 700)]] * 3


def test_what_no_longer_holds_is_gone_and_may_come_back(order):
	put(order, rate=700)
	check()
	put(order, rate=PRICE)
	check()
	assert found(order) == [(CHANGED, "Gone", PRICE, 700)]
	put(order, rate=600)
	check()
	assert found(order) == [(CHANGED, "Open", PRICE, 600)]


def test_an_open_deviation_is_looked_at_however_old_its_document_is(order):
	put(order, rate=700)
	check()
	put(order, rate=PRICE)
	check(days=100)
	assert found(order)[0][1] == "Gone"


def test_documents_unchanged_for_longer_are_left_alone(order):
	put(order, rate=700)
	check(days=100)
	assert found(order) == []


def test_what_was_accepted_stays_while_its_figures_do(order):
	put(order, rate=700)
	check()
	accept(order)
	check()
	assert found(order) == [(CHANGED, "Accepted", PRICE, 700)]
	assert deviation(order).note == "Agreed by telephone"
	put(order, rate=PRICE)
	check()
	assert found(order)[0][1] == "Accepted"
	put(order, rate=690)
	check()
	assert found(order) == [(CHANGED, "Open", PRICE, 690)]


def test_a_cancelled_document_has_no_deviations(order):
	put(order, rate=700)
	check()
	order.reload().cancel()
	check()
	assert found(order)[0][1] == "Gone"


def test_a_deleted_document_takes_its_deviations_along(order):
	put(order, rate=700)
	check()
	frappe.db.delete("Sales Order", order.name)
	check()
	assert found(order) == []


def test_accepting_needs_a_reason(order):
	put(order, rate=700)
	check()
	with pytest.raises(frappe.ValidationError, match="why this price is right"):
		accept(order, note=" ")


def test_accepting_twice_passes_over_what_is_accepted(order):
	put(order, rate=700)
	check()
	assert (accept(order), accept(order, "Again")) == ({"accepted": 1}, {"accepted": 0})
	assert deviation(order).note == "Agreed by telephone"


def test_who_may_not_write_deviations_does_not_accept(order):
	put(order, rate=700)
	check()
	with as_user(person("Ann Plain", SELLER)), pytest.raises(frappe.PermissionError):
		accept(order)


def test_what_was_found_is_not_edited(order):
	put(order, rate=700)
	check()
	doc = deviation(order)
	with pytest.raises(frappe.PermissionError):
		doc.update({"found": 777}).save()


def test_a_batch_costs_the_same_number_of_statements_whatever_its_size(order, queries):
	def count(names):
		return queries(lambda: drift._check("Sales Order", names, getdate()))

	orders = [make("sales_order") for _ in range(3)]
	invoice_of(order)
	assert count([order.name]) == count([order.name, *(one.name for one in orders)])


@pytest.mark.parametrize(
	("field", "value"), [("pricing_enabled", 0), ("pricing_replay_days", 0), (None, None)]
)
def test_the_job_is_asked_for_unless_it_is_switched_off(monkeypatch, field, value):
	asked = []
	monkeypatch.setattr(drift, "enqueue_once", lambda method, timeout: asked.append(method))
	if field:
		change_settings(**{field: value})
	crm_ext_nightly_price_replay()
	assert asked == ([] if field else ["crm_ext.pricing.drift.check"])


def accept(doc, note: str = "Agreed by telephone") -> dict:
	return drift_api.accept([deviation(doc).name], note)
