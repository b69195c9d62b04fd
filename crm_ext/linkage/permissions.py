# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Who may see what an action of a run did: whoever may read the customer of the run."""

from crm_ext.profile import permissions


def query_conditions(user: str | None = None, doctype: str | None = None) -> str:
	"""Restrict a list of the rows of runs: Frappe asks only whether the user may read runs at all."""
	readable = permissions.query_conditions(user, "Linkage Run")
	if not readable:
		return ""
	return f"`tab{doctype}`.parent IN (SELECT `tabLinkage Run`.name FROM `tabLinkage Run` WHERE {readable})"
