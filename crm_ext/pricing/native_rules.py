# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The Pricing Rules that ERPNext has applied to a line."""

import frappe


def applied(row) -> list[str]:
	"""The names of the rules that are written down in a row of a selling document."""
	if not row.get("pricing_rules"):
		return []
	from erpnext.accounts.doctype.pricing_rule.utils import get_applied_pricing_rules

	return [name for name in get_applied_pricing_rules(row.get("pricing_rules")) if name]


def any_gives(row, what: str) -> bool:
	"""Whether one of them gives a “Rate”, a “Discount Percentage”, a “Discount Amount”."""
	return any(
		frappe.get_cached_value("Pricing Rule", name, "rate_or_discount") == what for name in applied(row)
	)
