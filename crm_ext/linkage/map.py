# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The map of the linkage rules: from tags and other events to rules to actions."""

import frappe
from frappe import _
from frappe.utils import add_days, now_datetime

from crm_ext.linkage import registry, store
from crm_ext.linkage.rules import RULE, action_rows, once_words
from crm_ext.rules.actions import OCCASION, SCHEDULE

DAYS = 30


def linkage_map(bundle: str | None = None) -> dict:
	"""All rules, of one bundle or of all, with what calls them and what they do.

	{sources: [{id, trigger, tag, label, colour, group}], rules: [{name, status, source, bundle, group, priority, detail,
	runs_30d, dead_letters, last_error}], actions: [{id, action, label, external}], links: [{rule, action, idx, text}],
	bundles: […]}. Texts are in the user's language.
	"""
	filters = {"bundle": bundle} if bundle else {}
	names = frappe.get_all(RULE, filters, pluck="name", order_by="priority desc, name asc")
	docs = [frappe.get_cached_doc(RULE, name) for name in names]
	runs, dead = store.acted_since(add_days(now_datetime(), -DAYS)), store.dead_letters()
	sources: dict[str, dict] = {}
	actions: dict[str, dict] = {}
	rules, links = [], []
	for doc in docs:
		source = _source(doc)
		sources.setdefault(source["id"], source)
		rules.append(
			{
				"name": doc.name,
				"status": doc.status,
				"source": source["id"],
				"bundle": doc.bundle or "",
				"group": doc.rule_group or "",
				"priority": doc.priority,
				"detail": _detail(doc),
				"runs_30d": runs.get(doc.name, 0),
				"dead_letters": dead.get(doc.name, 0),
				"last_error": doc.last_error or "",
			}
		)
		for idx, row in enumerate(action_rows(doc), 1):
			actions.setdefault(
				row.action,
				{
					"id": row.action,
					"action": row.action,
					"label": _(row.action, context="CRM Ext"),
					"external": registry.is_external(row.action),
				},
			)
			links.append(
				{
					"rule": doc.name,
					"action": row.action,
					"idx": idx,
					"text": registry.summary_of(row.action, row.parameters, row.summary),
				}
			)
	bundles = sorted({name for name in frappe.get_all(RULE, pluck="bundle") if name})
	return {
		"sources": _with_colours(list(sources.values())),
		"rules": rules,
		"actions": list(actions.values()),
		"links": links,
		"bundles": bundles,
	}


def _source(doc) -> dict:
	"""What calls a rule: a tag that comes or goes, or another event."""
	label = _(doc.trigger, context="CRM Ext")
	if doc.tag:
		detail = doc.tag
	elif doc.trigger == OCCASION:
		detail = doc.occasion or ""
		label = _("{0}: {1}").format(label, _(detail))
	elif doc.trigger == SCHEDULE:
		detail = doc.frequency or ""
		label = _("{0}: {1}").format(label, _(detail, context="Linkage Rule"))
	else:
		detail = ""
	return {
		"id": f"{doc.trigger}|{detail}",
		"trigger": doc.trigger,
		"tag": doc.tag or "",
		"label": label,
		"colour": "",
		"group": "",
	}


def _with_colours(sources: list[dict]) -> list[dict]:
	tags = {source["tag"] for source in sources if source["tag"]}
	if tags:
		known = {
			tag.name: tag
			for tag in frappe.get_all(
				"Customer Tag", {"name": ("in", list(tags))}, ["name", "colour", "tag_group"]
			)
		}
		for source in sources:
			if tag := known.get(source["tag"]):
				source["colour"], source["group"] = tag.colour or "", tag.tag_group
	return sorted(
		sources, key=lambda source: (not source["tag"], source["group"], source["label"], source["tag"])
	)


def _detail(doc) -> str:
	"""The limits of a rule in a few words."""
	parts = []
	if doc.conditions:
		count = len(doc.conditions)
		parts.append(_("1 condition") if count == 1 else _("{0} conditions").format(count))
	if doc.once_per and doc.once_per != "Event":
		parts.append(once_words(doc.once_per))
	if doc.hold_out_percent:
		parts.append(_("{0} % held out").format(f"{doc.hold_out_percent:g}"))
	return " · ".join(parts)
