# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The facts of customers, read in sets."""

from collections.abc import Iterable, Iterator, Sequence

import frappe

from crm_ext.profile.slices import slices
from crm_ext.rules.facts import FactRegistry, FactValue, normalise


def select_facts(
	names: Iterable[str], registry: FactRegistry, *, company: str, where: str, values: Sequence[object]
) -> Iterator[tuple[str, dict[str, FactValue]]]:
	"""(customer, its named facts, normalised) for those with a profile in the scope for whom `where` holds.

	`where` is a condition over `c` (Customer) and `p` (its profile row) with %s places, which `values` fill.
	"""
	facts = [registry[name] for name in sorted(names)]
	rows = frappe.db.sql(
		f"""SELECT c.name{"".join(f", ({fact.sql})" for fact in facts)}
		FROM `tabCustomer` c JOIN `tabCustomer Profile` p ON p.customer = c.name AND p.company = %s
		WHERE {where}""",
		(company, *values),
	)
	for customer, *row in rows:
		yield customer, {fact.name: normalise(fact, value) for fact, value in zip(facts, row, strict=True)}


def facts_of(
	customers: Iterable[str], company: str, names: Iterable[str], registry: FactRegistry
) -> dict[str, dict[str, FactValue]]:
	"""The named facts of each of these customers that has a profile in the scope. One statement per 2,000."""
	names = tuple(names)
	found: dict[str, dict[str, FactValue]] = {}
	for chunk in slices(customers):
		where, values = chunk.where("c.name")
		found.update(select_facts(names, registry, company=company, where=where, values=values))
	return found
