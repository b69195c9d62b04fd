# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Adding up a back-test: documents, customers, months, and the day on which a limit would have been reached."""

from datetime import date, timedelta
from decimal import Decimal

from crm_ext.pricing.promotions.backtest_model import MOST, Qualified, Tally
from crm_ext.pricing.promotions.result_model import Promoted

SINCE, UNTIL = date(2026, 1, 5), date(2026, 3, 8)


def given(
	number: int, amount: int, customer: str = "A", *, first: bool = True, document: str = ""
) -> Qualified:
	"""A document so many days after the first one, with so much taken off 1,000."""
	figures = Promoted(invoices=int(first), revenue=Decimal(1000 - amount), discount=Decimal(amount))
	return Qualified(
		document=("Sales Invoice", document or f"{customer}-{number}"),
		customer=customer,
		day=SINCE + timedelta(days=number),
		figures=figures,
		items=(("LAMP", figures),),
		first=first,
	)


def tally(*documents: Qualified) -> Tally:
	found = Tally()
	for one in documents:
		found.add(one)
	return found


def day(number: int) -> str:
	return str(SINCE + timedelta(days=number))


def test_a_limit_is_reached_on_the_day_its_last_part_is_used():
	found = tally(given(0, 60), given(3, 40), given(9, 100))
	[money] = found.burnt(budget=Decimal(100))
	assert money == {"limit": "money", "most": 100, "used": 200, "percent": 200, "day": day(3)}


def test_a_limit_that_is_not_reached_has_no_day():
	[uses] = tally(given(0, 60)).burnt(uses=2)
	assert (uses["used"], uses["percent"], uses["day"]) == (1, 50, None)


def test_without_limits_nothing_is_told():
	assert tally(given(0, 60)).burnt() == []


def test_a_customer_counts_once_and_a_document_in_parts_too():
	found = tally(given(0, 10, "A"), given(1, 10, "A"), given(8, 10, "A", first=False), given(2, 10, "B"))
	uses, customers = found.burnt(uses=10, customers=2)
	assert (uses["used"], customers["used"], customers["day"]) == (3, 2, day(2))
	assert found.total.invoices == 3


def test_what_is_free_is_charged_at_its_price():
	gift = Qualified(
		document=("Sales Invoice", "1"),
		customer="A",
		day=SINCE,
		figures=Promoted(invoices=1, gifts=Decimal(30), gifts_price=Decimal(80), freight=Decimal(5)),
	)
	assert gift.charge == 85


def test_those_who_gain_most_come_first_and_not_all_are_told():
	found = tally(*(given(1, number, f"Customer {number:03}") for number in range(1, MOST + 11)))
	rows = found.of_customers()
	assert len(rows) == MOST
	assert (rows[0]["name"], rows[0]["given"], rows[0]["revenue"]) == (
		f"Customer {MOST + 10:03}",
		MOST + 10,
		1000,
	)


def test_months_without_a_document_are_there():
	found = tally(given(0, 60), given(40, 10)).of_months(SINCE, UNTIL)
	assert [(row["month"], row["given"]) for row in found] == [
		("2026-01", 60),
		("2026-02", 10),
		("2026-03", 0),
	]


def test_what_was_given_adds_up_week_by_week_to_the_last_day():
	found = tally(given(0, 60), given(6, 10), given(7, 5)).burning(SINCE, UNTIL)
	assert [row["given"] for row in found[:3]] == [70, 75, 75]
	assert (len(found), found[-1]["day"]) == (9, str(UNTIL))
