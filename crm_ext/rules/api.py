# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What every form of a rule needs: the facts, the life cycle, the check."""

import frappe
from frappe import _

from crm_ext.errors import speaking, spoken
from crm_ext.rules.conditions import operators_of
from crm_ext.rules.rule_document import RuleDocument, case_text
from crm_ext.rules.site import registry


@frappe.whitelist(methods=["GET", "POST"])
def fact_list() -> list[dict]:
	"""All facts a rule may ask about, labels translated:

	[{name, label, type, unit, options, tree, operators, of_customer}]; of_customer is False for those of one event.
	"""
	frappe.only_for(("Sales Manager", "Sales User", "Support Team", "System Manager"))
	return [
		{
			"name": fact.name,
			"label": _(fact.label),
			"type": fact.type.value,
			"unit": _(fact.unit) if fact.unit else "",
			"options": fact.options,
			"tree": fact.tree,
			"operators": list(operators_of(fact)),
			"of_customer": bool(fact.sql),
		}
		for fact in registry().values()
	]


@frappe.whitelist(methods=["POST"])
def set_status(doctype: str, name: str, status: str, reason: str | None = None) -> dict:
	"""Take a rule to another state of its life cycle; returns {status}. Pausing and stopping need a reason."""
	rule = _rule_with_permission(doctype, name, "write")
	rule.status = status
	rule.status_reason = reason
	rule.save()
	return {"status": rule.status}


@frappe.whitelist(methods=["POST"])
@speaking
def check(doctype: str, name: str) -> dict:
	"""The static check and the saved test cases of a rule, before it is activated:

	{findings: [{kind, blocks, rules, text}], cases: [{title, expected, passed, text}]}.
	"""
	rule = _rule_with_permission(doctype, name, "read")
	obstacles = [
		{"kind": "obstacle", "blocks": True, "rules": [name], "text": spoken(obstacle)}
		for obstacle in rule.obstacles()
	]
	return {
		"findings": obstacles
		+ [
			{"kind": f.kind, "blocks": f.blocks, "rules": list(f.rules), "text": f.text(_)}
			for f in rule.static_findings()
		],
		"cases": [
			{"title": c.title, "expected": c.expected, "passed": c.passed, "text": case_text(c)}
			for c in rule.run_cases()
		],
	}


def _rule_with_permission(doctype: str, name: str, ptype: str) -> RuleDocument:
	rule = frappe.get_doc(doctype, name)
	rule.check_permission(ptype)
	if not isinstance(rule, RuleDocument):
		frappe.throw(_("{0} is not a kind of rule.").format(_(doctype)))
	return rule
