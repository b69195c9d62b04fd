# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The triggers and actions of all apps."""

from collections.abc import Mapping

import frappe

from crm_ext.exceptions import Term, UnknownAction, UnknownTrigger
from crm_ext.rules.actions import Action, Trigger


def actions() -> dict[str, Action]:
	"""All registered actions by name (hook `crm_ext_linkage_actions`), those of a capability switched off included."""
	return _registered("crm_ext_linkage_actions")


def triggers() -> dict[str, Trigger]:
	"""All registered triggers by name (hook `crm_ext_linkage_triggers`)."""
	return _registered("crm_ext_linkage_triggers")


def action(name: str) -> Action:
	"""Raises UnknownAction, also for one whose capability is switched off."""
	found = actions().get(name)
	if not found or not found.available():
		raise UnknownAction(action=Term(name))
	return found


def trigger(name: str) -> Trigger:
	"""Raises UnknownTrigger, also for one whose capability is switched off."""
	found = triggers().get(name)
	if not found or not found.available():
		raise UnknownTrigger(trigger=Term(name))
	return found


def is_external(name: str) -> bool:
	"""Whether an action leaves the site; one that nobody knows does not."""
	found = actions().get(name)
	return bool(found and found.external)


def effects_of(name: str, parameters: Mapping[str, object]) -> set[str]:
	"""What may follow from an action; nothing from one that nobody knows."""
	found = actions().get(name)
	return set(found.effects(parameters)) if found and found.effects else set()


def summary_of(name: str, parameters: Mapping[str, object], stored: str) -> str:
	"""An action in a few words of the reader's language; as stored where its capability is gone or it is broken."""
	found = actions().get(name)
	try:
		return found.summary(parameters) if found else stored
	except Exception:
		return stored  # parameters of an older version of the action


def _registered(hook: str) -> dict:
	"""Read once per request or job; of two with one name the later app's counts."""
	known = _cache()
	if hook not in known:
		known[hook] = {one.name: one for path in frappe.get_hooks(hook) for one in frappe.get_attr(path)()}
	return known[hook]


def _cache() -> dict:
	if not hasattr(frappe.local, "crm_ext_linkage_registry"):
		frappe.local.crm_ext_linkage_registry = {}
	return frappe.local.crm_ext_linkage_registry
