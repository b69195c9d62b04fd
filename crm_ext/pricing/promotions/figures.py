# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Sums over Promotion Sale: the columns that the board and the result of a promotion share, and who may see them."""

from collections.abc import Sequence
from dataclasses import fields

import frappe
from frappe import _
from frappe.permissions import has_user_permission

from crm_ext.pricing.costs import may_see_costs
from crm_ext.pricing.promotions.result_model import Promoted
from crm_ext.pricing.store import number
from crm_ext.profile.permissions import of_readable

SALE = "Promotion Sale"
REDEMPTION = "Promotion Redemption"
COUNTS = ("lines", "invoices", "customers")
_GOODS = "s.item_code > ''"
_SUMS = {
	"lines": "COUNT(*)",
	"invoices": "COUNT(DISTINCT s.reference_doctype, IF(s.is_return, NULL, s.reference_name))",
	"customers": "COUNT(DISTINCT s.customer)",
	"revenue": "SUM(s.revenue)",
	"discount": f"SUM(IF({_GOODS} AND NOT s.is_gift, s.discount, 0))",
	"gifts": "SUM(IF(s.is_gift, s.cost, 0))",
	"gifts_price": "SUM(IF(s.is_gift, s.discount, 0))",
	"freight": f"SUM(IF({_GOODS}, 0, s.discount))",
	"cost": "SUM(s.cost)",
	"valued": "SUM(IF(s.cost = 0, 0, s.revenue))",
	"valued_discount": "SUM(IF(s.cost = 0 OR s.is_gift, 0, s.discount))",
}
COLUMNS = ", ".join(_SUMS[field.name] for field in fields(Promoted))
"""The figures of Promoted, in its order, of rows `s` of Promotion Sale.

A cost of 0 is one that is not known; a row without an item is what was taken off a charge.
"""
UNCOUNTED = ", ".join(
	"0" if field.name in ("invoices", "customers") else _SUMS[field.name] for field in fields(Promoted)
)
"""The same without invoices and customers, which take most of the time."""


def promoted(row: Sequence) -> Promoted:
	"""A row of COLUMNS as figures."""
	names = (field.name for field in fields(Promoted))
	return Promoted(
		**{
			name: int(value or 0) if name in COUNTS else number(value)
			for name, value in zip(names, row, strict=True)
		}
	)


def readable(doctype: str, alias: str) -> str:
	"""A condition on rows of a DocType, by their alias: what the list of it shows to the session's user.

	Percent signs are doubled, for the statement has values.
	"""
	return of_readable(doctype, f"{alias}.name").replace("%", "%%") or "TRUE"


def check_company(company: str) -> None:
	"""Raises PermissionError if the session's user is restricted to other companies."""
	if not has_user_permission(frappe.get_cached_doc("Company", company)):
		frappe.throw(_("You do not have access to this company."), frappe.PermissionError)


def told(figures: Promoted) -> dict:
	"""The figures for the Desk: {lines, invoices, revenue, discount, freight, gifts_price, spent, gifts, cost, margin, …}.

	What tells the cost of goods is None for who may not read it; then `spent` is None too where there are free goods.
	"""
	may = may_see_costs()
	return {
		"lines": figures.lines,
		"invoices": figures.invoices,
		"revenue": float(figures.revenue),
		"discount": float(figures.discount),
		"freight": float(figures.freight),
		"gifts_price": float(figures.gifts_price),
		"spent": float(figures.spent) if may or not figures.gifts else None,
		"gifts": float(figures.gifts) if may else None,
		"cost": float(figures.cost) if may else None,
		"margin": float(figures.margin) if may else None,
		"margin_percent": figures.margin_percent if may else None,
		"coverage": figures.coverage if may else None,
	}
