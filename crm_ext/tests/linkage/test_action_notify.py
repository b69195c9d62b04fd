# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Notify: an Email Template by e-mail or in the Desk, to who is enabled and has not unsubscribed."""

from email import message_from_string, policy

import pytest

import frappe

from crm_ext.exceptions import NotForDesk, ParameterMissing, UserDisabled
from crm_ext.linkage import registry
from crm_ext.tests import builders
from crm_ext.tests.linkage.at_work import OWNER, preview, run, user, work

NOTIFY, TEMPLATE, ROLE = "Notify", "News of a Customer", "Newsreaders"
ANNA, BO = "anna.news@willowbay.test", "bo.news@willowbay.test"


@pytest.fixture(autouse=True)
def post(company):
	"""A template, people to tell, and an account to send from."""
	frappe.get_doc(
		doctype="Email Template",
		name=TEMPLATE,
		subject="{{ customer_name }} is {{ event.tag }}",
		response="<p>{{ doc.territory }}, {{ event.document }}, by {{ event.rule }}</p>",
	).insert()
	frappe.get_doc(doctype="Role", role_name=ROLE).insert(ignore_if_duplicate=True)
	for email in (ANNA, BO, OWNER):
		user(email)
	frappe.db.sql("UPDATE `tabEmail Account` SET default_outgoing = 0")
	frappe.get_doc(
		doctype="Email Account",
		email_account_name="Willow Bay Post",
		email_id="post@willowbay.test",
		enable_outgoing=1,
		default_outgoing=1,
		smtp_server="localhost",
		no_smtp_authentication=1,
	).insert()
	frappe.local.outgoing_email_account = {}


def mails(customer: str) -> list[tuple[set[str], str, str]]:
	"""(recipients, subject, body) of what waits to be sent."""
	found = []
	for name in frappe.get_all(
		"Email Queue", {"reference_name": customer}, pluck="name", order_by="creation"
	):
		queued = frappe.get_doc("Email Queue", name)
		message = message_from_string(queued.message, policy=policy.default)
		body = message.get_body(("html",)).get_content()
		found.append(({row.recipient for row in queued.recipients}, message["Subject"], body))
	return found


def told(customer: str) -> dict[str, str]:
	"""User → subject of what the Desk shows."""
	return dict(
		frappe.get_all(
			"Notification Log",
			{"document_type": "Customer", "document_name": customer, "type": "Alert"},
			["for_user", "subject"],
			as_list=True,
		)
	)


def test_the_account_manager_is_told_in_the_desk():
	customer = builders.customer("Newsworthy Works", account_manager=ANNA)
	outcome = run(customer, NOTIFY, template=TEMPLATE)
	assert told(customer) == {ANNA: "Newsworthy Works is High Value"}
	assert mails(customer) == []
	assert outcome.text == "Desk to Anna: Newsworthy Works is High Value"


def test_the_owner_of_the_rule_is_told_by_e_mail_from_the_template():
	customer = builders.customer("Mailed Works", territory="North Coast")
	event = {"reference_doctype": "Sales Order", "reference_name": "SO-1"}
	run(customer, NOTIFY, template=TEMPLATE, channel="E-mail", recipients="Rule Owner", event=event)
	((to, subject, body),) = mails(customer)
	assert (to, subject) == ({OWNER}, "Mailed Works is High Value")
	assert "North Coast, Sales Order SO-1, by Care for VIPs" in body
	assert told(customer) == {}


def test_both_channels_at_once():
	customer = builders.customer(account_manager=ANNA)
	outcome = run(customer, NOTIFY, template=TEMPLATE, channel="Both", recipients="User", user=BO)
	assert set(told(customer)) == {BO}
	assert [to for to, _subject, _body in mails(customer)] == [{BO}]
	assert outcome.text.startswith("Desk and e-mail to Bo: ")


def test_everybody_with_a_role_is_told_but_those_who_are_disabled():
	for email in (ANNA, BO):
		user(email, ROLE)
	user(BO, enabled=0)
	customer = builders.customer()
	run(customer, NOTIFY, template=TEMPLATE, channel="Both", recipients="Role", role=ROLE)
	assert set(told(customer)) == {ANNA}
	assert [to for to, _subject, _body in mails(customer)] == [{ANNA}]


def test_many_recipients_are_counted_in_the_result():
	for name in "abcd":
		user(f"{name}.news@willowbay.test", ROLE)
	outcome = run(builders.customer(), NOTIFY, template=TEMPLATE, recipients="Role", role=ROLE)
	assert outcome.text.startswith("Desk to 4 users: ")


def test_nobody_to_tell_changes_nothing_and_says_so():
	customer = builders.customer()
	outcome = run(customer, NOTIFY, template=TEMPLATE)
	assert (outcome.changed, outcome.text) == (False, "Nobody is told: there is no enabled user.")


def test_a_user_who_wants_no_notifications_finds_none():
	customer = builders.customer(account_manager=ANNA)
	frappe.db.set_value("Notification Settings", ANNA, "enabled", 0)
	run(customer, NOTIFY, template=TEMPLATE)
	assert told(customer) == {}


def to_customer(customer: str):
	return run(customer, NOTIFY, template=TEMPLATE, channel="E-mail", recipients="Customer")


@pytest.fixture
def reachable(company):
	"""A customer with a primary contact and its address."""

	def make(address: str = "buyer@reachable.test", **values) -> str:
		customer = builders.customer()
		contact = frappe.get_doc(
			{
				"doctype": "Contact",
				"first_name": "Buyer",
				"email_ids": [{"email_id": address, "is_primary": 1}] if address else [],
				"links": [{"link_doctype": "Customer", "link_name": customer}],
				"is_primary_contact": 1,
				**values,
			}
		).insert()
		doc = frappe.get_doc("Customer", customer)
		doc.customer_primary_contact = contact.name
		doc.save()
		return customer

	return make


def test_the_customer_is_told_at_its_own_address_with_a_way_to_unsubscribe(reachable):
	customer = reachable()
	assert to_customer(customer).changed
	((to, _subject, body),) = mails(customer)
	assert to == {"buyer@reachable.test"}
	assert "Unsubscribe" in body


def test_without_an_address_of_its_own_the_primary_contact_gets_the_mail(reachable):
	customer = reachable()
	frappe.db.set_value("Customer", customer, {"email_id": None, "customer_primary_contact": None})
	to_customer(customer)
	assert mails(customer)[0][0] == {"buyer@reachable.test"}


def test_a_customer_without_an_address_is_not_told_and_the_result_says_so(reachable):
	for customer in (reachable(address=""), builders.customer()):
		outcome = to_customer(customer)
		assert (outcome.changed, outcome.text) == (
			False,
			"No e-mail: the customer has no e-mail address.",
		)
		assert mails(customer) == []


def unsubscribe(**values) -> None:
	frappe.get_doc(doctype="Email Unsubscribe", email="buyer@reachable.test", **values).insert()


@pytest.mark.parametrize("way", ["contact", "everything", "this customer"])
def test_who_has_unsubscribed_gets_nothing(reachable, way):
	customer = reachable(unsubscribed=int(way == "contact"))
	if way == "everything":
		unsubscribe(global_unsubscribe=1)
	elif way == "this customer":
		unsubscribe(reference_doctype="Customer", reference_name=customer)
	outcome = to_customer(customer)
	assert (outcome.changed, outcome.text) == (False, "No e-mail: buyer@reachable.test has unsubscribed.")
	assert mails(customer) == []


def test_who_has_unsubscribed_from_another_customer_gets_it(reachable):
	customer = reachable()
	unsubscribe(reference_doctype="Customer", reference_name=builders.customer())
	assert to_customer(customer).changed


def test_without_an_account_to_send_from_it_is_a_fault(reachable, monkeypatch):
	customer = reachable()
	given = work(customer, NOTIFY, template=TEMPLATE, channel="E-mail", recipients="Customer")
	frappe.db.delete("Email Account", {"default_outgoing": 1})
	frappe.local.outgoing_email_account = {}
	monkeypatch.setitem(frappe.local.conf, "mute_emails", 0)
	monkeypatch.setitem(frappe.flags, "mute_emails", False)
	with pytest.raises(frappe.OutgoingEmailError):
		registry.action(NOTIFY).run(given)


def test_customers_are_not_told_in_the_desk():
	for channel in ("Desk", "Both"):
		with pytest.raises(NotForDesk):
			work("", NOTIFY, template=TEMPLATE, channel=channel, recipients="Customer")


def test_what_the_recipients_need_is_asked_for():
	for recipients in ("User", "Role"):
		with pytest.raises(ParameterMissing):
			work("", NOTIFY, template=TEMPLATE, recipients=recipients)
	user(BO, enabled=0)
	with pytest.raises(UserDisabled):
		work("", NOTIFY, template=TEMPLATE, recipients="User", user=BO)


def test_a_template_that_fails_is_a_fault():
	frappe.db.set_value("Email Template", TEMPLATE, "response", "{{ 1 / 0 }}")
	frappe.clear_document_cache("Email Template", TEMPLATE)
	customer = builders.customer(account_manager=ANNA)
	with pytest.raises(ZeroDivisionError):
		registry.action(NOTIFY).run(work(customer, NOTIFY, template=TEMPLATE))
	assert told(customer) == {}


def test_looking_writes_nothing(reachable):
	customer = reachable()
	assert preview(customer, NOTIFY, template=TEMPLATE, channel="E-mail", recipients="Customer").changed
	assert mails(customer) == []


def test_it_says_in_a_few_words_what_it_does():
	summary = registry.action(NOTIFY).summary
	given = {"template": TEMPLATE, "channel": "Both", "recipients": "Role", "role": ROLE}
	assert summary(given) == f"{TEMPLATE} → {ROLE} (Both)"
