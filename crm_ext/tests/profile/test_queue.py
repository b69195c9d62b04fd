# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The queue: what marks a customer, at what cost, and that the drain answers it."""

import pytest


@pytest.fixture
def marked():
	"""`marked()` returns the customers marked in the running transaction, and forgets them."""
	from crm_ext.profile import queue

	queue._pending().clear()

	def take() -> set[str]:
		names = set(queue._pending())
		queue._pending().clear()
		return names

	yield take
	queue._pending().clear()


def test_submitting_and_cancelling_mark_the_customer(marked, ago):
	from crm_ext.tests import builders

	customer = builders.customer()
	assert marked() == {customer}
	for build in (builders.sales_order, builders.sales_invoice):
		doc = build(customer, ago(1))
		assert marked() == {customer}
		doc.reload()
		doc.cancel()
		assert marked() == {customer}


def test_a_draft_marks_nobody(marked, ago):
	from crm_ext.tests import builders

	customer = builders.customer()
	marked()
	builders.sales_invoice(customer, ago(1), submit=False)
	builders.sales_order(customer, ago(1), submit=False)
	assert marked() == set()


def test_a_payment_marks_the_customer(marked, ago):
	from crm_ext.tests import builders

	customer = builders.customer()
	invoice = builders.sales_invoice(customer, ago(1))
	marked()
	builders.payment(invoice)
	assert marked() == {customer}


def test_an_issue_marks_only_whom_it_leaves(marked, ago):
	from crm_ext.tests import builders

	customer, other = builders.customer(), builders.customer()
	marked()
	issue = builders.issue(customer, ago(1))
	assert marked() == set()
	issue.customer = other
	issue.save()
	assert marked() == {customer}
	issue.delete()
	assert marked() == {other}


def test_changed_issues_are_found_by_the_job_even_after_a_bulk_action(marked, ago):
	import frappe
	from frappe.utils import add_to_date, now_datetime

	from crm_ext.profile import queue
	from crm_ext.settings import keep_setting, read_kept
	from crm_ext.tests import builders

	customer, other = builders.customer(), builders.customer()
	issue, old = builders.issue(customer, ago(1)), builders.issue(other, ago(1))
	long_ago = add_to_date(now_datetime(), days=-30)
	for name in (issue.name, old.name):
		frappe.db.set_value("Issue", name, "modified", long_ago, update_modified=False)
	keep_setting("issues_seen_until", add_to_date(now_datetime(), hours=-1))
	marked()
	queue.mark_issues()
	assert not marked() & {customer, other}
	frappe.db.set_value("Issue", issue.name, "status", "Closed")  # as the list's “Set as Closed” does
	queue.mark_issues()
	assert marked() & {customer, other} == {customer}
	assert read_kept("issues_seen_until") > add_to_date(now_datetime(), minutes=-1)


def test_a_contact_marks_its_customers(marked, ago):
	from crm_ext.tests import builders

	customer, other = builders.customer(), builders.customer()
	marked()
	builders.communication(customer, ago(1), timeline=other)
	assert marked() == {customer, other}
	builders.communication(customer, ago(1), communication_type="Automated Message")
	assert marked() == set()


def test_a_customer_marks_itself_when_one_of_its_facts_changes(marked):
	import frappe

	from crm_ext.tests import builders

	doc = frappe.get_doc("Customer", builders.customer())
	marked()
	doc.customer_details = "Likes tea"
	doc.save()
	assert marked() == set()
	doc.customer_type = "Individual"
	doc.save()
	assert marked() == {doc.name}


def test_nothing_is_marked_while_switched_off_or_migrating(marked):
	import frappe

	from crm_ext.profile import queue

	frappe.flags.in_migrate = True
	try:
		queue.mark(["Somebody"], "test")
	finally:
		frappe.flags.in_migrate = False
	assert marked() == set()
	frappe.db.set_single_value("CRM Ext Settings", "profile_enabled", 0)
	try:
		queue.mark(["Somebody"], "test")
		assert marked() == set()
	finally:
		frappe.db.rollback()
		frappe.clear_document_cache("CRM Ext Settings", "CRM Ext Settings")


def test_marking_costs_no_query_and_flushing_one(marked, queries):
	from crm_ext.profile import queue
	from crm_ext.profile.service import enabled

	assert enabled()
	assert queries(lambda: [queue.mark([f"C{n}", "C1"], "test") for n in range(50)]) == 0
	assert queries(queue.flush) == 1
	assert queries(queue.flush) == 0
	assert marked() == set()


def test_a_rolled_back_transaction_forgets_its_marks(marked):
	import frappe

	from crm_ext.profile import queue

	queue.mark(["Somebody"], "test")
	frappe.db.rollback()
	assert marked() == set()


def test_submitting_costs_no_more_queries_with_the_app(marked, queries, ago, monkeypatch):
	import frappe

	from crm_ext.tests import builders

	customer = builders.customer()
	get_hooks = frappe.get_hooks

	def without_us(hook=None, *args, **kwargs):
		if hook != "doc_events":
			return get_hooks(hook, *args, **kwargs)
		return {
			doctype: {
				event: [path for path in paths if not path.startswith("crm_ext.")]
				for event, paths in events.items()
			}
			for doctype, events in get_hooks("doc_events").items()
		}

	def cost(build) -> tuple[int, int]:
		frappe.local.doc_events_hooks = None
		counts = []
		for _ in range(2):  # the first one warms the caches
			draft = queries(lambda: build(submit=False))
			doc = build(submit=False)
			counts.append((draft, queries(doc.submit if doc.meta.is_submittable else doc.save)))
		return counts[-1]

	for build in (
		lambda submit: builders.sales_order(customer, ago(1), submit=submit),
		lambda submit: builders.sales_invoice(customer, ago(1), submit=submit),
		lambda submit: builders.issue(customer, ago(1)),
	):
		cost(build)
		with monkeypatch.context() as patched:
			patched.setattr(frappe, "get_hooks", without_us)
			without = cost(build)
		assert cost(build) == without
	frappe.local.doc_events_hooks = None


def test_the_drain_refreshes_those_who_wait_and_empties_the_queue(marked, ago):
	import frappe

	from crm_ext.profile import queue
	from crm_ext.profile.service import profile_of
	from crm_ext.tests import builders

	frappe.db.delete("Profile Refresh Request")
	customer = builders.customer()
	builders.sales_invoice(customer, ago(1), 250)
	done = queue.drain(commit=False)
	assert done.customers >= 1
	assert profile_of(customer)["revenue_365d"] == 250
	assert frappe.db.count("Profile Refresh Request") == 0


def test_a_limited_drain_leaves_the_rest(marked):
	import frappe

	from crm_ext.profile import queue
	from crm_ext.tests import builders

	frappe.db.delete("Profile Refresh Request")
	for _ in range(30):
		builders.customer()
	assert queue.drain(2, commit=False).customers == 2
	assert frappe.db.count("Profile Refresh Request") >= 28


def test_requests_of_customers_who_are_gone_are_dropped(marked):
	import frappe

	from crm_ext.profile import queue

	frappe.db.delete("Profile Refresh Request")
	queue.mark(["Nobody of this name"], "test")
	queue.drain(commit=False)
	assert frappe.db.count("Profile Refresh Request") == 0
	assert not frappe.db.exists("Customer Profile", {"customer": "Nobody of this name"})


def test_a_refresh_takes_the_same_queries_for_one_customer_and_for_many(queries):
	from crm_ext.profile.service import refresh
	from crm_ext.tests import builders

	customers = [builders.customer() for _ in range(6)]
	refresh(customers)
	counts = {queries(lambda some=some: refresh(some)) for some in (customers[:1], customers)}
	assert len(counts) == 1
