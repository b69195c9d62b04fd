# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Who meets the conditions of a rule: the question that several sources ask of a slice of customers."""

from collections.abc import Sequence

import frappe

from crm_ext.constants import ALL_COMPANIES
from crm_ext.linkage.rules import LiveRule
from crm_ext.profile.slices import CustomerSlice
from crm_ext.rules import sql
from crm_ext.rules.site import registry

MATCH = "Linkage Match"


def condition(rule: LiveRule) -> sql.Sql:
	"""An expression that is 1 for who meets the conditions by the figures of all companies; without any, everybody.

	Raises a RuleError, which is shown on the rule.
	"""
	clauses = rule.clauses(ALL_COMPANIES)
	known = registry()
	return sql.select(clauses, {c.fact: known[c.fact].sql for c in clauses}) if clauses else ("1", ())


def select(
	rule: LiveRule, chunk: CustomerSlice, where: str, values: Sequence[object] = (), columns: str = ""
) -> Sequence[tuple]:
	"""(customer, *columns) of the customers of a slice for whom `where` holds.

	It may use `c` (Customer), `p` (its profile over all companies) and `m` (its Linkage Match row with the rule, if any).
	"""
	within, names = chunk.where("c.name")
	return frappe.db.sql(
		f"""SELECT c.name{columns and f", {columns}"}
		FROM `tabCustomer` c JOIN `tabCustomer Profile` p ON p.customer = c.name AND p.company = %s
		LEFT JOIN `tab{MATCH}` m ON m.rule = %s AND m.customer = c.name
		WHERE {within} AND {where}""",
		(ALL_COMPANIES, rule.name or "", *names, *values),
	)


def matching(rule: LiveRule, chunk: CustomerSlice) -> list[str]:
	"""The customers of a slice who meet the conditions now."""
	where, values = condition(rule)
	return [customer for (customer,) in select(rule, chunk, where, values)]
