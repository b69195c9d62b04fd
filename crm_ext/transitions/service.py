# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Class transitions: moving a customer to another Customer Group when its figures say so, with a log."""

import json
from collections.abc import Sequence
from datetime import date

import frappe
from frappe.utils import now_datetime

from crm_ext.constants import ALL_COMPANIES
from crm_ext.exceptions import RuleError
from crm_ext.profile.slices import CustomerSlice
from crm_ext.rules import evidence
from crm_ext.rules.conditions import Clause, resolve
from crm_ext.rules.lifecycle import Status, in_force
from crm_ext.rules.rule_document import clear_error, record_error
from crm_ext.rules.site import SiteContext, currency_of, registry
from crm_ext.settings import settings
from crm_ext.transitions import store


def refresh_slice(chunk: CustomerSlice, as_of: date) -> int:
	"""Apply the transitions to the customers of a slice, the highest priority first; returns how many were moved.

	Runs in the caller's transaction, after the tags, which transitions may ask for. Each customer is saved under
	a savepoint: a customer that cannot be saved is logged, and the others go on.
	"""
	if not settings().class_transitions_enabled:
		return 0
	context = SiteContext(as_of, currency_of(ALL_COMPANIES))
	moved: set[str] = set()
	for transition in frappe.get_all(
		"Class Transition",
		filters={"status": ("in", [Status.ACTIVE.value, Status.OBSERVING.value])},
		pluck="name",
		order_by="priority desc, name asc",
	):
		moved |= _apply(frappe.get_doc("Class Transition", transition), chunk, context, moved)
	return len(moved)


def _apply(transition, chunk: CustomerSlice, context: SiteContext, moved: set[str]) -> set[str]:
	if not in_force(transition.valid_from, transition.valid_to, context.as_of):
		return set()
	try:
		clauses = resolve(transition.rule_conditions(), registry(), context)
	except RuleError as error:
		record_error("Class Transition", transition.name, error)
		return set()
	if transition.last_error:
		clear_error("Class Transition", transition.name)
	groups = context.descendants("Customer Group", transition.from_group)
	facts = store.facts_of_matching(chunk, groups, clauses, registry())
	shadow = transition.status == Status.OBSERVING
	names = sorted(set(facts) - moved)
	logged = store.logged(transition.name, names, transition.to_group, shadow=shadow)
	done = set()
	for customer in names:
		if customer not in logged:
			proof = _evidence(transition, clauses, facts[customer], context)
			if _move(transition, customer, proof, shadow=shadow):
				done.add(customer)
	return done


def _evidence(transition, clauses: Sequence[Clause], facts, context: SiteContext) -> dict:
	return evidence.build(
		transition.reference(),
		clauses,
		facts,
		as_of=context.as_of,
		company=ALL_COMPANIES,
		currency=context.currency,
	)


def _move(transition, customer: str, proof: dict, *, shadow: bool) -> bool:
	log = frappe.get_doc(
		doctype="Class Transition Log",
		customer=customer,
		transition=transition.name,
		from_group=frappe.db.get_value("Customer", customer, "customer_group"),
		to_group=transition.to_group,
		made_at=now_datetime(),
		shadow=int(shadow),
		evidence=json.dumps(proof, ensure_ascii=False),
	)
	if not shadow:
		log.error = _change_group(customer, transition.to_group)
	log.insert(ignore_permissions=True)  # the rule acts, whoever runs the job
	return not (shadow or log.error)


def _change_group(customer: str, group: str) -> str | None:
	"""Save the customer in its new group, so that ERPNext's own checks and events run; the error, if any."""
	frappe.db.savepoint("crm_ext_transition")
	try:
		doc = frappe.get_doc("Customer", customer)
		doc.customer_group = group
		doc.save(ignore_permissions=True)  # the rule acts, whoever runs the job
	except frappe.ValidationError as error:
		frappe.db.rollback(save_point="crm_ext_transition")
		return str(error)
	return None
