# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The limits of promotions on documents, one after the other; `test_races` has them all at once."""

import pytest

import frappe

from crm_ext.pricing.promotions import redeeming, usage
from crm_ext.pricing.promotions.traces import promotions_of_row
from crm_ext.tests import builders
from crm_ext.tests.pricing.shop import PRICE_LIST, native_rule, unsaved
from crm_ext.tests.promotions.running import offer
from crm_ext.tests.promotions.uses import PRICE, counted, money, submitted, ten_percent, uses_of
from crm_ext.tests.settings import change_settings

REDUCED = 79.92
DISCOUNT = money(8.88)


def rates(documents) -> list[float]:
	return [document.items[0].rate for document in documents]


def another_customer() -> str:
	return builders.customer(default_price_list=PRICE_LIST)


def test_a_promotion_capped_at_two_uses_is_used_by_two_orders(shop, customer):
	promotion = ten_percent(max_uses=2)
	orders = [submitted("Sales Order", customer) for _ in range(3)]
	assert rates(orders) == [REDUCED, REDUCED, PRICE]
	assert [name for name, *_ in uses_of(promotion)] == [order.name for order in orders[:2]]
	assert counted(promotion).uses == 2


def test_one_customer_may_have_it_once_and_another_too(shop, customer):
	promotion = ten_percent(max_uses_per_customer=1)
	orders = [submitted("Sales Order", of) for of in (customer, customer, another_customer())]
	assert rates(orders) == [REDUCED, PRICE, REDUCED]
	assert counted(promotion, customer).uses == 1


def test_two_customers_may_have_it_as_often_as_they_like_and_a_third_not(shop, customer):
	promotion = ten_percent(max_customers=2)
	second, third = another_customer(), another_customer()
	orders = [submitted("Sales Order", of) for of in (customer, second, third, customer, second)]
	assert rates(orders) == [REDUCED, REDUCED, PRICE, REDUCED, REDUCED]
	assert counted(promotion)[:2] == (4, 2)


def test_the_budget_is_never_exceeded(shop, customer):
	promotion = ten_percent(budget=20)
	orders = [submitted("Sales Order", customer) for _ in range(3)]
	assert rates(orders) == [REDUCED, REDUCED, PRICE]
	assert counted(promotion).amount == 2 * DISCOUNT


def test_a_budget_that_is_just_enough_is_spent_to_the_last_cent(shop, customer):
	promotion = ten_percent(budget=17.76)
	orders = [submitted("Sales Order", customer) for _ in range(3)]
	assert rates(orders) == [REDUCED, REDUCED, PRICE]
	assert counted(promotion).amount == money(17.76)


def test_what_ran_out_between_draft_and_submission_is_taken_back_and_told(shop, customer):
	promotion = ten_percent(max_uses=1)
	draft = unsaved("Sales Order", customer, [("LAMP-A", 1, "Nos")]).insert()
	assert rates([draft]) == [REDUCED]
	submitted("Sales Order", another_customer())
	frappe.clear_messages()
	draft.submit()
	assert (rates([draft]), draft.grand_total, draft.docstatus) == ([PRICE], PRICE, 1)
	told = f"{promotion} has been used as often as it may be."
	assert any(told in str(message) for message in frappe.get_message_log())
	comments = frappe.get_all(
		"Comment", {"reference_name": draft.name, "comment_type": "Info"}, pluck="content"
	)
	assert any(told in comment for comment in comments)


def test_when_one_runs_out_the_next_best_counts_and_is_counted(shop, customer):
	best = ten_percent(max_uses=1)
	tiers = [{"at_least": 1, "gives": "Discount Percentage", "value": 5}]
	next_best = offer("Volume Discount", products=[{"item": "LAMP-A"}], tiers=tiers, max_uses=1)
	drafts = [unsaved("Sales Order", customer, [("LAMP-A", 1, "Nos")]).insert() for _ in range(3)]
	for draft in drafts:
		draft.submit()
	assert rates(drafts) == [REDUCED, 84.36, PRICE]
	assert [counted(name).uses for name in (best, next_best)] == [1, 1]


def test_what_ran_out_does_not_come_back_where_a_rule_of_erpnext_takes_a_line_over(shop, customer):
	native_rule(
		items=[{"item_code": "LAMP-B"}], rate_or_discount="Discount Percentage", discount_percentage=50
	)
	tiers = [{"at_least": 1, "gives": "Discount Percentage", "value": 10}]
	products = [{"item": "LAMP-A"}, {"item": "LAMP-B"}]
	promotion = offer("Volume Discount", products=products, tiers=tiers, budget=10)
	submitted("Sales Order", customer)
	lines = [("LAMP-A", 1, "Nos"), ("LAMP-B", 1, "Nos")]
	order = unsaved("Sales Order", customer, lines, docstatus=1).insert()
	one, other = order.items
	assert (one.rate, other.rate) == (PRICE, pytest.approx(other.price_list_rate / 2, abs=0.01))
	assert order.net_total == pytest.approx(one.rate + other.rate)
	assert counted(promotion)[:3] == (1, 0, DISCOUNT)


@pytest.fixture
def asking(company):
	change_settings(ran_out=redeeming.ASK)


@pytest.fixture
def ran_out(shop, customer, asking):
	"""A draft whose promotion has run out meanwhile, and whose submission was refused."""
	ten_percent(max_uses=1)
	draft = unsaved("Sales Order", customer, [("LAMP-A", 1, "Nos")]).insert()
	submitted("Sales Order", another_customer())
	with pytest.raises(frappe.ValidationError, match="Submit again"):
		draft.submit()
	return frappe.get_doc("Sales Order", draft.name)


def test_a_seller_who_is_asked_and_submits_again_sells_without_it(ran_out):
	ran_out.submit()
	assert rates([ran_out]) == [PRICE]


def test_a_seller_who_is_asked_and_saves_the_draft_sees_the_new_price(ran_out):
	ran_out.save()
	assert (rates([ran_out]), ran_out.grand_total) == ([PRICE], PRICE)
	ran_out.submit()
	assert rates([ran_out]) == [PRICE]


def test_a_program_that_submits_on_insert_is_not_asked(shop, customer, asking):
	ten_percent(max_uses=1)
	orders = []
	for _ in range(2):
		order = unsaved("Sales Order", customer, [("LAMP-A", 1, "Nos")], docstatus=1)
		order.insert()
		orders.append(order)
	assert rates(orders) == [REDUCED, PRICE]


def test_one_that_only_warns_goes_on_and_tells_its_owner_once(shop, customer):
	promotion = ten_percent(max_uses=1, budget=10, when_used_up="Warn")
	orders = [submitted("Sales Order", customer) for _ in range(4)]
	assert rates(orders) == [REDUCED] * 4
	assert (counted(promotion).uses, counted(promotion).amount) == (4, 4 * DISCOUNT)
	alerts = frappe.get_all("Notification Log", {"document_name": promotion}, pluck="subject")
	assert alerts == [f"{promotion} has been used as often as planned. It goes on."]


def test_what_one_customer_may_have_holds_for_one_that_only_warns_too(shop, customer):
	ten_percent(max_uses=1, max_uses_per_customer=2, when_used_up="Warn")
	assert rates([submitted("Sales Order", customer) for _ in range(3)]) == [REDUCED, REDUCED, PRICE]


def test_a_quotation_uses_nothing_and_the_order_made_from_it_does(shop, customer):
	from erpnext.selling.doctype.quotation.quotation import make_sales_order

	promotion = ten_percent(max_uses=1)
	quotation = submitted("Quotation", customer)
	assert (rates([quotation]), uses_of(promotion)) == ([REDUCED], [])
	order = make_sales_order(quotation.name)
	order.delivery_date = order.transaction_date
	order.insert().submit()
	assert rates([order]) == [REDUCED]
	assert [name for name, *_ in uses_of(promotion)] == [order.name]


def test_a_quoted_price_does_not_bind_when_its_promotion_has_run_out(shop, customer):
	from erpnext.selling.doctype.quotation.quotation import make_sales_order

	promotion = ten_percent(max_uses=1)
	quotation = submitted("Quotation", customer)
	submitted("Sales Order", another_customer())
	order = make_sales_order(quotation.name)
	order.delivery_date = order.transaction_date
	order.insert().submit()
	assert rates([order]) == [PRICE]
	assert counted(promotion).uses == 1


def test_a_limit_that_is_set_later_counts_what_was_used_before(shop, customer):
	promotion = ten_percent()
	submitted("Sales Order", customer)
	assert counted(promotion) == usage.NOTHING
	doc = frappe.get_doc("Sales Promotion", promotion)
	doc.update({"max_uses": 2, "max_customers": 1, "budget": 100}).save()
	assert counted(promotion)[:3] == (1, 1, DISCOUNT)
	orders = [submitted("Sales Order", of) for of in (another_customer(), customer, customer)]
	assert rates(orders) == [PRICE, REDUCED, PRICE]


def test_the_budget_is_in_the_currency_of_the_promotion_by_the_rate_of_the_document(shop, customer):
	promotion = ten_percent(budget=2, currency="USD")
	values = {"currency": "CNY", "conversion_rate": 1}
	order = submitted("Sales Order", customer, **values)
	day = order.transaction_date
	from crm_ext.rules.site import exchange_rate

	rate = exchange_rate("CNY", "USD", frappe.utils.getdate(day), purpose="for_selling")
	assert counted(promotion).amount == (DISCOUNT * rate).quantize(money(1e-9))
	assert uses_of(promotion)[0][2] == 8.88


def test_a_document_in_foreign_currency_is_charged_by_its_own_rate(shop, customer):
	promotion = ten_percent(budget=1_000)
	order = unsaved("Sales Order", customer, [("LAMP-A", 10, "Nos")], currency="USD", conversion_rate=8)
	order.insert().submit()
	discount, _coupon = promotions_of_row(order.items[0])[promotion]
	assert discount > 0
	assert counted(promotion).amount == 8 * discount


def test_nothing_is_asked_where_nothing_is_limited(shop, customer, queries):
	ten_percent()
	draft = unsaved("Sales Order", customer, [("LAMP-A", 1, "Nos")]).insert()
	draft.docstatus = 1
	redeeming.before_submit_claim(draft)
	assert queries(lambda: redeeming.before_submit_claim(draft)) == 0
	assert queries(lambda: usage.used_up({("Any", customer): usage.Limits()})) == 0


def test_a_claim_takes_two_statements_however_many_promotions(shop, customer, queries):
	for limit in ("max_uses", "max_customers", "max_uses_per_customer"):
		tiers = [{"at_least": 1, "gives": "Discount Percentage", "value": 5}]
		offer(
			"Volume Discount",
			products=[{"item": "LAMP-A"}],
			tiers=tiers,
			combination="Compound",
			**{limit: 5},
		)
	draft = unsaved("Sales Order", customer, [("LAMP-A", 1, "Nos")]).insert()
	draft.docstatus = 1
	redeeming.before_submit_claim(draft)
	assert len(draft.flags.crm_ext_used) == 4
	assert queries(lambda: redeeming.before_submit_claim(draft)) == 2


def test_what_was_stopped_since_the_draft_is_not_given_at_submission(shop, customer):
	promotion = ten_percent()
	draft = unsaved("Sales Order", customer, [("LAMP-A", 1, "Nos")]).insert()
	assert draft.items[0].rate == REDUCED
	frappe.get_doc("Sales Promotion", promotion).update(
		{"status": "Stopped", "status_reason": "Sold out"}
	).save()
	draft.submit()
	assert (draft.items[0].rate, uses_of(promotion)) == (PRICE, [])
