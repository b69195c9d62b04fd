# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What stands in the inbox."""

import frappe


def told(trigger: str, *customers: str, **filters) -> list[frappe._dict]:
	"""The events of a trigger that wait to be judged, as they happened; of these customers, or of all."""
	rows = frappe.get_all(
		"Linkage Event",
		filters={"trigger": trigger, "processed": 0, "wait_until": ("is", "not set"), **filters},
		fields=["customer", "tag", "rule", "company", "occurred_at", "reference_name", "facts"],
		order_by="occurred_at asc, name asc",
	)
	for row in rows:
		row.facts = frappe.parse_json(row.facts) if row.facts else {}
	return [row for row in rows if not customers or row.customer in customers]


def who(trigger: str, *customers: str, **filters) -> list[str]:
	"""Whom they befell, by name."""
	return sorted(row.customer for row in told(trigger, *customers, **filters))
