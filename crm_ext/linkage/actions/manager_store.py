# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""All SQL of assigning account managers."""

from collections.abc import Collection, Sequence

import frappe

from crm_ext.linkage.account_managers import Coverage, Manager


def lock() -> None:
	"""Let nobody else assign until the transaction ends; in the order of the names.

	Under READ COMMITTED, in which runs are carried out, what is read after it is the newest.
	"""
	frappe.db.sql("SELECT name FROM `tabAccount Manager` ORDER BY name FOR UPDATE")


def customers(names: Collection[str]) -> dict[str, frappe._dict]:
	"""{territory, industry, disabled, account_manager} of each; a manager whose user is disabled counts as none."""
	rows = frappe.db.sql(
		"""SELECT c.name, c.territory, c.industry, c.disabled, u.name AS account_manager
		FROM `tabCustomer` c LEFT JOIN `tabUser` u ON u.name = c.account_manager AND u.enabled = 1
		WHERE c.name IN %s""",
		(tuple(names),),
		as_dict=True,
	)
	return {row.name: row for row in rows}


def managers() -> list[Manager]:
	"""The enabled account managers who are enabled users."""
	coverage: dict[str, list[Coverage]] = {}
	for parent, territory, industry in frappe.db.sql(
		"""SELECT parent, COALESCE(territory, ''), COALESCE(industry, '')
		FROM `tabAccount Manager Coverage` WHERE parenttype = 'Account Manager' ORDER BY parent, idx"""
	):
		coverage.setdefault(parent, []).append(Coverage(territory=territory, industry=industry))
	rows = frappe.db.sql(
		"""SELECT m.name, m.user, m.capacity FROM `tabAccount Manager` m
		JOIN `tabUser` u ON u.name = m.user AND u.enabled = 1
		WHERE m.enabled = 1 ORDER BY m.name"""
	)
	return [
		Manager(user=user, capacity=capacity, coverage=tuple(coverage.get(name, ())))
		for name, user, capacity in rows
	]


def loads() -> dict[str, int]:
	"""How many customers each account manager has; disabled ones are no load."""
	return dict(
		frappe.db.sql(
			"""SELECT account_manager, COUNT(*) FROM `tabCustomer`
			WHERE account_manager > '' AND disabled = 0 GROUP BY account_manager"""
		)
	)


def territory_manager(territories: Sequence[str]) -> str | None:
	"""The user of ERPNext's own Territory Manager of the first of these territories that has one.

	Sales Person, Employee and User must be enabled. Whoever has an Account Manager record is judged by that alone.
	"""
	if not territories:
		return None
	found = dict(
		frappe.db.sql(
			"""SELECT t.name, u.name FROM `tabTerritory` t
			JOIN `tabSales Person` s ON s.name = t.territory_manager AND s.enabled = 1
			JOIN `tabEmployee` e ON e.name = s.employee AND e.status = 'Active'
			JOIN `tabUser` u ON u.name = e.user_id AND u.enabled = 1
			LEFT JOIN `tabAccount Manager` m ON m.user = u.name
			WHERE t.name IN %s AND m.name IS NULL""",
			(tuple(territories),),
		)
	)
	return next((found[name] for name in territories if name in found), None)
