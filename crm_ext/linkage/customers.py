# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What linkage rules know about a customer follows it through its life."""

import frappe


def merge_customer(old: str, new: str) -> None:
	"""Before two customers become one: make room where only one row may be. No run and no event is lost.

	Where both ran in one period, that of `new` uses it up.
	"""
	values = {"old": old, "new": new}
	frappe.db.sql(
		"""UPDATE `tabLinkage Run` a JOIN `tabLinkage Run` b
			ON b.customer = %(new)s AND b.rule = a.rule AND b.once_key = a.once_key AND b.shadow = a.shadow
		SET a.once_key = a.name WHERE a.customer = %(old)s""",
		values,
	)
	frappe.db.sql(
		"""UPDATE `tabLinkage Match` a JOIN `tabLinkage Match` b ON b.customer = %(new)s AND b.rule = a.rule
		SET b.period = GREATEST(COALESCE(a.period, ''), COALESCE(b.period, '')) WHERE a.customer = %(old)s""",
		values,
	)
	frappe.db.sql(
		"""DELETE a FROM `tabLinkage Match` a JOIN `tabLinkage Match` b
			ON b.customer = %(new)s AND b.rule = a.rule
		WHERE a.customer = %(old)s""",
		values,
	)
	frappe.db.sql(
		"""DELETE a FROM `tabCustomer Occasion` a JOIN `tabCustomer Occasion` b
			ON b.customer = %(new)s AND b.occasion = a.occasion AND b.date = a.date
			AND COALESCE(b.contact, '') = COALESCE(a.contact, '')
		WHERE a.customer = %(old)s""",
		values,
	)


def delete_actions(customer: str) -> None:
	"""Delete what the runs for a customer did; the runs themselves go with the customer's other rows."""
	frappe.db.sql(
		"""DELETE a FROM `tabLinkage Run Action` a JOIN `tabLinkage Run` r ON r.name = a.parent
		WHERE r.customer = %s AND a.parenttype = 'Linkage Run'""",
		customer,
	)
