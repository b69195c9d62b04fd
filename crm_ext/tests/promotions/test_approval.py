# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Four eyes on a promotion, where the settings ask for them."""

import pytest

import frappe

from crm_ext.pricing.promotions import approval
from crm_ext.pricing.promotions.approval_api import approve
from crm_ext.tests.pricing.people import as_user, person
from crm_ext.tests.promotions.drafts import draft, tier
from crm_ext.tests.settings import change_settings

KIND = "Volume Discount"


@pytest.fixture
def needed():
	change_settings(promotions_need_approval=1)


@pytest.fixture
def author() -> str:
	return person("Ada Author", "Sales Manager")


@pytest.fixture
def approver() -> str:
	return person("Bo Both", "Sales Manager", "Promotion Approver")


@pytest.fixture
def promotion(author) -> str:
	with as_user(author):
		return draft(KIND).insert().name


def activate(promotion: str) -> None:
	doc = frappe.get_doc("Sales Promotion", promotion)
	doc.status = "Active"
	doc.save()


def change(promotion: str, user: str) -> None:
	with as_user(user):
		doc = frappe.get_doc("Sales Promotion", promotion)
		doc.tiers[0].value += 1
		doc.save()


def test_without_the_setting_nobody_needs_to_approve(promotion, author):
	with as_user(author):
		activate(promotion)
	assert frappe.db.get_value("Sales Promotion", promotion, "status") == "Active"


def test_an_unapproved_promotion_does_not_become_active_but_may_observe(needed, promotion, author):
	with as_user(author):
		with pytest.raises(frappe.ValidationError, match="Version 1 is not approved"):
			activate(promotion)
		doc = frappe.get_doc("Sales Promotion", promotion)
		doc.status = "Observing"
		assert doc.save().status == "Observing"


def test_an_approved_promotion_becomes_active(needed, promotion, author, approver):
	with as_user(approver):
		answer = approve(promotion)
	assert answer.approved_by == approver and answer.approved_hash
	with as_user(author):
		activate(promotion)
	doc = frappe.get_doc("Sales Promotion", promotion)
	assert (doc.status, doc.approved_by) == ("Active", approver)


def test_a_change_must_be_approved_anew_and_a_description_not(needed, promotion, author, approver):
	with as_user(approver):
		approve(promotion)
	frappe.db.set_value("Sales Promotion", promotion, "description", "For the spring.")
	change(promotion, author)
	with as_user(author), pytest.raises(frappe.ValidationError, match="Version 2 is not approved"):
		activate(promotion)
	with as_user(approver):
		approve(promotion)
	activate(promotion)
	doc = frappe.get_doc("Sales Promotion", promotion)
	doc.description = "For the summer."
	assert doc.save().status == "Active"


def test_an_active_promotion_is_not_changed_without_an_approval(needed, promotion, author, approver):
	with as_user(approver):
		approve(promotion)
	activate(promotion)
	with pytest.raises(frappe.ValidationError, match="pause the promotion"):
		change(promotion, author)


def test_nobody_approves_what_is_their_own(needed, approver):
	with as_user(approver):
		own = draft(KIND).insert().name
		with pytest.raises(frappe.ValidationError, match="Somebody else"):
			approve(own)


def test_nobody_approves_what_they_changed_or_answer_for(needed, promotion, approver):
	change(promotion, approver)
	with as_user(approver), pytest.raises(frappe.ValidationError, match="changed it last"):
		approve(promotion)
	doc = frappe.get_doc("Sales Promotion", promotion)
	doc.rule_owner = approver
	doc.save()
	with as_user(approver), pytest.raises(frappe.ValidationError, match="You own this promotion"):
		approve(promotion)


def test_what_was_changed_since_it_was_read_is_not_approved(needed, promotion, author, approver):
	seen = frappe.db.get_value("Sales Promotion", promotion, "version_hash")
	change(promotion, author)
	with as_user(approver), pytest.raises(frappe.ValidationError, match="changed meanwhile"):
		approve(promotion, seen)
	assert frappe.db.get_value("Sales Promotion", promotion, "approved_by") is None


def test_an_approval_is_not_written_past_the_service(needed, promotion, author, approver):
	with as_user(author):
		doc = frappe.get_doc("Sales Promotion", promotion)
		doc.update({"approved_by": approver, "approved_hash": doc.version_hash})
		doc.save()
		assert (doc.approved_by, doc.approved_hash) == (None, None)
		forged = draft(KIND, title="Forged", approved_hash=doc.version_hash, tiers=[tier(1)]).insert()
		assert not approval.is_approved(forged)


def test_an_approval_stays_when_an_older_form_is_saved(promotion, author, approver):
	opened = frappe.get_doc("Sales Promotion", promotion)
	with as_user(approver):
		approve(promotion)
	opened.description = "For the spring."
	opened.save()
	assert opened.approved_by == approver and approval.is_approved(opened)


def test_a_copy_is_not_approved(promotion, approver):
	with as_user(approver):
		approve(promotion)
	copy = frappe.copy_doc(frappe.get_doc("Sales Promotion", promotion))
	copy.title = "A Copy"
	assert not approval.is_approved(copy.insert())


def test_the_check_before_activation_says_what_is_missing(needed, promotion):
	from crm_ext.rules.api import check

	(finding,) = check("Sales Promotion", promotion)["findings"]
	assert finding["blocks"] and "Promotion Approver" in finding["text"]
