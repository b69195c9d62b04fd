# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""All SQL of the class transitions."""

from collections.abc import Collection, Sequence

import frappe

from crm_ext.constants import ALL_COMPANIES
from crm_ext.profile.slices import CustomerSlice
from crm_ext.rules import sql
from crm_ext.rules.conditions import Clause
from crm_ext.rules.facts import FactRegistry, FactValue, normalise


def facts_of_matching(
	chunk: CustomerSlice, groups: Collection[str], clauses: Sequence[Clause], registry: FactRegistry
) -> dict[str, dict[str, FactValue]]:
	"""The customers of the slice in one of the groups that match, each with the facts the clauses name."""
	facts = [registry[name] for name in sorted({clause.fact for clause in clauses})]
	matching, values = sql.select(clauses, {fact.name: fact.sql for fact in facts})
	where, places = chunk.where("c.name")
	rows = frappe.db.sql(
		f"""SELECT c.name{"".join(f", ({fact.sql})" for fact in facts)}
		FROM `tabCustomer` c JOIN `tabCustomer Profile` p ON p.customer = c.name AND p.company = %s
		WHERE {where} AND c.customer_group IN %s AND {matching}""",
		(ALL_COMPANIES, *places, tuple(sorted(groups)), *values),
	)
	return {
		customer: {fact.name: normalise(fact, value) for fact, value in zip(facts, row, strict=True)}
		for customer, *row in rows
	}


def logged(transition: str, customers: Sequence[str], to_group: str, *, shadow: bool) -> set[str]:
	"""Those of the customers whose move this transition has observed already, or tried today and failed."""
	if not customers:
		return set()
	filters = {"transition": transition, "customer": ("in", customers), "to_group": to_group}
	if shadow:
		filters["shadow"] = 1
	else:
		filters |= {"shadow": 0, "error": ("is", "set"), "made_at": (">=", frappe.utils.nowdate())}
	return set(frappe.get_all("Class Transition Log", filters=filters, pluck="customer"))
