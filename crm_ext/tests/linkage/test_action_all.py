# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""All actions together: in one rule, whoever runs the job, and only looked at."""

import pytest

import frappe

from crm_ext.linkage import parameters, registry
from crm_ext.tests import builders
from crm_ext.tests.linkage.at_work import account_manager, user, work

TEMPLATE, HOOK, MANAGER = "Every News", "Nobody listens", "every.manager@willowbay.test"

ALL = (
	("Assign Account Manager", {"by": "Load"}),
	("Add Tag", {"tag": "Every Tag"}),
	("Create Task", {"subject": "Call {customer_name}"}),
	("Notify", {"template": TEMPLATE}),
	("Set Price List", {"price_list": "Standard Selling"}),
	("Set Sales Partner", {"sales_partner": "Every Partner"}),
	("Set Payment Terms", {"payment_terms": "Every Term"}),
	("Remove Tag", {"tag": "Every Tag"}),
)
"""On the site; Call Webhook comes besides."""


@pytest.fixture(autouse=True)
def masters(company):
	frappe.db.sql("UPDATE `tabAccount Manager` SET enabled = 0")
	account_manager(MANAGER)
	for values in (
		{"doctype": "Customer Tag Group", "group_name": "Every", "selection": "Multiple"},
		{"doctype": "Customer Tag", "tag_name": "Every Tag", "tag_group": "Every", "status": "Active"},
		{"doctype": "Email Template", "name": TEMPLATE, "subject": "News", "response": "News"},
		{
			"doctype": "Sales Partner",
			"partner_name": "Every Partner",
			"territory": "Home Market",
			"commission_rate": 0,
		},
		{
			"doctype": "Payment Terms Template",
			"template_name": "Every Term",
			"terms": [{"invoice_portion": 100}],
		},
		{
			"doctype": "Webhook",
			"name": HOOK,
			"webhook_doctype": "Customer",
			"webhook_docevent": "crm_ext_linkage",
			"request_url": "http://127.0.0.1:9/",
			"request_method": "POST",
			"enabled": 1,
		},
	):
		frappe.get_doc(values).insert()


def results(customer: str) -> dict[str, str]:
	"""Action → status in the latest run for a customer."""
	run = frappe.get_last_doc("Linkage Run", {"customer": customer})
	return {row.action: row.status for row in run.actions}


def test_one_rule_carries_them_all_out_and_what_fails_leaves_the_rest_done(rule, ring, runs):
	customer = builders.customer()
	rule("Everything", actions=[*ALL, ("Call Webhook", {"webhook": HOOK})])
	ring(customer)
	assert runs()["Everything", customer] == "Failed"
	assert results(customer) == {action: "Done" for action, _given in ALL} | {"Call Webhook": "Failed"}
	run = frappe.get_last_doc("Linkage Run", {"customer": customer})
	assert run.actions[-1].error == f"The webhook {HOOK} could not be reached: ConnectionError"
	assert (run.actions[2].reference_doctype, bool(run.actions[2].reference_name)) == ("ToDo", True)


def test_a_second_event_finds_what_is_so_already_unchanged(rule, ring, runs):
	customer = builders.customer()
	rule("Everything", actions=[(name, given) for name, given in ALL if name.startswith(("Assign", "Set"))])
	for key in ("first", "second"):
		ring(customer, key=key)
		runs()
	assert set(results(customer).values()) == {"Unchanged"}


def waiting_for(action: str) -> str:
	"""A customer to whom there is something to do."""
	manager = None if action == "Assign Account Manager" else MANAGER
	return builders.customer(account_manager=manager)


@pytest.mark.parametrize(("action", "given"), ALL, ids=[action for action, _given in ALL])
def test_whoever_runs_the_job_the_rule_acts(action, given):
	customer = waiting_for(action)
	frappe.set_user(user("nobody.special@willowbay.test", "Employee"))
	outcome = registry.action(action).run(work(customer, action, **given))
	assert outcome.changed == (action != "Remove Tag")


TABLES = (
	*(
		"Customer",
		"Customer Tag Assignment",
		"ToDo",
		"Notification Log",
		"Email Queue",
		"DocShare",
		"Comment",
	),
	*("Version", "Webhook Request Log", "Customer Profile"),
)


@pytest.mark.parametrize(
	("action", "given"),
	[*ALL, ("Call Webhook", {"webhook": HOOK})],
	ids=[*(action for action, _given in ALL), "Call Webhook"],
)
def test_only_looked_at_nothing_is_written(action, given):
	def state() -> list:
		return [frappe.db.sql(f"SELECT COUNT(*), MAX(modified) FROM `tab{table}`") for table in TABLES]

	looked = work(waiting_for(action), action, **given)
	before = state()
	assert registry.action(action).preview(looked).changed == (action != "Remove Tag")
	assert state() == before


@pytest.mark.parametrize(("action", "given"), ALL, ids=[action for action, _given in ALL])
def test_each_says_in_a_few_words_what_it_does(action, given):
	text = registry.action(action).summary(parameters.clean(action, given))
	assert 0 < len(text) < 60
