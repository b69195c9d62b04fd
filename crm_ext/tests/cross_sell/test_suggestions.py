# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What is suggested for a document, and to whom."""

import pytest

COMPANY, OTHER_COMPANY = "Willow Bay Trading", "Willow Bay Pacific"


@pytest.fixture
def pair(trade):
	"""`pair("PEN", "INK", lift=3)` notes an association; the company is the one at home."""
	import frappe

	def note(item: str, suggested: str, *, company: str = COMPANY, **figures) -> str:
		trade.item(item), trade.item(suggested)
		values = {"together": 5, "support": 1, "confidence": 50, "lift": 2, **figures}
		doc = frappe.get_doc(
			doctype="Item Association", item_code=item, suggested_item=suggested, company=company, **values
		)
		return doc.insert().name

	return note


@pytest.fixture
def seller():
	"""A user with the role of a seller; `seller(company=…)` may see that company only."""
	import frappe

	from crm_ext.tests.pricing.people import person

	def make(**only) -> str:
		user = person("Pair Seller", "Sales User")
		for allow, value in only.items():
			frappe.get_doc(
				doctype="User Permission", user=user, allow=allow.title(), for_value=value
			).insert()
		frappe.set_user(user)
		return user

	return make


def suggested(*items: str, company: str = COMPANY, **more) -> list[str]:
	from crm_ext.cross_sell.api import suggestions

	return [one["item_code"] for one in suggestions(items=list(items), company=company, **more)]


def test_the_suggestion_that_the_items_bring_about_most_comes_first(pair):
	pair("PEN", "BAG", confidence=90, lift=1.1)
	pair("PEN", "INK", confidence=60, lift=4)
	pair("MAP", "CUP", confidence=50, lift=3)
	assert suggested("PEN", "MAP") == ["INK", "CUP", "BAG"]
	assert suggested("PEN", "MAP", limit=2) == ["INK", "CUP"]
	assert suggested("PEN", "MAP", limit=0) == ["INK"]


def test_what_two_items_suggest_is_suggested_once_for_the_better_reason(pair):
	from crm_ext.cross_sell.api import suggestions

	pair("PEN", "INK", confidence=20, lift=2)
	pair("MAP", "INK", confidence=70, lift=3, together=9, support=4)
	(one,) = suggestions(items=["PEN", "MAP"], company=COMPANY)
	assert one == {
		"item_code": "INK",
		"item_name": "The INK",
		"with_item": "MAP",
		"with_item_name": "The MAP",
		"together": 9,
		"support": 4,
		"confidence": 70,
		"lift": 3,
	}


def test_what_is_in_the_document_is_not_suggested(pair):
	pair("PEN", "INK")
	pair("INK", "PEN")
	assert suggested("PEN", "INK") == []


def test_a_document_is_asked_for_as_it_stands_in_the_form(pair):
	import frappe

	from crm_ext.cross_sell.api import suggestions

	pair("PEN", "INK")
	doc = {"company": COMPANY, "items": [{"item_code": "PEN"}, {"item_code": None}]}
	assert [one["item_code"] for one in suggestions(doc=frappe.as_json(doc))] == ["INK"]
	assert suggestions(doc={**doc, "items": []}) == []
	assert suggestions() == []


def test_items_that_cannot_be_sold_are_not_suggested(pair):
	import frappe

	for name, values in {
		"INK": {"disabled": 1},
		"MAP": {"is_sales_item": 0},
		"BAG": {"end_of_life": "2020-01-01"},
		"CUP": {},
	}.items():
		pair("PEN", name)
		frappe.db.set_value("Item", name, values or {"disabled": 0})
	assert suggested("PEN") == ["CUP"]


def test_companies_have_suggestions_of_their_own(pair):
	pair("PEN", "INK")
	pair("PEN", "MAP", company=OTHER_COMPANY)
	pair("PEN", "BAG", company="")
	assert suggested("PEN") == ["INK"]
	assert suggested("PEN", company=OTHER_COMPANY) == ["MAP"]
	assert suggested("PEN", company="") == ["BAG"]


def test_it_takes_two_statements_however_long_the_document_is(pair, queries):
	codes = [f"LINE-{number}" for number in range(30)]
	for code in codes:
		pair(code, "INK")
	suggested(*codes)
	assert queries(lambda: suggested(*codes)) <= 2


def test_without_the_right_to_read_associations_one_is_told_nothing(pair):
	import frappe

	from crm_ext.tests.pricing.people import person

	pair("PEN", "INK")
	frappe.set_user(person("Pair Stock", "Stock User"))
	with pytest.raises(frappe.PermissionError):
		suggested("PEN")


def test_a_seller_is_suggested_only_items_that_it_may_read(pair, seller, trade):
	pair("PEN", "INK")
	pair("PEN", "MAP")
	seller()
	assert suggested("PEN") == ["INK", "MAP"]


def test_an_item_that_a_seller_may_not_read_stays_unknown(pair, seller):
	import frappe

	hidden = pair("PEN", "INK")
	shown = pair("PEN", "PEN-2")
	user = seller()
	frappe.set_user("Administrator")
	for name in ("PEN", "PEN-2"):
		frappe.get_doc(doctype="User Permission", user=user, allow="Item", for_value=name).insert()
	frappe.set_user(user)
	assert suggested("PEN") == ["PEN-2"]
	assert frappe.get_list("Item Association", pluck="name") == [shown]
	assert not frappe.has_permission("Item Association", doc=hidden)
	assert frappe.has_permission("Item Association", doc=shown)


def test_a_seller_of_one_company_learns_nothing_of_the_others(pair, seller):
	import frappe

	own = pair("PEN", "INK")
	others = [pair("PEN", "MAP", company=OTHER_COMPANY), pair("PEN", "BAG", company="")]
	seller(company=COMPANY)
	assert suggested("PEN") == ["INK"]
	assert suggested("PEN", company=OTHER_COMPANY) == []
	assert suggested("PEN", company="") == []
	assert frappe.get_list("Item Association", pluck="name") == [own]
	assert not any(frappe.has_permission("Item Association", doc=name) for name in others)
