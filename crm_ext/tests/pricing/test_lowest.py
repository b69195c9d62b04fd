# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

from datetime import date, timedelta
from decimal import Decimal

from crm_ext.demo import data
from crm_ext.pricing.lowest import lowest_rates
from crm_ext.tests.builders import credit_note, customer, pos_invoice, sales_invoice
from crm_ext.tests.days import today

AS_OF = today() - timedelta(days=200)
"""The demo sold no service before."""

HOME, VISIT, FITTING = data.HOME.name, data.VISIT.code, data.FITTING.code


def ago(days: int) -> date:
	return AS_OF - timedelta(days=days)


def lowest(item: str = VISIT, **more):
	return lowest_rates([item], HOME, as_of=AS_OF, **more).get(item)


def test_the_lowest_price_names_the_latest_document_with_it(buyer):
	sales_invoice(buyer, ago(20), 90)
	latest = sales_invoice(buyer, ago(10), 90)
	sales_invoice(buyer, ago(5), 95)
	found = lowest()
	assert (found.rate, found.date, found.document) == (90, ago(10), ("Sales Invoice", latest.name))


def test_the_window_ends_with_the_day_itself_and_begins_thirty_days_before(buyer):
	sales_invoice(buyer, ago(30), 70)
	sales_invoice(buyer, ago(29), 80)
	sales_invoice(buyer, ago(-1), 60)
	assert lowest().rate == 80
	assert lowest(days=31).rate == 70


def test_it_is_the_rate_of_one_stock_unit_in_company_currency_after_every_discount(buyer, company):
	abroad = company.customers["Ravenscar Marine"]
	sales_invoice(abroad, ago(9), currency="USD", conversion_rate=7, items=[(VISIT, 14, 2)])
	assert lowest().rate == 98
	discounted = {"apply_discount_on": "Net Total", "additional_discount_percentage": 50}
	sales_invoice(buyer, ago(8), 150, **discounted)
	assert lowest().rate == 75
	doc = sales_invoice(buyer, ago(7), 600, submit=False)
	doc.items[0].update({"uom": "Box", "conversion_factor": 10})
	doc.save()
	doc.submit()
	assert lowest().rate == 60


def test_returns_debit_notes_openings_drafts_and_free_goods_do_not_count(buyer):
	invoice = sales_invoice(buyer, ago(9), 100)
	credit_note(invoice, ago(8))
	sales_invoice(buyer, ago(7), 10, is_debit_note=1)
	sales_invoice(buyer, ago(6), 10, submit=False)
	sales_invoice(buyer, ago(5), items=[(VISIT, 0, 1), (FITTING, 500, 1)])
	assert lowest().rate == 100
	assert set(lowest_rates([VISIT, FITTING, data.OIL.code], HOME, as_of=AS_OF)) == {VISIT, FITTING}


def test_sales_at_the_counter_count_by_their_own_invoice(buyer):
	sale = pos_invoice(buyer, ago(4), 55)
	assert (lowest().rate, lowest().document) == (Decimal(55), ("POS Invoice", sale.name))


def test_one_customer_or_all_and_one_company(buyer):
	other = customer()
	sales_invoice(other, ago(4), 40)
	sales_invoice(buyer, ago(4), 50)
	assert lowest().rate == 40
	assert lowest(customer=buyer).rate == 50
	assert lowest_rates([VISIT], data.PACIFIC.name, as_of=AS_OF) == {}


def test_any_number_of_items_takes_one_statement(buyer, queries):
	sales_invoice(buyer, ago(4), items=[(VISIT, 50, 1), (FITTING, 60, 1)])
	items = [item.code for item in data.ITEMS]
	assert queries(lambda: lowest_rates(items, HOME, as_of=AS_OF)) == 1
	assert queries(lambda: lowest_rates([], HOME)) == 0
