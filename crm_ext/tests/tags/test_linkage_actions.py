# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Add Tag and Remove Tag: what linkage rules do to tags, one customer at a time and in sets."""

import pytest

import frappe
from frappe.utils import add_days, getdate, nowdate

from crm_ext.exceptions import NotInForce, OutOfRange, UnknownAction
from crm_ext.linkage import registry
from crm_ext.rules.actions import tag_gained, tag_lost
from crm_ext.tags import announce, service, why
from crm_ext.tests.linkage.at_work import preview, run, work
from crm_ext.tests.linkage.past import customers
from crm_ext.tests.settings import change_settings
from crm_ext.tests.tags.conftest import at_least

ADD, REMOVE = "Add Tag", "Remove Tag"
HIGH, LOW, FRIEND = "Club High", "Club Low", "Circle Friend"


@pytest.fixture(autouse=True)
def club(group):
	"""An exclusive group and a multiple one; only Club Low has a rule of its own."""
	group("Club", High={"rank": 30}, Low={"rank": 10, "conditions": [at_least(1)]})
	group("Circle", "Multiple", Friend={}, Guest={})
	frappe.db.sql("UPDATE `tabCustomer Tag Assignment` SET pending_events = ''")


def row_of(customer: str, tag: str) -> frappe._dict:
	return frappe.get_last_doc("Customer Tag Assignment", {"customer": customer, "tag": tag})


def pending(customer: str) -> list[tuple[str, str]]:
	return sorted(
		frappe.get_all(
			"Customer Tag Assignment",
			{"customer": customer, "pending_events": (">", "")},
			["tag", "pending_events"],
			as_list=True,
		)
	)


def test_a_tag_is_given_in_the_name_of_the_rule_and_announced(figures, held):
	customer = figures("Tagged Trading")
	outcome = run(customer, ADD, tag=FRIEND)
	given = row_of(customer, FRIEND)
	assert held(customer) == {FRIEND}
	assert (given.source, given.reason, given.expires_on) == (
		"Linkage Rule",
		"Linkage rule Care for VIPs",
		None,
	)
	assert (outcome.text, outcome.changed) == (f"Tag given: {FRIEND}", True)
	assert outcome.reference == ("Customer Tag Assignment", given.name)
	assert pending(customer) == [(FRIEND, "gained")]


def test_a_tag_given_for_some_days_ends_by_itself(figures, held, refresh):
	customer = figures("Brief Trading")
	outcome = run(customer, ADD, tag=FRIEND, valid_days=10)
	last = getdate(add_days(nowdate(), 10))
	assert row_of(customer, FRIEND).expires_on == last
	assert ", until " in outcome.text
	refresh(customer, group="Circle", as_of=last)
	assert held(customer) == {FRIEND}
	refresh(customer, group="Circle", as_of=getdate(add_days(last, 1)))
	assert held(customer) == set()


@pytest.mark.parametrize("by", ["hand", "rule", "linkage rule"])
def test_a_tag_that_is_held_stays_as_it_is(figures, refresh, by):
	customer = figures("Holding Trading", revenue_365d=5)
	if by == "hand":
		service.assign(customer, LOW, reason="Known for long.")
	elif by == "rule":
		refresh(customer, group="Club")
	else:
		run(customer, ADD, tag=LOW)
	before = row_of(customer, LOW)
	outcome = run(customer, ADD, tag=LOW, valid_days=1)
	assert (outcome.changed, outcome.text) == (False, f"It has the tag {LOW} already")
	assert row_of(customer, LOW).as_dict() == before.as_dict()


def test_in_an_exclusive_group_it_takes_the_place_of_the_tag_held(figures, refresh, held):
	customer = figures("Promoted Trading", revenue_365d=5)
	refresh(customer, group="Club")
	assert run(customer, ADD, tag=HIGH).text == f"Tag given: {HIGH}, instead of {LOW}"
	assert held(customer) == {HIGH}
	assert row_of(customer, LOW).end_reason == "Another tag of the group took its place"
	assert pending(customer) == [(HIGH, "gained"), (LOW, "gained lost")]


def test_the_rules_of_the_group_have_the_last_word_as_over_a_tag_given_by_hand(figures, refresh, held):
	customer = figures("Lowered Trading", revenue_365d=5)
	run(customer, ADD, tag=HIGH)
	refresh(customer, group="Club")
	assert held(customer) == {LOW}


def test_a_tag_that_people_have_locked_neither_gives_way_nor_goes(figures, held):
	customer = figures("Locked Trading")
	service.assign(customer, LOW, reason="Agreed.", lock=True)
	for action, tag in ((ADD, HIGH), (REMOVE, LOW)):
		outcome = run(customer, action, tag=tag)
		assert (outcome.changed, outcome.text) == (False, "Its tag is locked against rules")
	assert held(customer) == {LOW}


def test_a_locked_tag_of_a_multiple_group_bars_no_other(figures, held):
	customer = figures("Open Trading")
	service.assign(customer, "Circle Guest", reason="Agreed.", lock=True)
	run(customer, ADD, tag=FRIEND)
	assert held(customer) == {"Circle Guest", FRIEND}


def test_a_tag_that_is_not_in_force_is_a_fault(figures, held):
	customer = figures("Early Trading")
	frappe.db.set_value("Customer Tag", FRIEND, "status", "Paused")
	for carry_out in (preview, run):
		with pytest.raises(NotInForce, match="Activate it"):
			carry_out(customer, ADD, tag=FRIEND)
	assert held(customer) == set()


def test_a_tag_is_taken_and_the_period_is_kept(figures, held):
	customer = figures("Leaving Trading")
	service.assign(customer, FRIEND, reason="For now.")
	outcome = run(customer, REMOVE, tag=FRIEND)
	ended = row_of(customer, FRIEND)
	assert held(customer) == set()
	assert (ended.end_reason, bool(ended.until)) == ("Linkage rule Care for VIPs", True)
	assert (outcome.text, outcome.reference) == (
		f"Tag taken: {FRIEND}",
		("Customer Tag Assignment", ended.name),
	)
	assert pending(customer) == [(FRIEND, "gained lost")]


def test_a_tag_that_is_not_held_cannot_be_taken(figures):
	outcome = run(figures("Bare Trading"), REMOVE, tag=FRIEND)
	assert (outcome.changed, outcome.text) == (False, f"It does not have the tag {FRIEND}")


def test_a_tag_of_a_group_per_company_concerns_the_company_of_the_event(group, figures, held):
	group("Local", scope="Per company", Star={})
	home, other = frappe.get_all("Company", pluck="name", order_by="name", limit=2)
	customer = figures("Local Trading")
	for company in (home, other):
		run(customer, ADD, tag="Local Star", event={"company": company})
	run(customer, REMOVE, tag="Local Star", event={"company": home})
	assert {row["company"] for row in service.tags_of(customer)} == {other}
	run(customer, REMOVE, tag="Local Star")
	assert held(customer) == set()


def test_an_event_of_a_company_gives_a_tag_for_all_companies_where_the_group_is_for_all(figures):
	customer = figures("Global Trading")
	run(customer, ADD, tag=FRIEND, event={"company": frappe.db.get_value("Company", {})})
	assert row_of(customer, FRIEND).company in ("", None)


def test_looking_writes_nothing(figures, held):
	customer = figures("Watched Trading")
	service.assign(customer, LOW, reason="Known.")
	assert preview(customer, ADD, tag=HIGH).changed
	assert preview(customer, REMOVE, tag=LOW).changed
	assert held(customer) == {LOW}
	assert preview(customer, ADD, tag=HIGH).reference is None


def test_a_set_has_an_outcome_for_each_in_its_place_and_no_customer_is_tagged_twice(figures, held):
	names = [f"Set Trading {n}" for n in "CAB"]
	some = [figures(name) for name in names]
	service.assign(some[1], FRIEND, reason="Known.")
	works = [work(name, ADD, tag=FRIEND) for name in [*some, some[0]]]
	outcomes = registry.action(ADD).run_many(works)
	assert [one.changed for one in outcomes] == [True, False, True, False]
	assert [one.reference and one.reference[1] for one in outcomes] == [
		row_of(some[0], FRIEND).name,
		None,
		row_of(some[2], FRIEND).name,
		None,
	]
	assert all(held(name) == {FRIEND} for name in some)


@pytest.fixture
def crowd(company):
	"""Customers that hold Club Low."""

	def make(count: int) -> list[str]:
		names = customers(count, title=f"Crowd of {count}")
		service.assign_many(names, LOW, reason="To begin with.")
		return names

	return make


def test_a_set_of_300_takes_as_many_queries_as_one_of_3(crowd, queries):
	few, many = crowd(3), crowd(300)

	def count(some: list[str], action: str, tag: str) -> int:
		works = [work(name, action, tag=tag) for name in some]
		return queries(lambda: registry.action(action).run_many(works))

	def counts(some: list[str]) -> list[int]:
		return [count(some, ADD, HIGH), count(some, REMOVE, HIGH), count(some, ADD, FRIEND)]

	assert counts(few) == counts(many)
	assert max(counts(crowd(5))) <= 10


def test_a_set_is_announced_once_for_each_customer(crowd, held):
	some = crowd(5)
	frappe.db.sql("UPDATE `tabCustomer Tag Assignment` SET pending_events = ''")
	service.assign_many(some, HIGH, reason="All of them.")
	assert [pending(name) for name in some] == [[(HIGH, "gained"), (LOW, "lost")]] * 5
	announce.announce(commit=False)
	assert [pending(name) for name in some] == [[]] * 5
	assert all(held(name) == {HIGH} for name in some)


def test_why_names_the_rule_instead_of_the_user_of_the_job(figures):
	customer = figures("Asking Trading")
	run(customer, ADD, tag=FRIEND)
	answer = why.why(row_of(customer, FRIEND).name)
	assert answer["by"] == ""
	assert answer["sentence"].endswith(": Linkage rule Care for VIPs")


def test_giving_may_end_the_other_tags_of_an_exclusive_group():
	assert registry.effects_of(ADD, {"tag": HIGH}) == {tag_gained(HIGH), tag_lost(LOW)}
	assert registry.effects_of(ADD, {"tag": FRIEND}) == {tag_gained(FRIEND)}
	assert registry.effects_of(REMOVE, {"tag": FRIEND}) == {tag_lost(FRIEND)}


def test_they_are_offered_only_while_tags_are_switched_on():
	assert registry.action(ADD).available()
	change_settings(tags_enabled=0)
	for name in (ADD, REMOVE):
		with pytest.raises(UnknownAction):
			registry.action(name)


def test_negative_days_are_refused_when_the_rule_is_saved():
	with pytest.raises(OutOfRange):
		work("", ADD, tag=FRIEND, valid_days=-1)


def test_it_says_in_a_few_words_what_it_does():
	assert registry.action(ADD).summary({"tag": FRIEND, "valid_days": 30}) == f"{FRIEND}, for 30 days"
	assert registry.action(REMOVE).summary({"tag": FRIEND}) == FRIEND
