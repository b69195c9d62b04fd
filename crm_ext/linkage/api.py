# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Linkage rules over REST and for the Desk. Permission first; errors speak the user's language."""

from datetime import datetime

import frappe
from frappe import _
from frappe.utils import cint

from crm_ext.errors import speaking
from crm_ext.incoming import a_document, a_moment, a_text, an_object, names
from crm_ext.linkage import dry_run as dry_run_
from crm_ext.linkage import explain as explain_
from crm_ext.linkage import map as map_
from crm_ext.linkage import parameters as parameters_
from crm_ext.linkage import registry, runner, runs, store
from crm_ext.linkage.rules import RULE
from crm_ext.linkage.sources import outside
from crm_ext.profile.permissions import check_customer
from crm_ext.rules.actions import Parameter

MANAGERS = ("Sales Manager", "System Manager")
LONGEST_DRY_RUN = 731


@frappe.whitelist(methods=["GET", "POST"])
def triggers() -> list[dict]:
	"""The events a rule may wait for: [{name, label, facts, fields, options}], labels translated."""
	frappe.has_permission(RULE, "read", throw=True)
	return [
		{
			"name": trigger.name,
			"label": _(trigger.name, context="CRM Ext"),
			"facts": list(trigger.facts),
			"fields": list(trigger.fields),
			"options": list(trigger.options),
		}
		for trigger in registry.triggers().values()
		if trigger.available()
	]


@frappe.whitelist(methods=["GET", "POST"])
def actions() -> list[dict]:
	"""The actions a rule may carry out: [{name, label, external, parameters}], parameters as fields of a dialog."""
	frappe.has_permission(RULE, "read", throw=True)
	return [
		{
			"name": action.name,
			"label": _(action.name, context="CRM Ext"),
			"external": action.external,
			"parameters": [_field(parameter) for parameter in action.parameters],
		}
		for action in registry.actions().values()
		if action.available()
	]


@frappe.whitelist(methods=["POST"])
@speaking
def summary(action: str, parameters: dict | str) -> dict:
	"""An action in a few words: {summary, parameters}, the parameters checked and completed."""
	frappe.has_permission(RULE, "write", throw=True)
	given = parameters_.clean(a_text(action, "action"), an_object(parameters, "parameters"))
	return {"summary": registry.action(action).summary(given), "parameters": given}


@frappe.whitelist(methods=["POST"])
@speaking
def explain(customer: str, event: dict | str) -> dict:
	"""What would happen if an event befell a customer today; see `crm_ext.linkage.explain`. Writes nothing.

	`event`: {trigger, tag, company, reference_doctype, reference_name, facts}.
	"""
	check_customer(customer)
	frappe.has_permission(RULE, "read", throw=True)
	given = an_object(event, "event")
	named = ("trigger", "tag", "rule", "company", "reference_doctype", "reference_name")
	asked = {
		"facts": an_object(given.get("facts"), "event: facts"),
		"occurred_at": a_moment(given.get("occurred_at"), "event: occurred_at"),
		**{name: a_text(given.get(name), f"event: {name}") for name in named},
	}
	return explain_.explain(customer, asked)


@frappe.whitelist(methods=["POST"])
@speaking
def dry_run(rule: str | dict, days: int | str = 30) -> dict:
	"""What a rule, by name or as an unsaved document, would have done in the last days; see `crm_ext.linkage.dry_run`."""
	document = a_document(rule, "rule", RULE)
	document.check_permission("read")
	frappe.only_for(MANAGERS)
	visible = set(frappe.get_list("Customer", pluck="name", limit=0))
	return dry_run_.dry_run(document, min(max(cint(days), 1), LONGEST_DRY_RUN), visible, _progress)


@frappe.whitelist(methods=["GET", "POST"])
def linkage_map(bundle: str | None = None) -> dict:
	"""The map from tags and events to rules to actions; see `crm_ext.linkage.map`."""
	frappe.has_permission(RULE, "read", throw=True)
	return map_.linkage_map(bundle)


@frappe.whitelist(methods=["GET", "POST"])
@speaking
def run_of(run: str) -> dict:
	"""One run in words: {sentence, steps, losers, replay, chain}."""
	_check_runs([run])
	return runs.run_of(run)


@frappe.whitelist(methods=["POST"])
@speaking
def retry(runs: list | str) -> dict:
	"""Carry out failed runs and dead letters again, in the background: {retried}."""
	chosen = names(runs, "runs")
	frappe.only_for(MANAGERS)
	_check_runs(chosen)
	failed = _failed(chosen)
	if failed:
		store.retry(failed)
		runner.run_later()
	return {"retried": len(failed)}


@frappe.whitelist(methods=["POST"])
@speaking
def dismiss(runs: list | str, reason: str) -> dict:
	"""Give up failed runs and dead letters, with a reason: {dismissed}."""
	chosen = names(runs, "runs")
	frappe.only_for(MANAGERS)
	_check_runs(chosen)
	if not (reason or "").strip():
		frappe.throw(_("Give a reason."))
	failed = _failed(chosen)
	if failed:
		store.dismiss(failed, reason.strip())
	return {"dismissed": len(failed)}


@frappe.whitelist(methods=["POST"])
@speaking
def record_event(
	customer: str,
	event: str,
	key: str,
	occurred_at: str | datetime | None = None,
	facts: dict | str | None = None,
	reference_doctype: str | None = None,
	reference_name: str | None = None,
) -> dict:
	"""Tell of an event from outside, such as “Survey Answered”: {recorded}, false where no rule waits, or it is known.

	`key` names the event: telling it again changes nothing. `occurred_at` is site time, now if it is left out.
	"""
	check_customer(a_text(customer, "customer"))
	frappe.only_for(MANAGERS)
	recorded = outside.record(
		customer,
		event,
		key=key,
		occurred_at=a_moment(occurred_at, "occurred_at"),
		facts=an_object(facts, "facts"),
		reference_doctype=a_text(reference_doctype, "reference_doctype"),
		reference_name=a_text(reference_name, "reference_name"),
		readable=True,
	)
	return {"recorded": recorded}


def _field(parameter: Parameter) -> dict:
	"""A parameter as a field of a Frappe dialog."""
	choices = parameter.options.split("\n") if parameter.fieldtype == "Select" else []
	options = (
		[{"value": choice, "label": _(choice, context="CRM Ext")} for choice in choices]
		if choices
		else parameter.options
	)
	return {
		"fieldname": parameter.name,
		"label": _(parameter.label, context="CRM Ext"),
		"fieldtype": parameter.fieldtype,
		"options": options,
		"reqd": int(parameter.required),
		"default": parameter.default,
		"description": _(parameter.description) if parameter.description else "",
		"depends_on": parameter.depends_on,
		"mandatory_depends_on": parameter.mandatory_depends_on,
		"filters": dict(parameter.filters),
	}


def _check_runs(runs: list[str]) -> None:
	"""Raises PermissionError unless the user may read each of the runs; which of them exist is not told."""
	frappe.has_permission("Linkage Run", "read", throw=True)
	for run in runs:
		customer = frappe.db.get_value("Linkage Run", run, "customer")
		check_customer(customer or "")


def _failed(runs: list[str]) -> list[str]:
	return frappe.get_all(
		"Linkage Run", {"name": ("in", runs), "status": ("in", ("Failed", "Dead Letter"))}, pluck="name"
	)


def _progress(done: int, total: int) -> None:
	if total > 1:
		frappe.publish_progress(done * 100 / total, title=_("Dry Run"))
