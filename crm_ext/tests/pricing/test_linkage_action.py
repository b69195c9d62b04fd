# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Set Price Kind: what linkage rules do to the price kind of a customer."""

from dataclasses import replace

import pytest

import frappe

from crm_ext.exceptions import NoSuchRecord, PriceKindNotInForce, UnknownAction
from crm_ext.linkage import registry
from crm_ext.rules.actions import fact_changed
from crm_ext.tests import builders
from crm_ext.tests.linkage.at_work import preview, run, work
from crm_ext.tests.settings import change_settings

ACTION, FIELD = "Set Price Kind", "crm_ext_price_kind"
CLUB, TRADE = "Club Prices", "Trade Prices"


@pytest.fixture(autouse=True)
def kinds(company):
	for name in (CLUB, TRADE):
		frappe.get_doc(doctype="Price Kind", kind_name=name, percent=-5, status="Active").insert()


def kind_of(customer: str) -> str | None:
	return frappe.db.get_value("Customer", customer, FIELD)


def test_the_kind_is_given_and_the_change_is_told():
	customer = builders.customer(**{FIELD: TRADE})
	assert run(customer, ACTION, price_kind=CLUB).text == f"Price Kind: {TRADE} → {CLUB}"
	assert kind_of(customer) == CLUB


def test_without_a_kind_the_one_given_before_is_taken_away():
	customer = builders.customer(**{FIELD: TRADE})
	assert run(customer, ACTION).text == f"Price Kind: {TRADE} → –"
	assert not kind_of(customer)


@pytest.mark.parametrize(
	("given", "said"), [({"price_kind": CLUB}, CLUB), ({}, "–")], ids=["a kind", "no kind"]
)
def test_what_is_so_already_is_left_alone(given, said):
	customer = builders.customer(**{FIELD: given.get("price_kind")})
	modified = frappe.db.get_value("Customer", customer, "modified")
	outcome = run(customer, ACTION, **given)
	assert (outcome.changed, outcome.text) == (False, f"Price Kind: {said} already")
	assert frappe.db.get_value("Customer", customer, "modified") == modified


def test_looking_writes_nothing_and_reckons_with_the_actions_before():
	customer = builders.customer()
	assert preview(customer, ACTION, price_kind=CLUB).sets == {FIELD: CLUB}
	assert not kind_of(customer)
	after = replace(work(customer, ACTION, price_kind=CLUB), assumed={FIELD: CLUB})
	assert not registry.action(ACTION).preview(after).changed


def test_a_kind_that_is_not_in_force_may_stand_in_a_rule_but_is_a_fault_when_it_runs():
	frappe.db.set_value("Price Kind", CLUB, "status", "Draft")
	customer = builders.customer()
	given = work(customer, ACTION, price_kind=CLUB)
	for carry_out in (registry.action(ACTION).preview, registry.action(ACTION).run):
		with pytest.raises(PriceKindNotInForce, match="Activate it"):
			carry_out(given)
	assert not kind_of(customer)


def test_a_kind_that_does_not_exist_is_refused_when_the_rule_is_saved():
	with pytest.raises(NoSuchRecord, match="Nobody's Prices"):
		work(builders.customer(), ACTION, price_kind="Nobody's Prices")


def test_while_prices_are_switched_off_there_is_no_such_action():
	change_settings(pricing_enabled=0)
	with pytest.raises(UnknownAction):
		registry.action(ACTION)


def test_a_rule_follows_the_renaming_of_its_kind():
	rule = frappe.get_doc(
		doctype="Linkage Rule",
		title="Club",
		trigger="Tag Gained",
		tag="Gold",
		actions=[{"action": ACTION, "parameters": {"price_kind": CLUB}}],
	).insert()
	frappe.rename_doc("Price Kind", CLUB, "Society Prices")
	row = rule.reload().actions[0]
	assert frappe.parse_json(row.parameters) == {"price_kind": "Society Prices"}
	assert row.summary == "Price Kind: Society Prices"


def test_it_says_which_fact_it_changes():
	from crm_ext.rules.site import registry as facts

	assert registry.effects_of(ACTION, {}) == {fact_changed("price_kind")}
	assert facts()["price_kind"].options == "Price Kind"
