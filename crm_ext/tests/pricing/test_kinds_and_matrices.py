# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Price kinds, price matrices and price floors are sound before they count."""

import pytest

import frappe

from crm_ext.demo import data

LIST = data.PRICE_LISTS[0][0]


def kind(name: str, **values):
	return frappe.get_doc(
		{"doctype": "Price Kind", "kind_name": name, "base": "Price List", **values}
	).insert()


def based_on(name: str, other: str, **values):
	return kind(name, base="Price Kind", based_on=other, **values)


def matrix(title: str = "Test Rates", **values):
	values = {"currency": data.HOME.currency, **values}
	return frappe.get_doc({"doctype": "Price Matrix", "title": title, **values}).insert()


def floor(title: str, **values):
	values = {"role": "Sales User", "company": "", "minimum_margin": 10, **values}
	return frappe.get_doc({"doctype": "Price Floor", "title": title, **values}).insert()


def spends(operator: str, amount: int) -> dict:
	return {"fact": "revenue_365d", "operator": operator, "value": str(amount)}


def activate(doc) -> None:
	doc.status = "Active"
	doc.save()


def test_a_kind_based_on_another_names_it():
	with pytest.raises(frappe.ValidationError, match="other price kind"):
		kind("Baseless", base="Price Kind")


def test_a_kind_keeps_only_what_goes_with_its_base():
	kind("Ground", price_list=LIST)
	based_on_cost = kind("On Cost", base="Valuation Rate", price_list=LIST, based_on="Ground", percent=15)
	assert (based_on_cost.price_list, based_on_cost.based_on) == (None, None)
	on_a_list = kind("On a List", price_list=LIST, based_on="Ground")
	assert (on_a_list.price_list, on_a_list.based_on) == (LIST, None)


def test_kinds_that_are_based_on_each_other_in_a_circle_are_refused():
	first = kind("First")
	based_on("Second", "First")
	based_on("Third", "Second")
	first.update({"base": "Price Kind", "based_on": "Third"})
	with pytest.raises(frappe.ValidationError, match="First → Third → Second → First"):
		first.save()


def test_a_kind_is_not_based_on_itself():
	alone = kind("Alone")
	alone.update({"base": "Price Kind", "based_on": "Alone"})
	with pytest.raises(frappe.ValidationError, match="Alone → Alone"):
		alone.save()


@pytest.mark.parametrize("values", [{"enabled": 0}, {"selling": 0, "buying": 1}])
def test_a_price_list_that_does_not_sell_is_refused(values):
	bad = frappe.get_doc(
		{"doctype": "Price List", "price_list_name": "Bad", "currency": "CNY", "selling": 1, **values}
	).insert()
	with pytest.raises(frappe.ValidationError, match="disabled or not for selling"):
		kind("On a Bad List", price_list=bad.name)


def test_a_kind_can_be_stopped_after_its_price_list_was_switched_off():
	doc = kind("Ending", price_list=LIST)
	activate(doc)
	frappe.db.set_value("Price List", LIST, "enabled", 0)
	doc.update({"status": "Stopped", "status_reason": "The list is gone."})
	doc.save()
	assert frappe.db.get_value("Price Kind", doc.name, "status") == "Stopped"


@pytest.mark.parametrize("percent", [-100, -250])
def test_a_kind_that_leaves_nothing_of_the_price_is_refused(percent):
	with pytest.raises(frappe.ValidationError, match="more than -100"):
		kind("Nothing Left", percent=percent)


def test_a_kind_may_double_and_nearly_give_away_a_price():
	assert kind("Double", percent=100).percent == 100
	assert kind("Nearly Nothing", percent=-99.5).percent == -99.5


def test_a_kind_becomes_active_only_after_the_one_that_it_is_based_on():
	ground = kind("Ground")
	upper = based_on("Upper", "Ground", percent=-5)
	with pytest.raises(frappe.ValidationError, match=r"Ground.*not active"):
		activate(upper)
	activate(ground)
	activate(upper.reload())
	assert frappe.db.get_value("Price Kind", "Upper", "status") == "Active"


def test_two_kinds_of_equal_priority_for_the_same_customers_block_the_activation():
	activate(kind("Large", priority=1, conditions=[spends(">=", 1000)]))
	rival = kind("Largest", priority=1, conditions=[spends(">=", 5000)])
	with pytest.raises(frappe.ValidationError, match="“Large” and “Largest” have the same rank"):
		activate(rival)


@pytest.mark.parametrize(
	"values",
	[
		{"priority": 2, "conditions": [spends(">=", 5000)]},
		{"priority": 1, "conditions": [spends("<", 1000)]},
		{"priority": 1},
	],
)
def test_kinds_that_cannot_tie_become_active(values):
	activate(kind("Large", priority=1, conditions=[spends(">=", 1000)]))
	other = kind("Other", **values)
	activate(other)
	assert frappe.db.get_value("Price Kind", "Other", "status") == "Active"


def test_a_kind_that_nobody_can_get_beside_another_is_found():
	activate(kind("Large", priority=2, conditions=[spends(">=", 1000)]))
	hidden = kind("Hidden", priority=1, conditions=[spends(">=", 5000)])
	assert [finding.kind.value for finding in hidden.static_findings()] == ["shadowed"]


def test_conditions_that_contradict_each_other_block_a_matrix():
	never = matrix(conditions=[spends(">=", 2), spends("<", 1)])
	with pytest.raises(frappe.ValidationError, match="never match"):
		activate(never)


def test_a_matrix_in_a_disabled_currency_is_refused():
	frappe.db.set_value("Currency", "AWG", "enabled", 0)
	with pytest.raises(frappe.ValidationError, match="AWG is disabled"):
		matrix(currency="AWG")


def test_saving_an_old_form_of_a_matrix_keeps_the_count_and_version_of_its_rates():
	opened = matrix()
	frappe.db.set_value(
		"Price Matrix", opened.name, {"rate_count": 7, "rates_version": 3}, update_modified=False
	)
	opened.priority = 5
	opened.save()
	counts = frappe.db.get_value("Price Matrix", opened.name, ["priority", "rate_count", "rates_version"])
	assert counts == (5, 7, 3)


def test_a_matrix_takes_its_rates_with_it():
	doc = matrix()
	frappe.get_doc(
		{"doctype": "Price Matrix Rate", "matrix": doc.name, "rate_type": "Rate", "value": 1}
	).insert()
	frappe.delete_doc("Price Matrix", doc.name)
	assert frappe.db.count("Price Matrix Rate", {"matrix": doc.name}) == 0


@pytest.mark.parametrize("doctype", ["Price Kind", "Price Matrix"])
def test_what_makes_prices_is_not_merged(doctype):
	make = kind if doctype == "Price Kind" else matrix
	make("One")
	make("Two")
	with pytest.raises(frappe.ValidationError, match="cannot be merged"):
		frappe.rename_doc(doctype, "One", "Two", merge=True)


@pytest.mark.parametrize("margin", [100, 120, -101])
def test_a_margin_that_no_price_has_is_refused(margin):
	with pytest.raises(frappe.ValidationError, match="at least -100 and less than 100"):
		floor("Impossible", minimum_margin=margin)


@pytest.mark.parametrize("margin", [-100, 0, 99.9])
def test_a_floor_may_lie_below_cost(margin):
	assert floor("Possible", minimum_margin=margin).minimum_margin == margin


def test_two_floors_for_the_same_people_and_items_are_refused():
	floor("One")
	with pytest.raises(frappe.ValidationError, match=r"One.*same people and items"):
		floor("Two", minimum_margin=20)


@pytest.mark.parametrize(
	"values",
	[
		{"role": ""},
		{"company": data.HOME.name},
		{"item_group": "Products"},
		{"cost": "Last Purchase Rate"},
		{"enabled": 0},
	],
)
def test_floors_that_differ_in_whom_or_what_they_are_for_stand_side_by_side(values):
	floor("One")
	assert floor("Two", **values).name == "Two"
