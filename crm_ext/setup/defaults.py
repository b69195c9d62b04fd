# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The tags, linkage rules, price kinds and texts that come with crm_ext: created once, the user's own from then on.

What has been sown is remembered by name, so that what was renamed or deleted does not come back.
"""

import json
from copy import deepcopy

import frappe

from crm_ext.setup import linkage_bundles
from crm_ext.setup.email_templates import EMAIL_TEMPLATES
from crm_ext.setup.price_kinds import PRICE_KINDS

SOWN_KEY = "crm_ext_sown"
"""Global default with the JSON list of all records ever sown, as “DocType: name”."""

MONEY = frozenset({"revenue_365d", "revenue_previous_year", "revenue_lifetime", "document_amount"})
"""Facts whose thresholds, in what is shipped, are amounts of money."""

TAG_GROUPS = (
	{
		"group_name": "Value",
		"selection": "Exclusive",
		"sort_order": 10,
		"description": "How much a customer bought in the last 365 days.",
	},
	{
		"group_name": "Status",
		"selection": "Exclusive",
		"sort_order": 20,
		"description": "How long ago the last order, delivery or invoice was.",
	},
	{
		"group_name": "Need",
		"selection": "Multiple",
		"sort_order": 30,
		"description": "What a customer comes to us for.",
	},
	{
		"group_name": "Grade",
		"selection": "Exclusive",
		"sort_order": 40,
		"description": "Standing earned by revenue and years; it is easier to keep than to reach.",
	},
)


def _revenue(operator: str, value: int, keep: int | None = None) -> dict:
	return {
		"fact": "revenue_365d",
		"operator": operator,
		"value": str(value),
		"keep_value": str(keep) if keep else "",
	}


def _last_cooperation(operator: str, months: int) -> dict:
	return {"fact": "last_cooperation", "operator": operator, "value": str(months), "unit": "months"}


def _number(fact: str, operator: str, value: int) -> dict:
	return {"fact": fact, "operator": operator, "value": str(value)}


TAGS = (
	{
		"tag_name": "High Value",
		"tag_group": "Value",
		"rank": 30,
		"colour": "#7c3aed",
		"conditions": [_revenue(">=", 500_000)],
	},
	{
		"tag_name": "Mid Value",
		"tag_group": "Value",
		"rank": 20,
		"colour": "#2563eb",
		"conditions": [_revenue(">=", 100_000), _revenue("<", 500_000)],
	},
	{
		"tag_name": "Potential",
		"tag_group": "Value",
		"rank": 10,
		"colour": "#64748b",
		"conditions": [_revenue("<", 100_000)],
	},
	{
		"tag_name": "Active",
		"tag_group": "Status",
		"rank": 30,
		"colour": "#16a34a",
		"conditions": [_last_cooperation("in the last", 3)],
	},
	{
		"tag_name": "Dormant",
		"tag_group": "Status",
		"rank": 20,
		"colour": "#d97706",
		"conditions": [_last_cooperation("more than … ago", 3), _last_cooperation("in the last", 6)],
	},
	{
		"tag_name": "Lost",
		"tag_group": "Status",
		"rank": 10,
		"colour": "#dc2626",
		"conditions": [_last_cooperation("more than … ago", 6)],
	},
	{
		"tag_name": "Product-oriented",
		"tag_group": "Need",
		"colour": "#0891b2",
		"conditions": [_number("invoice_count_365d", ">=", 3), _number("issues_365d", "<", 2)],
	},
	{
		"tag_name": "Service-oriented",
		"tag_group": "Need",
		"colour": "#db2777",
		"conditions": [_number("issues_365d", ">=", 3)],
	},
	{
		"tag_name": "Relationship-oriented",
		"tag_group": "Need",
		"colour": "#0d9488",
		"conditions": [
			_number("cooperation_days", ">=", 730),
			_number("median_days_between_orders", "<=", 90),
		],
	},
	{
		"tag_name": "Platinum",
		"tag_group": "Grade",
		"rank": 30,
		"colour": "#475569",
		"minimum_stay_days": 180,
		"grace_days": 30,
		"conditions": [_revenue(">=", 500_000, keep=400_000), _number("cooperation_days", ">=", 730)],
	},
	{
		"tag_name": "Gold",
		"tag_group": "Grade",
		"rank": 20,
		"colour": "#ca8a04",
		"minimum_stay_days": 90,
		"grace_days": 30,
		"conditions": [_revenue(">=", 200_000, keep=160_000), _number("cooperation_days", ">=", 365)],
	},
	{
		"tag_name": "Silver",
		"tag_group": "Grade",
		"rank": 10,
		"colour": "#94a3b8",
		"minimum_stay_days": 30,
		"grace_days": 30,
		"conditions": [_revenue(">=", 50_000, keep=40_000), _number("cooperation_days", ">=", 180)],
	},
)


def sow() -> list[str]:
	"""Create what is shipped and was never created before; returns the keys.

	Money thresholds get the currency of the default company; while there is none they stay without, which
	means the currency of the figures themselves. A record of the same name that somebody made is kept.
	"""
	sown = set(already_sown())
	currency = default_currency()
	new = []
	for doctype, name, values in shipped():
		key = f"{doctype}: {name}"
		if key in sown:
			continue
		_create(doctype, name, values, currency)
		new.append(key)
	if new:
		frappe.db.set_global(SOWN_KEY, json.dumps(sorted(sown.union(new))))
	return new


def shipped() -> list[tuple[str, str, dict]]:
	"""(DocType, name, values) of everything shipped, in the order of creation."""
	rule_groups = [
		{"group_name": name, "description": description}
		for name, description in linkage_bundles.RULE_GROUPS.items()
	]
	records = {
		("Customer Tag Group", "group_name"): TAG_GROUPS,
		("Customer Tag", "tag_name"): TAGS,
		("Price Kind", "kind_name"): PRICE_KINDS,
		("Email Template", "name"): EMAIL_TEMPLATES,
		("Linkage Rule Group", "group_name"): rule_groups,
		("Linkage Rule", "title"): linkage_bundles.RULES,
	}
	return [(doctype, row[key], row) for (doctype, key), rows in records.items() for row in rows]


def already_sown() -> list[str]:
	"""The keys of the records that were created once."""
	# Not by get_global: its cache outlives a rollback.
	sown = frappe.db.get_value("DefaultValue", {"parent": "__global", "defkey": SOWN_KEY}, "defvalue")
	return json.loads(sown or "[]")


def default_currency() -> str:
	"""The currency of the default company, or "" while there is no company."""
	company = frappe.db.get_single_value("Global Defaults", "default_company")
	return (company and frappe.db.get_value("Company", company, "default_currency")) or ""


def _create(doctype: str, name: str, values: dict, currency: str):
	if frappe.db.exists(doctype, name) or not _has_what_it_names(doctype, values):
		return
	doc = frappe.get_doc({"doctype": doctype, **deepcopy(values)})
	if doctype == "Customer Tag":
		doc.status = "Active"
	for row in doc.get("conditions") or ():
		row.currency = currency if row.fact in MONEY else ""
	# Installing and migrating run as Administrator; a fresh site may lack the roles of the DocTypes.
	doc.insert(ignore_permissions=True)


def _has_what_it_names(doctype: str, values: dict) -> bool:
	"""False where somebody has renamed or deleted what a shipped record builds on."""
	fields = frappe.get_meta(doctype).get_link_fields()
	links = [(field.options, values[field.fieldname]) for field in fields if field.fieldname in values]
	parameters = [action["parameters"] for action in values.get("actions", ())]
	named = {"template": "Email Template", "price_kind": "Price Kind"}
	links += [(named[name], value) for given in parameters for name, value in given.items() if name in named]
	return all(frappe.db.exists(*link) for link in links)
