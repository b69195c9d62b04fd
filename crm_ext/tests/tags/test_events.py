# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Other apps, Notifications and Webhooks learn of each change once."""

import pytest

import frappe

from crm_ext.constants import TAG_GAINED, TAG_LOST
from crm_ext.tags import announce
from crm_ext.tests.tags.conftest import at_least

HEARD: list[tuple] = []


def listener(doc, method=None):
	"""What another app's doc_events entry would be."""
	change = doc.crm_ext_tag_change
	HEARD.append((doc.name, method, change.tag, change.reason))
	if doc.name == "Faulty Trading":
		raise ValueError("a handler of another app fails")


@pytest.fixture
def listening():
	HEARD.clear()
	path = f"{__name__}.listener"
	hooks = frappe.get_doc_hooks()
	customer = hooks.setdefault("Customer", {})
	before = {event: customer.get(event) for event in (TAG_GAINED, TAG_LOST)}
	customer.update({event: [path] for event in before})
	frappe.db.sql("UPDATE `tabCustomer Tag Assignment` SET pending_events = ''")
	yield HEARD
	for event, handlers in before.items():
		customer.pop(event)
		if handlers:
			customer[event] = handlers


@pytest.fixture
def club(group):
	return group("Club", High={"conditions": [at_least(500_000)]})


def test_a_change_is_announced_once(club, figures, refresh, listening):
	customer = figures("Announced Trading", revenue_365d=600_000)
	refresh(customer, group=club)
	assert announce.announce(commit=False) == 1
	assert announce.announce(commit=False) == 0
	assert listening == [(customer, TAG_GAINED, "Club High", None)]


def test_a_tag_gained_and_lost_before_the_announcement_is_told_in_order(club, figures, refresh, listening):
	customer = figures("Hasty Trading", revenue_365d=600_000)
	refresh(customer, group=club)
	figures(customer, revenue_365d=0)
	refresh(customer, group=club)
	announce.announce(commit=False)
	assert [(method, tag) for _, method, tag, _ in listening] == [
		(TAG_GAINED, "Club High"),
		(TAG_LOST, "Club High"),
	]


def test_a_failing_handler_is_logged_and_the_others_are_told(club, figures, refresh, listening):
	faulty, sound = (figures(name, revenue_365d=600_000) for name in ("Faulty Trading", "Sound Trading"))
	refresh(faulty, sound, group=club)
	announce.announce(commit=False)
	assert {heard[0] for heard in listening} == {faulty, sound}
	assert frappe.db.exists("Error Log", {"reference_doctype": "Customer Tag Assignment"})


def test_observed_changes_are_not_announced(club, figures, refresh, listening):
	tag = frappe.get_doc("Customer Tag", "Club High")
	tag.status = "Observing"
	tag.save()
	refresh(figures("Silent Trading", revenue_365d=600_000), group=club)
	assert announce.announce(commit=False) == 0
	assert listening == []


def test_a_notification_of_event_method_catches_it(club, figures, refresh):
	frappe.get_doc(
		doctype="Notification",
		name="Told of a tag",
		subject="{{ doc.name }} is now {{ doc.crm_ext_tag_change.tag }}",
		message="Look after it.",
		document_type="Customer",
		event="Method",
		method=TAG_GAINED,
		channel="System Notification",
		enabled=1,
		recipients=[{"receiver_by_role": "System Manager"}],
	).insert()
	frappe.db.sql("UPDATE `tabCustomer Tag Assignment` SET pending_events = ''")
	customer = figures("Notified Trading", revenue_365d=600_000)
	refresh(customer, group=club)
	assert announce.announce(commit=False) == 1
	assert frappe.db.exists("Notification Log", {"subject": f"{customer} is now Club High"})


def test_a_webhook_offers_the_events_and_is_sent_to(club, figures, refresh):
	options = frappe.get_meta("Webhook").get_field("webhook_docevent").options.split("\n")
	assert {TAG_GAINED, TAG_LOST} <= set(options)
	frappe.get_doc(
		doctype="Webhook",
		name="Tell the shop",
		webhook_doctype="Customer",
		webhook_docevent=TAG_GAINED,
		request_url="http://127.0.0.1:9/tags",
		request_method="POST",
		enabled=1,
	).insert()
	frappe.db.sql("UPDATE `tabCustomer Tag Assignment` SET pending_events = ''")
	customer = figures("Hooked Trading", revenue_365d=600_000)
	refresh(customer, group=club)
	queued = len(frappe.db.after_commit._functions)
	assert announce.announce(commit=False) == 1
	assert len(frappe.db.after_commit._functions) > queued


def test_tags_appear_in_the_lists_of_frappe_beside_those_people_set_there(club, figures, refresh):
	from frappe.desk.doctype.tag.tag import DocTags

	customer = figures("Listed Trading", revenue_365d=600_000)
	DocTags("Customer").add(customer, "Exhibition 2026")
	refresh(customer, group=club)
	announce.announce(commit=False)
	listed = frappe.get_list("Customer", filters={"_user_tags": ("like", "%Club High%")}, pluck="name")
	assert listed == [customer]
	figures(customer, revenue_365d=0)
	refresh(customer, group=club)
	announce.announce(commit=False)
	assert DocTags("Customer").get_tags(customer).strip(",") == "Exhibition 2026"
	assert not frappe.db.exists("Tag Link", {"document_name": customer, "tag": "Club High"})
