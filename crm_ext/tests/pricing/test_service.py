# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Who gets which price: kinds, tags, trees and conditions read from the site, and how rates become known."""

import json

import pytest

import frappe
from frappe.utils import add_days, getdate, nowdate

from crm_ext.demo import data
from crm_ext.pricing import compiled, service
from crm_ext.pricing.api import price_basket
from crm_ext.tests.pricing.people import as_user, person
from crm_ext.tests.pricing.shop import PRICE_LIST, basket

LAMP = [("LAMP-E", 1, "Nos")]
LIST = 33.35


@pytest.fixture
def price(shop, customer):
	"""`price(currency="USD")`: the price of one LAMP-E for the customer; keywords are fields of the basket."""

	def of(lines=LAMP, **values):
		return float(service.price(basket(customer, lines, **values)).priced["0"].price)

	return of


@pytest.fixture
def rate(shop):
	"""`rate(10, item_group=…)`: a rate of the shop's matrix for LAMP-E, unless it says for what."""

	def add(value, matrix=shop, **values):
		what = {} if {"item", "brand", "item_group"} & {*values} else {"item": "LAMP-E"}
		return frappe.get_doc(
			{
				"doctype": "Price Matrix Rate",
				"matrix": matrix,
				"rate_type": "Rate",
				"value": value,
				**what,
				**values,
			}
		).insert()

	return add


def kind(name: str, *, status="Active", **values):
	doc = frappe.get_doc(
		{"doctype": "Price Kind", "kind_name": name, "base": "Price List", **values}
	).insert()
	doc.status = status
	return doc.save()


def tag(name: str, rank: int = 0, group: str = "Need") -> str:
	frappe.get_doc(doctype="Customer Tag", tag_name=name, tag_group=group, rank=rank, status="Draft").insert()
	frappe.db.set_value("Customer Tag", name, "status", "Active")
	compiled.forget()
	return name


def give(customer: str, name: str, company: str = "") -> None:
	group = frappe.db.get_value("Customer Tag", name, "tag_group")
	frappe.get_doc(
		doctype="Customer Tag Assignment",
		customer=customer,
		tag=name,
		tag_group=group,
		company=company,
		source="Manual",
		reason="Test",
		closed_key="",
	).db_insert()


# Rates


def test_the_template_the_brand_and_the_group_of_the_item_count(price, rate):
	frappe.get_doc(doctype="Brand", brand="Willow").insert()
	frappe.db.set_value("Item", "LAMP-E", "brand", "Willow")
	group = frappe.db.get_value("Item", "LAMP-E", "item_group")
	above = frappe.db.get_value("Item Group", group, "parent_item_group")
	for value, where in ((30, above), (29, group)):
		rate(value, item_group=where)
		assert price() == value
	rate(28, brand="Willow")
	assert price() == 28


def test_the_rate_of_a_template_is_for_its_variants(price, rate):
	attribute = frappe.get_all("Item Attribute", pluck="name", limit=1)
	if not attribute:
		attribute = [
			frappe.get_doc(
				doctype="Item Attribute",
				attribute_name="Lamp Colour",
				item_attribute_values=[{"attribute_value": "Red", "abbr": "R"}],
			)
			.insert()
			.name
		]
	frappe.get_doc(
		doctype="Item",
		item_code="LAMP-T",
		item_group=data.ITEM_GROUPS[1][0],
		stock_uom="Nos",
		is_stock_item=0,
		has_variants=1,
		attributes=[{"attribute": attribute[0]}],
	).insert()
	frappe.db.set_value("Item", "LAMP-E", "variant_of", "LAMP-T")
	rate(25, item="LAMP-T")
	assert price() == 25


def test_of_two_tags_the_one_of_the_higher_rank_counts(price, rate, customer):
	for name, rank, value in (("Bronze Lamp", 1, 30), ("Gold Lamp", 9, 20)):
		rate(value, customer_tag=tag(name, rank))
		give(customer, name)
	assert price() == 20


def test_a_tag_of_another_company_does_not_count(price, rate, customer):
	rate(20, customer_tag=tag("Pacific Lamp"))
	give(customer, "Pacific Lamp", company=data.PACIFIC.name)
	assert price() == LIST


def test_a_territory_above_the_customers_counts(price, rate, customer):
	above = frappe.db.get_value(
		"Territory", frappe.db.get_value("Customer", customer, "territory"), "parent_territory"
	)
	rate(20, territory=above)
	assert price() == 20
	assert price(territory="Overseas") == LIST


def test_days_of_the_rate_and_of_the_matrix_count(price, rate, shop):
	rate(20, valid_from=add_days(nowdate(), 5))
	assert price() == LIST
	assert price(date=getdate(add_days(nowdate(), 5))) == 20
	frappe.get_doc("Price Matrix", shop).update({"valid_to": nowdate()}).save()
	assert price(date=getdate(add_days(nowdate(), 5))) == LIST


def test_a_matrix_of_another_company_does_not_count(price, rate, shop):
	rate(20)
	frappe.get_doc("Price Matrix", shop).update({"company": data.PACIFIC.name}).save()
	assert price() == LIST


def test_the_conditions_of_a_matrix_say_whom_it_is_for(price, rate, shop, customer):
	rate(20)
	tag("Fair Lamp")
	doc = frappe.get_doc("Price Matrix", shop)
	doc.append("conditions", {"fact": "tags", "operator": "includes any of", "value": "Fair Lamp"})
	doc.save()
	assert price() == LIST
	give(customer, "Fair Lamp")
	assert price() == 20


def test_figures_of_the_customer_may_be_conditions(price, rate, shop, customer, figures):
	rate(20)
	doc = frappe.get_doc("Price Matrix", shop)
	doc.append("conditions", {"fact": "revenue_365d", "operator": ">=", "value": "1000", "currency": "CNY"})
	doc.save()
	figures(customer, revenue_365d=999, currency="CNY")
	assert price() == LIST
	figures(customer, revenue_365d=1000, currency="CNY")
	assert price() == 20


def test_a_condition_that_cannot_be_evaluated_is_shown_on_the_matrix_and_stops_nobody(price, rate, shop):
	rate(20)
	frappe.get_doc(
		doctype="Rule Condition",
		parent=shop,
		parenttype="Price Matrix",
		parentfield="conditions",
		fact="gone_fact",
		operator="=",
		value="1",
		idx=1,
	).db_insert()
	frappe.clear_document_cache("Price Matrix", shop)
	compiled.forget()
	assert price() == LIST
	assert "gone_fact" in frappe.db.get_value("Price Matrix", shop, "last_error")


# Kinds


def test_a_kind_given_by_hand_counts_before_conditions(price, customer):
	tag("Kind Lamp")
	give(customer, "Kind Lamp")
	condition = {"fact": "tags", "operator": "includes any of", "value": "Kind Lamp"}
	kind("Lamp Member", percent=-10, conditions=[condition])
	assert price() == 30.02  # 30.015, as ERPNext rounds
	kind("Lamp Friend", percent=-20)
	frappe.db.set_value("Customer", customer, "crm_ext_price_kind", "Lamp Friend")
	assert price() == 26.68


def test_of_two_kinds_the_higher_priority_counts(price, customer):
	tag("Kind Lamp")
	give(customer, "Kind Lamp")
	condition = {"fact": "tags", "operator": "includes any of", "value": "Kind Lamp"}
	kind("Lamp A", percent=-10, priority=1, conditions=[condition])
	kind("Lamp B", percent=-20, priority=2, conditions=[condition])
	assert price() == 26.68


def test_a_kind_that_observes_gives_nothing_and_says_so(shop, customer):
	tag("Kind Lamp")
	give(customer, "Kind Lamp")
	condition = {"fact": "tags", "operator": "includes any of", "value": "Kind Lamp"}
	kind("Lamp Trial", status="Observing", percent=-10, conditions=[condition])
	priced = service.price(basket(customer, LAMP)).priced["0"]
	assert (float(priced.price), priced.ours) == (LIST, False)
	assert [(one.name, one.detail["price"]) for one in priced.losers] == [("Lamp Trial", "30.02")]


def test_a_kind_without_conditions_is_for_nobody_by_itself(price):
	kind("Lamp Cheap", percent=-50)
	assert price() == LIST


def test_a_kind_that_is_not_active_is_passed_over_with_its_reason(shop, customer):
	kind("Lamp Draft", status="Draft", percent=-50)
	frappe.db.set_value("Customer", customer, "crm_ext_price_kind", "Lamp Draft")
	priced = service.price(basket(customer, LAMP)).priced["0"]
	assert float(priced.price) == LIST
	assert [(loser.name, loser.reason.value) for loser in priced.losers] == [("Lamp Draft", "no kind")]
	assert price_basket(asked(customer))["messages"] == [
		"The price kind Lamp Draft, which the customer was given, is not in force."
	]


def test_a_line_without_any_price_is_told(shop, customer):
	from crm_ext.tests.pricing.shop import item

	lines = [{"item_code": "LAMP-A"}, {"item_code": item("LAMP-Z", None)}]
	answer = price_basket(asked(customer, lines=lines))
	assert answer["lines"][1]["rate"] is None
	assert answer["messages"] == ["Line 2: there is no price for LAMP-Z."]


def test_cost_plus_in_dollars_for_a_box(price, customer):
	kind("Lamp Cost", base="Last Purchase Rate", percent=15)
	frappe.db.set_value("Customer", customer, "crm_ext_price_kind", "Lamp Cost")
	assert price([("LAMP-E", 1, "Box")], currency="USD") == 23.66  # 12 × 12 × 1.15 ÷ 7


# How changes become known


def test_a_change_is_known_at_once_to_who_made_it(price, rate):
	assert price() == LIST
	rate(20)
	assert price() == 20


def test_without_any_live_rule_nothing_is_asked_of_the_database(shop, queries):
	frappe.get_doc("Price Matrix", shop).update({"status": "Stopped", "status_reason": "Over"}).save()
	for name in frappe.get_all("Price Matrix", {"status": ("in", ("Active", "Observing"))}, pluck="name"):
		frappe.db.set_value("Price Matrix", name, "status", "Draft")
	for name in frappe.get_all("Price Kind", {"status": "Active"}, pluck="name"):
		frappe.db.set_value("Price Kind", name, "status", "Draft")
	compiled.forget()
	assert compiled.idle()
	assert queries(compiled.idle) == 0


# The interface


def asked(customer, **values):
	lines = [{"key": "a", "item_code": "LAMP-A", "qty": 10}, {"item_code": "LAMP-E", "uom": "Box"}]
	return {
		"company": data.HOME.name,
		"customer": customer,
		"price_list": PRICE_LIST,
		"lines": lines,
		**values,
	}


def test_the_answer_has_the_shape_that_is_promised(shop, customer):
	answer = price_basket(json.dumps(asked(customer)))
	first, second = answer["lines"]
	assert (answer["currency"], answer["price_list"], answer["messages"]) == ("CNY", PRICE_LIST, [])
	assert {
		name: first[name] for name in ("key", "base_rate", "price_list_rate", "rate", "discount_amount")
	} == {
		"key": "a",
		"base_rate": 100,
		"price_list_rate": 81.25,
		"rate": 81.25,
		"discount_amount": 18.75,
	}
	assert [step["did"] for step in first["steps"]] == ["list", "matrix"]
	assert first["rejected"][0]["reason"] == "outranked"
	assert (second["key"], second["uom"], second["price_list_rate"]) == ("2", "Box", pytest.approx(400.2))


def test_with_explain_the_steps_are_sentences(shop, customer):
	first = price_basket(asked(customer), explain=1)["lines"][0]
	assert "Lamp Shop" in first["steps"][0]["text"]
	assert first["rejected"][0]["text"]


@pytest.mark.parametrize(
	"change, sentence",
	[
		({"lines": "many"}, "JSON object"),
		({"company": ""}, "needs “company”"),
		({"company": "Nowhere"}, "company: there is no “Nowhere”"),
		({"currency": "ZZZ"}, "currency: there is no “ZZZ”"),
		({"point_of_sale": "Moon"}, "point_of_sale: there is no “Moon”"),
		({"date": "tomorrow"}, "“tomorrow” is no date"),
		({"lines": [{"qty": 1}]}, "Line 1: there is no item"),
		({"lines": [{"item_code": "LAMP-A"}, {"item_code": "GONE"}]}, "Line 2: there is no item “GONE”"),
		(
			{"lines": [{"item_code": "LAMP-A", "uom": "Hectare"}]},
			"Line 1: the item LAMP-A is not sold by “Hectare”",
		),
		({"lines": [{"item_code": "LAMP-A", "qty": "two"}]}, "Line 1: “two” is no quantity"),
		({"lines": [{"item_code": "LAMP-A", "qty": 0}]}, "Line 1: “0” is no quantity"),
		({"lines": [{"item_code": "LAMP-A", "key": 1}, {"item_code": "LAMP-A", "key": "1"}]}, "the key “1”"),
	],
)
def test_bad_input_names_the_field_or_the_line(shop, customer, change, sentence):
	with pytest.raises(frappe.ValidationError) as error:
		price_basket(asked(customer, **change))
	assert sentence in str(error.value)


def test_a_customer_that_the_user_may_not_read_is_refused(shop, customer):
	with as_user(person("Price Stranger", "Translator")), pytest.raises(frappe.PermissionError):
		price_basket(asked(customer))
	seller = person("Price Seller", "Sales User")
	other = frappe.get_all("Customer", {"name": ("!=", customer)}, pluck="name", limit=1)[0]
	frappe.get_doc(doctype="User Permission", user=seller, allow="Customer", for_value=other).insert()
	with as_user(seller):
		with pytest.raises(frappe.PermissionError):
			price_basket(asked(customer))
		assert price_basket(asked(other))["lines"]


def test_another_apps_override_of_an_endpoint_is_called_through(monkeypatch):
	from crm_ext.overrides import price_endpoints

	theirs, ours = "frappe.ping", price_endpoints.__name__ + ".apply_price_list"
	hooks = {price_endpoints.APPLY_PRICE_LIST: [theirs, ours]}
	monkeypatch.setattr(frappe, "get_hooks", lambda *args: hooks)
	assert price_endpoints.before_us(price_endpoints.APPLY_PRICE_LIST) is frappe.get_attr(theirs)
	hooks[price_endpoints.APPLY_PRICE_LIST] = [ours, theirs]
	assert price_endpoints.before_us(price_endpoints.APPLY_PRICE_LIST) is frappe.get_attr(
		price_endpoints.APPLY_PRICE_LIST
	)
