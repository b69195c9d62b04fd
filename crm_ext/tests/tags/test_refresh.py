# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""A refresh brings tags in line with the figures, and says why."""

from datetime import date, timedelta

import pytest

import frappe

from crm_ext.profile.slices import CustomerSlice
from crm_ext.rules import evidence
from crm_ext.tags import service
from crm_ext.tests.settings import change_settings
from crm_ext.tests.tags.conftest import TODAY, at_least, below


@pytest.fixture
def club(group):
	return group(
		"Club",
		High={"rank": 30, "conditions": [at_least(500_000, keep_value="400000")]},
		Mid={"rank": 20, "conditions": [at_least(100_000), below(500_000)]},
		Low={"rank": 10, "conditions": [below(100_000)]},
	)


@pytest.mark.parametrize(
	"revenue, tag",
	[
		(500_000, "Club High"),
		(499_999.99, "Club Mid"),
		(100_000, "Club Mid"),
		(99_999.99, "Club Low"),
		(0, "Club Low"),
	],
)
def test_a_customer_gets_the_tag_of_its_figures_edges_included(club, figures, refresh, held, revenue, tag):
	customer = figures("Edge Trading", revenue_365d=revenue)
	refresh(customer, group=club)
	assert held(customer) == {tag}


def test_the_second_refresh_changes_nothing(club, figures, refresh):
	customer = figures("Calm Trading", revenue_365d=600_000)
	assert refresh(customer, group=club) == 1
	assert refresh(customer, group=club) == 0


def test_a_lost_tag_stays_as_history_with_the_evidence_of_its_end(club, figures, refresh, held):
	customer = figures("Falling Trading", revenue_365d=600_000)
	refresh(customer, group=club)
	figures(customer, revenue_365d=50_000)
	refresh(customer, group=club)
	assert held(customer) == {"Club Low"}
	past = frappe.get_doc("Customer Tag Assignment", {"customer": customer, "tag": "Club High"})
	assert past.until and past.closed_key == past.name
	end = frappe.parse_json(past.end_evidence)
	assert end["matched"] is False
	assert end["losers"] == [{"rule": "Club Low", "reason": past.end_reason}]


def test_whoever_has_a_tag_keeps_it_above_the_threshold_for_staying(club, figures, refresh, held):
	veteran = figures("Veteran Trading", revenue_365d=600_000)
	refresh(veteran, group=club)
	figures(veteran, revenue_365d=400_000)
	newcomer = figures("Newcomer Trading", revenue_365d=400_000)
	refresh(veteran, newcomer, group=club)
	assert held(veteran) == {"Club High"}
	assert held(newcomer) == {"Club Mid"}


def test_the_evidence_replays_to_the_same_result(club, figures, refresh):
	customer = figures("Proven Trading", revenue_365d=612_345.67)
	refresh(customer, group=club)
	proof = service.tags_of(customer)[0]["evidence"]
	assert evidence.replay(proof).match
	assert proof["steps"][0]["actual"] == "612345.67"
	assert proof["rule"]["name"] == "Club High"


def test_grace_and_minimum_stay_delay_the_loss(group, figures, refresh, held):
	group("Slow", Gold={"conditions": [at_least(100)], "minimum_stay_days": 10, "grace_days": 30})
	customer = figures("Patient Trading", revenue_365d=100)
	refresh(customer, group="Slow", as_of=TODAY)
	figures(customer, revenue_365d=0)
	for days, expected in ((5, {"Slow Gold"}), (34, {"Slow Gold"}), (35, set())):
		refresh(customer, group="Slow", as_of=TODAY + timedelta(days=days))
		assert held(customer) == expected, days


def test_dates_count_in_calendar_months_the_day_itself_included(group, figures, refresh, held):
	recent = {"fact": "last_cooperation", "operator": "in the last", "value": "3", "unit": "months"}
	group("Fresh", Yes={"conditions": [recent]})
	on_the_day = figures("On The Day", last_cooperation=date(2026, 3, 30))
	day_before = figures("Day Before", last_cooperation=date(2026, 3, 29))
	never = figures("Never Bought")
	refresh(on_the_day, day_before, never, group="Fresh", as_of=date(2026, 6, 30))
	assert held(on_the_day) == {"Fresh Yes"}
	assert held(day_before) == set()
	assert held(never) == set()


def test_a_group_per_company_judges_each_company_in_its_currency(group, figures, refresh, company):
	here, there = company.company, company.other_company
	group("Local", scope="Per company", Big={"conditions": [at_least(1_000)]})
	customer = figures("Two Places")
	figures(customer, here, revenue_365d=2_000)
	figures(customer, there, revenue_365d=10)
	refresh(customer, group="Local")
	assert [(row["tag"], row["company"]) for row in service.tags_of(customer)] == [("Local Big", here)]
	assert service.tags_of(customer, there) == []


def test_a_money_threshold_is_converted_into_the_currency_of_the_figures(group, figures, refresh, held):
	from crm_ext.rules.site import exchange_rate, reporting_currency

	own = reporting_currency()
	foreign = "USD" if own != "USD" else "CNY"
	rate = exchange_rate(foreign, own, TODAY)
	group("Abroad", Big={"conditions": [at_least(1_000, currency=foreign)]})
	enough = figures("Enough Abroad", revenue_365d=float(1_000 * rate) + 0.01)
	short = figures("Short Abroad", revenue_365d=float(1_000 * rate) - 0.01)
	refresh(enough, short, group="Abroad")
	assert (held(enough), held(short)) == ({"Abroad Big"}, set())


def test_a_rule_may_ask_for_tags_of_another_group(club, group, figures, held):
	wants_high = {"fact": "tags", "operator": "includes any of", "value": "Club High"}
	group("Built", On={"conditions": [wants_high]})
	customer = figures("Layered Trading", revenue_365d=600_000)
	from crm_ext.tags import groups

	service.refresh_slice(CustomerSlice.of([customer]), TODAY, levels=groups.load(["Built", "Club"]))
	assert held(customer) == {"Club High", "Built On"}


def test_a_rule_that_cannot_be_evaluated_leaves_its_group_as_it_is_and_tells_its_owner(
	club, figures, refresh, held
):
	customer = figures("Broken Trading", revenue_365d=600_000)
	refresh(customer, group=club)
	frappe.db.set_value("Rule Condition", {"parent": "Club Mid", "idx": 1}, "fact", "no_such_fact")
	figures(customer, revenue_365d=1)
	assert refresh(customer, group=club) == 0
	assert held(customer) == {"Club High"}
	assert "no_such_fact" in frappe.db.get_value("Customer Tag", "Club Mid", "last_error")
	alerts = {
		"document_name": "Club Mid",
		"for_user": frappe.db.get_value("Customer Tag", "Club Mid", "rule_owner"),
	}
	assert frappe.db.count("Notification Log", alerts) == 1
	refresh(customer, group=club)
	assert frappe.db.count("Notification Log", alerts) == 1


def test_an_observing_tag_is_recorded_and_has_no_effect(club, group, figures, refresh, held):
	tag = frappe.get_doc("Customer Tag", "Club High")
	tag.status = "Observing"
	tag.save()
	customer = figures("Watched Trading", revenue_365d=600_000)
	refresh(customer, group=club)
	assert held(customer) == set()
	observed = frappe.get_all("Customer Tag Assignment", {"customer": customer, "shadow": 1}, pluck="tag")
	assert observed == ["Club High"]
	assert refresh(customer, group=club) == 0
	tag.reload()
	tag.status = "Active"
	tag.save()
	refresh(customer, group=club)
	assert held(customer) == {"Club High"}
	assert not frappe.db.exists(
		"Customer Tag Assignment", {"customer": customer, "shadow": 1, "closed_key": ""}
	)


def test_stopping_a_tag_takes_it_back_from_everybody(club, figures, refresh, held):
	customer = figures("Stopped Trading", revenue_365d=600_000)
	refresh(customer, group=club)
	tag = frappe.get_doc("Customer Tag", "Club High")
	tag.update({"status": "Stopped", "status_reason": "The club is closed."})
	tag.save()
	refresh(customer, group=club)
	assert held(customer) == set()


def test_the_switch_turns_the_refresh_off(club, figures, refresh, held):
	change_settings(tags_enabled=0)
	customer = figures("Switched Off", revenue_365d=600_000)
	assert refresh(customer, group=club) == 0
	assert held(customer) == set()


def test_a_refresh_asks_the_same_number_of_queries_for_few_and_for_many(club, figures, refresh):
	def queries(count: int) -> int:
		names = [figures(f"Query {count} {n}", revenue_365d=n * 50_000) for n in range(count)]
		return len(recorded(lambda: refresh(*names, group=club)))

	assert queries(3) == queries(30)


def recorded(function) -> list[str]:
	"""The SQL statements that `function` sends."""
	seen: list[str] = []
	original = frappe.db.sql

	def listening(query, *args, **kwargs):
		seen.append(str(query))
		return original(query, *args, **kwargs)

	frappe.db.sql = listening
	try:
		function()
	finally:
		frappe.db.sql = original
	return seen
