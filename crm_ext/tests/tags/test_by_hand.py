# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Tags that people give and take."""

import pytest

import frappe
from frappe.utils import add_days, nowdate

from crm_ext.exceptions import AlreadyTagged, NotTagged, ReasonMissing
from crm_ext.tags import service
from crm_ext.tests.tags.conftest import at_least


@pytest.fixture
def club(group):
	return group(
		"Club",
		High={"rank": 30, "conditions": [at_least(500_000)]},
		Low={"rank": 10, "conditions": [{"fact": "revenue_365d", "operator": "<", "value": "500000"}]},
	)


def test_a_tag_given_by_hand_takes_the_place_of_the_one_held(club, figures, refresh, held):
	customer = figures("Chosen Trading", revenue_365d=1)
	refresh(customer, group=club)
	service.assign(customer, "Club High", reason="The owner is a friend of the house.")
	assert held(customer) == {"Club High"}
	assert service.tags_of(customer)[0]["source"] == "Manual"


def test_without_a_lock_the_rules_take_over_again(club, figures, refresh, held):
	customer = figures("Unlocked Trading", revenue_365d=1)
	service.assign(customer, "Club High", reason="Try it.")
	refresh(customer, group=club)
	assert held(customer) == {"Club Low"}


def test_with_a_lock_the_rules_leave_it_alone_until_it_expires(club, figures, refresh, held):
	customer = figures("Locked Trading", revenue_365d=1)
	last_day = frappe.utils.getdate(add_days(nowdate(), 10))
	service.assign(customer, "Club High", reason="Agreed.", until=last_day, lock=True)
	refresh(customer, group=club, as_of=last_day)
	assert held(customer) == {"Club High"}
	refresh(customer, group=club, as_of=frappe.utils.getdate(add_days(last_day, 1)))
	assert held(customer) == {"Club Low"}
	past = frappe.get_doc("Customer Tag Assignment", {"customer": customer, "tag": "Club High"})
	assert past.end_reason == service.EXPIRED


@pytest.mark.parametrize("reason", ["", "   ", None])
def test_a_reason_is_required_to_give_and_to_take(club, figures, reason):
	customer = figures("Reasonless Trading", revenue_365d=1)
	with pytest.raises(frappe.ValidationError, match="reason"):
		service.assign(customer, "Club High", reason=reason)
	with pytest.raises(ReasonMissing):
		service.remove(customer, "Club High", reason=reason)


def test_a_validity_that_has_passed_is_refused(club, figures):
	customer = figures("Late Trading", revenue_365d=1)
	with pytest.raises(frappe.ValidationError, match="past"):
		service.assign(customer, "Club High", reason="Late.", until=frappe.utils.getdate("2020-01-01"))


def test_a_tag_that_is_not_in_force_is_refused(club, figures):
	tag = frappe.get_doc("Customer Tag", "Club High")
	tag.update({"status": "Paused", "status_reason": "Under review."})
	tag.save()
	with pytest.raises(frappe.ValidationError, match="not in force"):
		service.assign(figures("Early Trading"), "Club High", reason="Now.")


def test_giving_the_same_tag_twice_is_refused_and_changes_nothing(club, figures, held):
	customer = figures("Twice Trading", revenue_365d=1)
	service.assign(customer, "Club High", reason="Once.")
	with pytest.raises(frappe.ValidationError, match=AlreadyTagged.template.split("{")[0]):
		service.assign(customer, "Club High", reason="Twice.")
	assert held(customer) == {"Club High"}


def test_removing_ends_the_period_and_keeps_it(club, figures, held):
	customer = figures("Removed Trading", revenue_365d=1)
	name = service.assign(customer, "Club High", reason="For now.")
	assert service.remove(customer, "Club High", reason="It was a mistake.") == name
	assert held(customer) == set()
	assert frappe.db.get_value("Customer Tag Assignment", name, "end_reason") == "It was a mistake."
	with pytest.raises(NotTagged):
		service.remove(customer, "Club High", reason="Again.")


def test_history_cannot_be_edited_or_deleted(club, figures):
	customer = figures("Historic Trading", revenue_365d=1)
	name = service.assign(customer, "Club High", reason="For the record.")
	doc = frappe.get_doc("Customer Tag Assignment", name)
	doc.reason = "Something else."
	with pytest.raises(frappe.ValidationError):
		doc.save()
	with pytest.raises(frappe.ValidationError):
		frappe.delete_doc("Customer Tag Assignment", name, ignore_permissions=True)
	with pytest.raises(frappe.ValidationError):
		frappe.delete_doc("Customer Tag", "Club High")


def test_merging_customers_keeps_both_histories_and_one_open_row(club, figures, held):
	old, new = figures("Old Name Trading"), figures("New Name Trading")
	for customer in (old, new):
		service.assign(customer, "Club High", reason=f"Given to {customer}.", lock=True)
	frappe.rename_doc("Customer", old, new, merge=True, show_alert=False)
	assert held(new) == {"Club High"}
	rows = frappe.get_all(
		"Customer Tag Assignment", {"customer": new, "tag": "Club High"}, ["reason", "end_reason"]
	)
	assert {row.reason for row in rows} == {f"Given to {old}.", f"Given to {new}."}
	assert sorted(row.end_reason or "" for row in rows) == ["", service.MERGED]


def test_renaming_a_customer_takes_its_tags_along(club, figures, held):
	customer = figures("Before Trading")
	service.assign(customer, "Club High", reason="Given before.")
	frappe.rename_doc("Customer", customer, "After Trading", show_alert=False)
	assert held("After Trading") == {"Club High"}
	assert held(customer) == set()


def test_an_imported_assignment_says_so(club, figures):
	customer = figures("Imported Trading")
	frappe.flags.in_import = True
	try:
		doc = frappe.get_doc(
			doctype="Customer Tag Assignment",
			customer=customer,
			tag="Club High",
			reason="From the old system.",
		).insert()
	finally:
		frappe.flags.in_import = False
	assert doc.source == "Import"
