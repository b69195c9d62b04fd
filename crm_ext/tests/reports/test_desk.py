# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import json

import pytest

import frappe

from crm_ext.crm_ext.dashboard_chart_source.customer_tag_mix.customer_tag_mix import get as mix
from crm_ext.profile.service import refresh
from crm_ext.tags.desk import customer_head, group_population, refresh_backlog
from crm_ext.tests.reports.conftest import GROUP, HIGH, LOW


def test_the_head_of_a_customer_shows_its_tags_with_their_colours_and_the_figures(company):
	refresh()
	head = customer_head(company.customers["Azure Kiln Works"])
	assert [tag["tag"] for tag in head["tags"]][:2] == ["High Value", "Active"]
	assert all(tag["colour"] for tag in head["tags"])
	assert "evidence" not in head["tags"][0]
	assert head["profile"]["revenue_365d"] == 500_000
	assert head["may_change"] is True


def test_the_head_of_a_customer_one_may_not_read_is_empty(company):
	refresh()
	mine = frappe.get_all(
		"User Permission", filters={"user": company.seller, "allow": "Customer"}, pluck="for_value"
	)
	frappe.set_user(company.seller)
	foreign = next(name for name in company.customers.values() if name not in mine)
	assert customer_head(foreign) == {"tags": [], "profile": {}, "may_change": False}
	assert customer_head(mine[0])["profile"]
	assert customer_head(mine[0])["may_change"] is False


def test_a_group_lists_its_tags_by_rank_with_their_customers(past):
	past.hold(0, LOW, since=3)
	past.hold(1, LOW, since=3)
	assert [(tag["name"], tag["customers"]) for tag in group_population(GROUP)] == [(HIGH, 0), (LOW, 2)]


def test_the_mix_chart_counts_the_customers_of_each_tag(past):
	past.hold(0, LOW, since=3)
	chart = mix(filters=json.dumps({"tag_group": GROUP}))
	assert chart["labels"] == [HIGH, LOW]
	assert chart["datasets"][0]["values"] == [0, 1]


def test_the_mix_chart_of_a_group_that_was_renamed_is_empty():
	assert mix(filters={"tag_group": "No Such Group"}) == {"labels": [], "datasets": []}


def test_the_backlog_counts_customers_not_requests(company):
	customer = next(iter(company.customers.values()))
	frappe.db.delete("Profile Refresh Request")
	for _turn in range(2):
		frappe.get_doc(
			doctype="Profile Refresh Request", customer=customer, name=frappe.generate_hash(length=10)
		).db_insert()
	assert refresh_backlog()["value"] == 1


def test_who_may_not_see_profiles_gets_no_backlog():
	frappe.set_user("Guest")
	with pytest.raises(frappe.PermissionError):
		refresh_backlog()
