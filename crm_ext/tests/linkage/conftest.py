# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""A bell that can be rung at a customer, actions that leave a trace, and rules made of them."""

from datetime import datetime

import pytest

from crm_ext.exceptions import CrmExtError
from crm_ext.rules.actions import Action, Event, Outcome, Parameter, Trigger, Work
from crm_ext.rules.facts import Fact, FactType

BELL = "Bell Rung"
MORNING = datetime(2026, 6, 30, 9)


class Refused(CrmExtError):
	template = "{customer} is refused."


def write(work: Work) -> Outcome:
	"""Leaves a comment on the customer."""
	import frappe

	if work.parameters.get("refuse") == work.customer:
		raise Refused(customer=work.customer)
	comment = frappe.get_doc("Customer", work.customer).add_comment(
		"Comment", str(work.parameters.get("text"))
	)
	return Outcome(text=f"Wrote {work.parameters.get('text')}", reference=("Comment", comment.name))


def write_all(works) -> list[Outcome]:
	BATCHES.append(len(works))
	return [write(work) for work in works]


BATCHES: list[int] = []
SENT: list[tuple[str, str]] = []
PAST: list[Event] = []


def send(work: Work) -> Outcome:
	SENT.append((work.customer, work.run))
	if work.parameters.get("refuse") == work.customer:
		raise Refused(customer=work.customer)
	return Outcome(text="Sent")


def bell_facts() -> list[Fact]:
	return [Fact(name="bell_volume", label="Volume of the Bell", type=FactType.NUMBER, source="tests")]


_PARAMETERS = (
	Parameter(name="text", label="Text", required=True),
	Parameter(name="refuse", label="Refuse", fieldtype="Link", options="Customer"),
)


def _action(name: str, **more) -> Action:
	return Action(
		**{
			"name": name,
			"run": write,
			"preview": lambda work: Outcome(text=f"Write {work.parameters.get('text')}"),
			"summary": lambda parameters: f"Write “{parameters.get('text')}”",
			"parameters": _PARAMETERS,
			**more,
		}
	)


def register() -> None:
	"""Make the bell and the actions Write, Write All (as a set) and Send (leaves the site) known to this connection."""
	from crm_ext.linkage import registry
	from crm_ext.rules.site import registry as facts

	registry.triggers()[BELL] = Trigger(
		name=BELL, facts=("bell_volume",), past=lambda rule, since: iter(PAST)
	)
	for action in (
		_action("Write"),
		_action("Write All", run_many=write_all, set_based=True),
		_action("Send", run=send, external=True),
		_action("Ring Again", effects=lambda parameters: [f"event: {BELL}"]),
	):
		registry.actions()[action.name] = action
	facts()._facts |= {fact.name: fact for fact in bell_facts()}


@pytest.fixture(autouse=True)
def bell(company):
	import frappe

	for kept in (BATCHES, SENT, PAST):
		kept.clear()
	register()
	yield
	del frappe.local.crm_ext_linkage_registry, frappe.local.crm_ext_fact_registry


@pytest.fixture
def rule():
	"""`rule("Visit", conditions=[…])` makes an active rule that writes its title at the sound of the bell."""
	import frappe

	def make(title: str, actions=None, status: str = "Active", **values):
		if values.get("rule_group") and not frappe.db.exists("Linkage Rule Group", values["rule_group"]):
			frappe.get_doc(doctype="Linkage Rule Group", group_name=values["rule_group"]).insert()
		actions = actions or [("Write", {"text": title})]
		return frappe.get_doc(
			{
				"doctype": "Linkage Rule",
				"title": title,
				"trigger": BELL,
				"status": status,
				"actions": [
					{"action": action, "parameters": frappe.as_json(parameters)}
					for action, parameters in actions
				],
				**values,
			}
		).insert()

	return make


def bell_at(customer: str, key: str = "first", at: datetime = MORNING, **facts) -> Event:
	"""A bell at a customer; the same key is the same event."""
	return Event(key=f"{customer} {key}", trigger=BELL, customer=customer, occurred_at=at, facts=facts)


@pytest.fixture
def ring():
	"""`ring("Name")` tells of a bell at a customer."""
	from crm_ext.linkage import inbox

	return lambda *args, **kwargs: inbox.tell([bell_at(*args, **kwargs)])


@pytest.fixture
def runs():
	"""`runs()` judges and carries out what waits; returns {(rule, customer): status}, the latest run of each."""
	import frappe

	from crm_ext.linkage import runner

	def run(execute: bool = True) -> dict[tuple[str, str], str]:
		if execute:
			runner.run(commit=False)
		rows = frappe.get_all(
			"Linkage Run", fields=["rule", "customer", "status"], order_by="creation asc, occurred_at asc"
		)
		return {(row.rule, row.customer): row.status for row in rows}

	return run


@pytest.fixture
def written():
	"""`written("Name")` are the texts that rules wrote on a customer."""
	import frappe

	def texts(customer: str) -> list[str]:
		return frappe.get_all(
			"Comment",
			{"reference_doctype": "Customer", "reference_name": customer, "comment_type": "Comment"},
			pluck="content",
			order_by="creation asc, name asc",
		)

	return texts
