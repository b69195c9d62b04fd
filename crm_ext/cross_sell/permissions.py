# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Who may see an association: whoever may read both items and the company.

Those over all companies tell of each of them: they are for users who may read every company.
"""

from crm_ext.profile.permissions import may_read, of_readable

_LINKS = {"item_code": "Item", "suggested_item": "Item", "company": "Company"}


def query_conditions(user: str | None = None, doctype: str | None = None) -> str:
	"""Restrict a list of associations to those that the user may see."""
	conditions = (of_readable(to, f"`tab{doctype}`.{link}", user) for link, to in _LINKS.items())
	return " AND ".join(condition for condition in conditions if condition)


def has_permission(doc, ptype: str | None = None, user: str | None = None) -> bool:
	"""The same for one of them. From Frappe 16 on, None would deny."""
	if not doc.company and of_readable("Company", "company", user):
		return False
	return all(may_read(doc.get(link), user, doctype=to) for link, to in _LINKS.items() if doc.get(link))
