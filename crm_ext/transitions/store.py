# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""All SQL of the class transitions."""

from collections.abc import Collection, Sequence

import frappe

from crm_ext.constants import ALL_COMPANIES
from crm_ext.profile.customer_facts import select_facts
from crm_ext.profile.slices import CustomerSlice
from crm_ext.rules import sql
from crm_ext.rules.conditions import Clause
from crm_ext.rules.facts import FactRegistry, FactValue


def facts_of_matching(
	chunk: CustomerSlice, groups: Collection[str], clauses: Sequence[Clause], registry: FactRegistry
) -> dict[str, dict[str, FactValue]]:
	"""The customers of the slice in one of the groups that match, each with the facts the clauses name."""
	names = {clause.fact for clause in clauses}
	matching, values = sql.select(clauses, {name: registry[name].sql for name in names})
	where, places = chunk.where("c.name")
	return dict(
		select_facts(
			names,
			registry,
			company=ALL_COMPANIES,
			where=f"{where} AND c.customer_group IN %s AND {matching}",
			values=(*places, tuple(sorted(groups)), *values),
		)
	)


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
