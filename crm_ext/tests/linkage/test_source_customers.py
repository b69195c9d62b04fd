# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What linkage rules know about a customer follows it through renaming, merging and deletion, and is as visible as it is."""

from datetime import date, timedelta

import pytest

import frappe
from frappe.utils import add_to_date, now_datetime

from crm_ext.crm_ext.doctype.linkage_event.linkage_event import LinkageEvent
from crm_ext.linkage import inbox
from crm_ext.linkage.sources import existing, profile
from crm_ext.profile.slices import CustomerSlice
from crm_ext.rules.actions import PROFILE_CHANGED
from crm_ext.tests import builders
from crm_ext.tests.days import today
from crm_ext.tests.linkage.conftest import MORNING

TABLES = ("Linkage Event", "Linkage Run", "Linkage Match", "Customer Occasion")


@pytest.fixture
def known(rule, ring, runs):
	"""`known(n)` are n customers of whom every table has a row, and whose rule ran on one day each."""
	from crm_ext.profile.service import refresh

	rule("Visit", once_per="Day")
	rule("Everybody", trigger=PROFILE_CHANGED)

	def make(count: int) -> list[str]:
		customers = [builders.customer() for _ in range(count)]
		refresh(customers)
		for n, customer in enumerate(customers):
			ring(customer)
			ring(customer, key="second", at=MORNING + timedelta(days=n + 1))
			frappe.get_doc(
				doctype="Customer Occasion", customer=customer, occasion="Birthday", date=date(1980, 6, 30)
			).insert()
		existing.begin("Everybody", commit=False)
		runs()
		return customers

	return make


def count(doctype: str, customer: str) -> int:
	return frappe.db.count(doctype, {"customer": customer})


def merge(old: str, new: str) -> None:
	frappe.rename_doc("Customer", old, new, merge=True, show_alert=False, rebuild_search=False)


def test_a_deleted_customer_leaves_nothing(known):
	(customer,) = known(1)
	assert all(count(doctype, customer) for doctype in TABLES)
	of_runs = frappe.get_all("Linkage Run", {"customer": customer}, pluck="name")
	frappe.delete_doc("Customer", customer)
	assert [count(doctype, customer) for doctype in TABLES] == [0, 0, 0, 0]
	assert frappe.db.count("Linkage Run Action", {"parent": ("in", of_runs)}) == 0


def test_a_document_that_an_event_names_can_be_deleted(known, ring):
	(customer,) = known(1)
	issue = builders.issue(None, MORNING.date())
	frappe.db.set_value(
		"Linkage Event", {"customer": customer}, {"reference_doctype": "Issue", "reference_name": issue.name}
	)
	frappe.delete_doc("Issue", issue.name)
	assert not frappe.db.exists("Issue", issue.name)


def test_a_renamed_customer_takes_its_rows_along(known):
	(customer,) = known(1)
	before = [count(doctype, customer) for doctype in TABLES]
	frappe.rename_doc("Customer", customer, f"{customer} Ltd", show_alert=False, rebuild_search=False)
	assert [count(doctype, f"{customer} Ltd") for doctype in TABLES] == before


def test_a_merge_loses_no_run_and_no_event_though_both_ran_in_one_period(known):
	old, new = known(2)
	before = [count(doctype, old) + count(doctype, new) for doctype in ("Linkage Event", "Linkage Run")]
	merge(old, new)
	assert [count(doctype, new) for doctype in ("Linkage Event", "Linkage Run")] == before
	assert [count(doctype, new) for doctype in ("Linkage Match", "Customer Occasion")] == [1, 1]
	assert not any(count(doctype, old) for doctype in TABLES)


def test_after_a_merge_the_period_stays_used_up(known, ring, runs):
	old, new = known(2)
	merge(old, new)
	ran = count("Linkage Run", new)
	ring(new, key="third")  # on the day on which both had run
	runs()
	assert count("Linkage Run", new) == ran


def test_a_merged_customer_is_not_news(known):
	old, new = known(2)
	merge(old, new)
	assert profile.refresh_slice(CustomerSlice.of([new]), today()) == 0


def test_a_merge_keeps_the_later_period_and_different_occasions(known):
	old, new = known(2)
	frappe.db.set_value("Linkage Match", {"customer": old}, "period", "2026-06")
	frappe.db.set_value("Linkage Match", {"customer": new}, "period", "2026-05")
	frappe.get_doc(
		doctype="Customer Occasion", customer=old, occasion="Founding Day", date=date(2001, 1, 1)
	).insert()
	merge(old, new)
	assert frappe.db.get_value("Linkage Match", {"customer": new}, "period") == "2026-06"
	assert count("Customer Occasion", new) == 2


@pytest.fixture
def seller():
	"""A user of sales who may see one customer only."""
	from crm_ext.tests.linkage.at_work import user

	name = user("only.one@willowbay.test", "Sales User", "System Manager")
	visible = builders.customer()
	frappe.get_doc(
		doctype="User Permission", user=name, allow="Customer", for_value=visible, apply_to_all_doctypes=1
	).insert()
	frappe.clear_cache(user=name)
	yield name, visible
	frappe.set_user("Administrator")
	frappe.clear_cache(user=name)


@pytest.mark.parametrize("doctype", TABLES)
def test_rows_of_a_customer_are_for_those_who_may_read_the_customer(known, seller, doctype):
	(hidden,) = known(1)
	name, visible = seller
	row = frappe.db.get_value(doctype, {"customer": hidden})
	frappe.db.sql(f"INSERT INTO `tab{doctype}` (name, customer) VALUES ('of the visible', %s)", (visible,))
	frappe.set_user(name)
	assert set(frappe.get_list(doctype, pluck="customer")) == {visible}
	assert not frappe.has_permission(doctype, doc=row)
	assert frappe.has_permission(doctype, doc="of the visible")


def test_old_events_are_cleared_but_those_that_wait(known):
	(customer,) = known(1)
	inbox.tell([inbox.Event(key="waits", trigger="Bell Rung", customer=customer, occurred_at=MORNING)])
	frappe.db.sql("UPDATE `tabLinkage Event` SET creation = %s", (add_to_date(now_datetime(), days=-91),))
	LinkageEvent.clear_old_logs(90)
	(left,) = frappe.get_all("Linkage Event", {"customer": customer}, pluck="processed")
	assert left == 0


def test_frappe_clears_the_events_after_ninety_days(company):
	settings = frappe.get_doc("Log Settings")
	settings.save()
	assert {row.ref_doctype: row.days for row in settings.logs_to_clear}["Linkage Event"] == 90


@pytest.mark.parametrize(
	"doctype, columns",
	[("Linkage Match", ["rule", "customer"]), ("Linkage Event", ["processed", "customer", "wait_until"])],
)
def test_the_indexes_are_there(company, doctype, columns):
	indexes: dict[str, list[str]] = {}
	for row in frappe.db.sql(f"SHOW INDEX FROM `tab{doctype}`", as_dict=True):
		indexes.setdefault(row.Key_name, []).append(row.Column_name)
	assert columns in indexes.values()
