# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import pytest

import frappe

from crm_ext.setup import defaults
from crm_ext.setup.price_kinds import PRICE_KINDS


@pytest.fixture
def unsown():
	"""As before the first installation: no tags, nothing remembered."""
	frappe.db.delete("Customer Tag Assignment")
	for doctype in ("Customer Tag", "Customer Tag Group"):
		for name in frappe.get_all(doctype, pluck="name"):
			frappe.delete_doc(doctype, name, force=True, ignore_permissions=True)
	frappe.db.delete("DefaultValue", {"defkey": defaults.SOWN_KEY})


def test_everything_shipped_is_active_after_sowing(unsown):
	defaults.sow()
	tags = frappe.get_all("Customer Tag", {"status": "Active"}, pluck="name")
	groups = frappe.get_all("Customer Tag Group", pluck="name")
	assert set(tags) == {tag["tag_name"] for tag in defaults.TAGS}
	assert set(groups) == {group["group_name"] for group in defaults.TAG_GROUPS}


def test_sowing_again_adds_nothing(unsown):
	assert len(defaults.sow()) == len(defaults.shipped())
	assert defaults.sow() == []


def test_an_edited_tag_stays_as_it_is(unsown):
	defaults.sow()
	tag = frappe.get_doc("Customer Tag", "High Value")
	tag.conditions[0].value = "750000"
	tag.save()
	defaults.sow()
	assert frappe.get_doc("Customer Tag", "High Value").conditions[0].value == "750000"


def test_a_deleted_tag_does_not_come_back(unsown):
	defaults.sow()
	frappe.delete_doc("Customer Tag", "Lost", force=True)
	defaults.sow()
	assert not frappe.db.exists("Customer Tag", "Lost")


def test_a_renamed_tag_does_not_come_back_under_its_old_name(unsown):
	defaults.sow()
	frappe.rename_doc("Customer Tag", "Lost", "Gone", force=True)
	defaults.sow()
	assert frappe.db.exists("Customer Tag", "Gone")
	assert not frappe.db.exists("Customer Tag", "Lost")


def test_a_tag_that_somebody_made_under_a_shipped_name_is_kept(unsown):
	frappe.get_doc(doctype="Customer Tag Group", group_name="Value", selection="Multiple").insert()
	frappe.get_doc(doctype="Customer Tag", tag_name="Gold", tag_group="Value", description="Ours").insert()
	defaults.sow()
	assert frappe.db.get_value("Customer Tag", "Gold", "description") == "Ours"
	assert frappe.db.get_value("Customer Tag Group", "Value", "selection") == "Multiple"


def test_money_thresholds_carry_the_currency_of_the_default_company(unsown, company):
	frappe.db.set_single_value("Global Defaults", "default_company", company.other_company)
	defaults.sow()
	conditions = frappe.get_doc("Customer Tag", "Platinum").conditions
	assert {row.fact: row.currency or "" for row in conditions} == {
		"revenue_365d": company.other_currency,
		"cooperation_days": "",
	}


def test_money_thresholds_are_in_the_currency_of_the_figures_while_there_is_no_company(unsown):
	frappe.db.set_single_value("Global Defaults", "default_company", None)
	defaults.sow()
	assert not frappe.get_doc("Customer Tag", "High Value").conditions[0].currency


def test_every_shipped_tag_belongs_to_a_shipped_group():
	groups = {group["group_name"] for group in defaults.TAG_GROUPS}
	assert {tag["tag_group"] for tag in defaults.TAGS} == groups


def test_the_price_kinds_are_drafts_that_can_become_active_one_after_the_other(unsown):
	for kind in PRICE_KINDS:
		frappe.delete_doc("Price Kind", kind["kind_name"], force=True)
	defaults.sow()
	for kind in PRICE_KINDS:
		doc = frappe.get_doc("Price Kind", kind["kind_name"])
		assert (doc.status, bool(doc.description)) == ("Draft", True)
		doc.status = "Active"
		doc.save()
