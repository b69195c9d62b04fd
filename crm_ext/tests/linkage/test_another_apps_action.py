# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The example of docs/extending.md works as it stands there: another app's action, trigger and event."""

import json
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

import frappe

import crm_ext
from crm_ext.linkage import api, explain, runner
from crm_ext.tests import builders

PAGE = Path(crm_ext.__file__).parents[1] / "docs" / "extending.md"
EXAMPLE = re.compile(r"<!-- example: .*? -->\s*```python\n(.*?)```\s*<!-- end of example -->", re.DOTALL)
HOOK = re.compile(r'^    (crm_ext_linkage_\w+) = \["(.+)"\]$', re.MULTILINE)


@pytest.fixture
def my_app(company):
	"""The code of the page as a module, with the hooks that the page shows.

	The module stands below this app, for Frappe reads no hooks of an app that is not installed.
	"""
	text = PAGE.read_text(encoding="utf-8")
	hooks, paths = frappe.get_hooks(), {hook: f"crm_ext.tests.{path}" for hook, path in HOOK.findall(text)}
	module = sys.modules["crm_ext.tests.my_app.linkage"] = ModuleType("my_app.linkage")
	exec(compile(EXAMPLE.search(text)[1], PAGE.name, "exec"), module.__dict__)
	for hook, path in paths.items():
		hooks[hook].append(path)
	frappe.local.crm_ext_linkage_registry.clear()
	yield module
	for hook, path in paths.items():
		hooks[hook].remove(path)
	del sys.modules["crm_ext.tests.my_app.linkage"]


@pytest.fixture
def rule(my_app):
	"""Who visits the showroom is sent the catalogue of spring."""
	return frappe.get_doc(
		doctype="Linkage Rule",
		title="Catalogue after a Visit",
		trigger="Showroom Visited",
		status="Active",
		actions=[{"action": "Send Catalogue", "parameters": json.dumps({"edition": "Spring"})}],
	).insert()


def letters(customer: str) -> list[str]:
	sent = {"reference_doctype": "Customer", "reference_name": customer}
	return frappe.get_all("Communication", sent, pluck="subject")


def results(customer: str) -> list[tuple]:
	runs = frappe.get_all("Linkage Run", {"customer": customer}, pluck="name", order_by="creation, name")
	return [
		(action.status, action.result, action.reference_doctype)
		for run in runs
		for action in frappe.get_doc("Linkage Run", run).actions
	]


def test_a_rule_carries_out_the_action_for_a_customer(my_app, rule):
	customer = builders.customer()
	my_app.on_visit("VISIT-1", customer)
	runner.run(commit=False)
	assert letters(customer) == ["Catalogue Spring"]
	assert results(customer) == [("Done", "Catalogue sent", "Communication")]


def test_the_same_visit_told_twice_sends_one_catalogue(my_app, rule):
	customer = builders.customer()
	for _again in range(2):
		my_app.on_visit("VISIT-1", customer)
		runner.run(commit=False)
	assert len(results(customer)) == 1


def test_what_is_done_already_is_not_done_again(my_app, rule):
	customer = builders.customer()
	for visit in ("VISIT-1", "VISIT-2"):
		my_app.on_visit(visit, customer)
		runner.run(commit=False)
	assert len(letters(customer)) == 1
	assert [status for status, *_ in results(customer)] == ["Done", "Unchanged"]


def test_what_would_happen_is_said_and_nothing_written(my_app, rule, figures):
	customer = figures("Visiting Trading")
	answer = explain.explain(customer, {"trigger": "Showroom Visited"})
	assert [action["text"] for action in answer["rules"][0]["actions"]] == ["Send Catalogue Spring"]
	assert letters(customer) == []


def test_the_author_of_a_rule_is_offered_trigger_action_and_parameters(my_app):
	offered = {action["name"]: action["parameters"] for action in api.actions()}
	assert [field["fieldname"] for field in offered["Send Catalogue"]] == ["edition"]
	assert "Showroom Visited" in {trigger["name"] for trigger in api.triggers()}
	assert api.summary("Send Catalogue", {"edition": "Autumn"})["summary"] == "Send the catalogue: Autumn"


def test_a_parameter_that_cannot_work_is_refused_in_words(my_app):
	with pytest.raises(frappe.ValidationError, match="Winter"):
		api.summary("Send Catalogue", {"edition": "Winter"})


def test_a_visit_that_no_rule_waits_for_leaves_no_event(my_app):
	customer = builders.customer()
	my_app.on_visit("VISIT-1", customer)
	assert not frappe.db.exists("Linkage Event", {"customer": customer})
