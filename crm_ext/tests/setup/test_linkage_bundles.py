# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The shipped linkage rules: asleep when installed, and each fit to become active as it is."""

import json

import pytest

import frappe

from crm_ext.rules.lifecycle import Status
from crm_ext.setup import defaults, email_templates
from crm_ext.setup.email_templates import EMAIL_TEMPLATES
from crm_ext.setup.linkage_bundles import BUNDLES, RULE_GROUPS, RULES

TITLES = tuple(rule["title"] for rule in RULES)
CLASSES = {
	"Retail": ("High Value", "Mid Value", "Potential"),
	"B2B": ("Key Account", "Small and Medium", "Potential Company"),
}


@pytest.fixture
def unsown():
	"""As before the first installation."""
	for doctype in ("Linkage Rule", "Linkage Rule Group"):
		for name in frappe.get_all(doctype, pluck="name"):
			frappe.delete_doc(doctype, name, force=True, ignore_permissions=True)
	for template in EMAIL_TEMPLATES:
		frappe.delete_doc("Email Template", template["name"], force=True)
	frappe.db.delete("DefaultValue", {"defkey": defaults.SOWN_KEY})


def activate(title: str):
	rule = frappe.get_doc("Linkage Rule", title)
	rule.status = Status.ACTIVE.value
	return rule.save()


def test_all_bundles_are_there_and_nothing_of_them_is_in_force(company):
	found = frappe.get_all("Linkage Rule", {"name": ("in", TITLES)}, ["name", "bundle", "status"])
	assert {(rule.name, rule.bundle) for rule in found} == {(r["title"], r["bundle"]) for r in RULES}
	assert {rule.status for rule in found} == {"Draft"}


@pytest.mark.parametrize("bundle", CLASSES)
def test_a_bundle_of_classes_treats_every_class(bundle):
	titles = [rule["title"] for rule in BUNDLES[bundle]]
	assert all(any(title.startswith(class_) for title in titles) for class_ in CLASSES[bundle])


@pytest.mark.parametrize("title", TITLES)
def test_a_shipped_rule_says_why_and_its_test_cases_pass(title, company):
	rule = frappe.get_doc("Linkage Rule", title)
	assert rule.description
	cases = rule.run_cases()
	assert [case.title for case in cases if not case.passed] == []
	assert {case.expected for case in cases} == {True, False}


@pytest.mark.parametrize("title", TITLES)
def test_a_shipped_rule_becomes_active_alone(title, company):
	assert activate(title).status == "Active"


def test_all_shipped_rules_are_active_together_without_a_complaint(company):
	for title in TITLES:
		activate(title)
	findings = {title: frappe.get_doc("Linkage Rule", title).static_findings() for title in TITLES}
	assert {title: [one.text() for one in found] for title, found in findings.items() if found} == {}


def test_thresholds_of_money_carry_the_currency_of_the_default_company(unsown, company):
	frappe.db.set_single_value("Global Defaults", "default_company", company.other_company)
	defaults.sow()
	conditions = frappe.get_doc("Linkage Rule", "First Order: Large").conditions
	assert {row.fact: row.currency or "" for row in conditions} == {
		"document_ordinal": "",
		"document_amount": company.other_currency,
	}


def test_a_renamed_or_deleted_rule_does_not_come_back(unsown):
	defaults.sow()
	frappe.rename_doc("Linkage Rule", "Welcome Back", "Nice to See You", force=True)
	frappe.delete_doc("Linkage Rule", "Mid Value: Care Call")
	defaults.sow()
	left = set(frappe.get_all("Linkage Rule", pluck="name"))
	assert {"Welcome Back", "Mid Value: Care Call"}.isdisjoint(left)
	assert "Nice to See You" in left


def test_an_edited_rule_stays_as_it_is(unsown):
	defaults.sow()
	rule = frappe.get_doc("Linkage Rule", "Win Back by E-mail and Call")
	rule.hold_out_percent = 25
	rule.save()
	defaults.sow()
	assert frappe.db.get_value("Linkage Rule", rule.name, "hold_out_percent") == 25


def test_an_upgrade_brings_no_rule_on_a_tag_that_somebody_renamed(unsown):
	frappe.rename_doc("Customer Tag", "Lost", "Gone", force=True)
	tags = [f"{doctype}: {name}" for doctype, name, _ in defaults.shipped() if doctype.startswith("Customer")]
	frappe.db.set_global(defaults.SOWN_KEY, json.dumps(tags))
	defaults.sow()
	assert not frappe.db.exists("Linkage Rule", "Key Customer Lost")
	assert frappe.db.exists("Linkage Rule", "Welcome Back")


def test_every_shipped_group_and_text_is_used():
	groups = {rule["rule_group"] for rule in RULES if "rule_group" in rule}
	parameters = [action["parameters"] for rule in RULES for action in rule["actions"]]
	texts = {given["template"] for given in parameters if "template" in given}
	assert groups == set(RULE_GROUPS)
	assert texts == {template["name"] for template in EMAIL_TEMPLATES}


def test_a_text_that_somebody_changed_outlives_the_app(unsown):
	defaults.sow()
	changed, *others = (template["name"] for template in EMAIL_TEMPLATES)
	frappe.db.set_value("Email Template", changed, "subject", "Ours")
	email_templates.withdraw()
	assert frappe.db.exists("Email Template", changed)
	assert not frappe.db.exists("Email Template", {"name": ("in", others)})
