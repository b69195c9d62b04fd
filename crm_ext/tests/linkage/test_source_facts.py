# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Facts of one event: for linkage rules that wait for it, and for nobody else."""

import pytest

import frappe

from crm_ext.linkage.facts import facts
from crm_ext.linkage.registry import triggers
from crm_ext.rules.site import registry

TODAYS_ORDER = {"fact": "document_amount", "operator": ">=", "value": "100"}


def test_every_fact_of_a_trigger_is_registered_and_of_one_event(company):
	from crm_ext.linkage.triggers import triggers as ours

	named = {name for one in ours() for name in one.facts}
	assert named == {fact.name for fact in facts()}
	assert not any(registry()[name].sql for name in named)


def test_all_triggers_of_the_contract_are_there(company):
	assert {
		*("Tag Gained", "Tag Lost", "Profile Changed", "Order Submitted", "Delivery Submitted"),
		*("Invoice Submitted", "Issue Opened", "Issue Closed", "Survey Answered", "Occasion", "Schedule"),
	} <= set(triggers())


def test_every_trigger_can_be_tried_in_a_dry_run(company):
	from crm_ext.linkage.triggers import triggers as ours
	from crm_ext.tags.triggers import triggers as of_tags

	assert all(trigger.past for trigger in (*ours(), *of_tags()))


def test_other_kinds_of_rules_refuse_the_facts_of_an_event(company):
	group = frappe.get_doc(doctype="Customer Tag Group", group_name="Event Club").insert()
	tag = frappe.get_doc(
		doctype="Customer Tag", tag_name="Event Buyer", tag_group=group.name, conditions=[TODAYS_ORDER]
	)
	with pytest.raises(frappe.ValidationError, match="Document: Net Amount"):
		tag.insert()


def test_a_linkage_rule_may_ask_about_its_own_event_only(rule):
	rule("Big Order", trigger="Order Submitted", conditions=[TODAYS_ORDER])
	with pytest.raises(frappe.ValidationError):
		rule("Wrong", trigger="Issue Opened", conditions=[TODAYS_ORDER])
	with pytest.raises(frappe.ValidationError):
		rule("Wrong", trigger="Profile Changed", conditions=[TODAYS_ORDER])


def test_forms_learn_which_facts_are_of_customers(company):
	from crm_ext.rules.api import fact_list

	known = {fact["name"]: fact["of_customer"] for fact in fact_list()}
	assert (known["revenue_365d"], known["document_amount"]) == (True, False)
