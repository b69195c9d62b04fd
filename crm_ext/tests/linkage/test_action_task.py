# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Create Task: a ToDo on the customer, for its account manager or whom the rule names."""

import pytest

import frappe
from frappe.utils import add_days, getdate, nowdate

from crm_ext.exceptions import NobodyForTask, OutOfRange, UnknownPlaceholder
from crm_ext.linkage import registry
from crm_ext.tests import builders
from crm_ext.tests.linkage.at_work import OWNER, preview, run, user, work

TASK = "Create Task"
ANNA, BO = "anna.tasks@willowbay.test", "bo.tasks@willowbay.test"


@pytest.fixture(autouse=True)
def people(company):
	for email in (ANNA, BO, OWNER):
		user(email)


def todos(customer: str) -> list[frappe._dict]:
	return frappe.get_all(
		"ToDo", {"reference_type": "Customer", "reference_name": customer}, ["*"], order_by="creation"
	)


def test_the_account_manager_gets_the_task_with_what_happened_filled_in():
	customer = builders.customer("Filled In Works", account_manager=ANNA)
	outcome = run(
		customer,
		TASK,
		subject="Call {customer_name}: {tag}",
		description="Because of {document}.\nSays {rule}.",
		due_in_days=3,
		priority="High",
		event={"reference_doctype": "Sales Order", "reference_name": "SO-1"},
	)
	(todo,) = todos(customer)
	assert outcome.reference == ("ToDo", todo.name)
	assert outcome.text.startswith("Task for Anna, due ") and outcome.text.endswith(
		": Call Filled In Works: High Value"
	)
	assert (todo.allocated_to, todo.priority, todo.status) == (ANNA, "High", "Open")
	assert todo.date == getdate(add_days(nowdate(), 3))
	assert "<b>Call Filled In Works: High Value</b>" in todo.description
	assert "Because of Sales Order SO-1.<br>Says Care for VIPs." in todo.description


def test_without_an_account_manager_the_owner_of_the_rule_gets_it_without_a_due_date():
	customer = builders.customer()
	assert run(customer, TASK, subject="Find a manager").text == "Task for Owner: Find a manager"
	(todo,) = todos(customer)
	assert (todo.allocated_to, todo.date, todo.priority) == (OWNER, None, "Medium")


def test_an_account_manager_who_is_disabled_counts_as_none():
	customer = builders.customer(account_manager=ANNA)
	user(ANNA, enabled=0)
	run(customer, TASK, subject="Call")
	assert todos(customer)[0].allocated_to == OWNER


def test_a_named_user_gets_it():
	customer = builders.customer(account_manager=ANNA)
	run(customer, TASK, subject="Call", assign_to="User", user=BO, due_in_days=0)
	assert [(todo.allocated_to, todo.date) for todo in todos(customer)] == [(BO, getdate(nowdate()))]


def test_a_second_task_is_made_beside_an_open_one():
	customer = builders.customer(account_manager=ANNA)
	for subject in ("Call", "Visit"):
		run(customer, TASK, subject=subject)
	assert len(todos(customer)) == 2
	assert frappe.parse_json(frappe.db.get_value("Customer", customer, "_assign")) == [ANNA, ANNA]


def test_the_assignee_is_told_in_the_desk_and_in_the_same_transaction():
	customer = builders.customer("Told Works", account_manager=ANNA)
	frappe.db.savepoint("before_the_task")
	run(customer, TASK, subject="Call <b>now</b>")
	told = frappe.get_all(
		"Notification Log", {"for_user": ANNA, "document_name": customer}, ["type", "subject"]
	)
	assert [one.type for one in told] == ["Assignment"]
	assert "Care for VIPs" in told[0].subject and "Call &lt;b&gt;now" in told[0].subject
	frappe.db.rollback(save_point="before_the_task")
	assert not frappe.db.exists("Notification Log", {"for_user": ANNA, "document_name": customer})


def shared_with(customer: str, email: str) -> dict | None:
	return frappe.db.get_value(
		"DocShare",
		{"share_doctype": "Customer", "share_name": customer, "user": email},
		["read", "write", "share"],
		as_dict=True,
	)


@pytest.fixture
def confined(company):
	"""A seller who may read one other customer only."""
	other = builders.customer()
	frappe.get_doc(doctype="User Permission", user=BO, allow="Customer", for_value=other).insert()
	return BO


def test_a_customer_that_the_assignee_may_not_read_is_shared_for_reading(confined):
	customer = builders.customer()
	run(customer, TASK, subject="Call", assign_to="User", user=confined)
	assert shared_with(customer, confined) == {"read": 1, "write": 0, "share": 0}
	run(customer, TASK, subject="Call", assign_to="User", user=ANNA)
	assert shared_with(customer, ANNA) is None


@pytest.fixture
def without_sharing(company):
	settings = frappe.get_doc("System Settings")
	settings.disable_document_sharing = 1
	settings.save()
	yield
	frappe.db.rollback()
	frappe.clear_document_cache("System Settings", "System Settings")


def test_nothing_is_shared_where_sharing_is_disabled(confined, without_sharing):
	customer = builders.customer()
	run(customer, TASK, subject="Call", assign_to="User", user=confined)
	assert shared_with(customer, confined) is None
	assert len(todos(customer)) == 1


def test_nobody_to_do_it_is_a_fault_that_says_so():
	user(OWNER, enabled=0)
	with pytest.raises(NobodyForTask, match="neither “Account Manager” nor the owner"):
		run(builders.customer(), TASK, subject="Call")


@pytest.mark.parametrize("text", ["{name}", "{customer_name.__class__}", "{}", "{0}", "{{ doc.name }}"])
@pytest.mark.parametrize("field", ["subject", "description"])
def test_an_unknown_placeholder_is_refused_when_the_rule_is_saved(field, text):
	with pytest.raises(UnknownPlaceholder, match="customer_name"):
		work("", TASK, **{"subject": "Call", field: f"Call {text}"})


@pytest.mark.parametrize("days", [-1, 10**9])
def test_a_day_in_the_past_or_beyond_the_calendar_is_refused_when_the_rule_is_saved(days):
	with pytest.raises(OutOfRange, match="Due in"):
		work("", TASK, subject="Call", due_in_days=days)


def test_what_stands_in_a_placeholder_is_never_read_as_one_nor_as_markup():
	customer = builders.customer()
	frappe.db.set_value("Customer", customer, "customer_name", "{rule} <b>&")
	run(customer, TASK, subject="Call {customer_name}")
	assert "<b>Call {rule} &lt;b&gt;&amp;</b>" in todos(customer)[0].description


def test_looking_writes_nothing():
	customer = builders.customer(account_manager=ANNA)
	assert preview(customer, TASK, subject="Call").text == "Task for Anna: Call"
	assert todos(customer) == []


def test_it_says_in_a_few_words_what_it_does():
	summary = registry.action(TASK).summary
	assert summary({"subject": "Call", "assign_to": "Account Manager"}) == "Call → Account Manager"
	assert summary({"subject": "Call", "assign_to": "User", "user": BO}) == "Call → Bo"
