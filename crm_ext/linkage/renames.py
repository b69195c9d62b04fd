# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What the actions of rules name follows it when it is renamed: their parameters are no links that Frappe knows."""

import frappe

from crm_ext.exceptions import CrmExtError
from crm_ext.linkage import inbox, registry
from crm_ext.linkage.rules import RULE

ROW = "Linkage Action"


def after_rename(doc, method=None, old=None, new=None, merge=False):
	"""Hook of the DocTypes that our actions name. Another app hooks those that only its own actions name."""
	links = {
		name: {p.name for p in action.parameters if p.fieldtype == "Link" and p.options == doc.doctype}
		for name, action in registry.actions().items()
	}
	for row in frappe.get_all(ROW, {"parenttype": RULE}, ["name", "parent", "action", "parameters"]):
		_follow(row, links.get(row.action, ()), old, new)
	if doc.doctype == "Customer Tag":
		inbox.forget_awaited()


def _follow(row: frappe._dict, names, old: str, new: str) -> None:
	given = frappe.parse_json(row.parameters) if row.parameters else {}
	changed = {name: new for name in names if given.get(name) == old}
	if not changed:
		return
	given |= changed
	values = {"parameters": frappe.as_json(given, indent=None)}
	try:
		values["summary"] = registry.action(row.action).summary(given)
	except CrmExtError:
		pass  # of a capability that is switched off; the next save of the rule sums it up
	frappe.db.set_value(ROW, row.name, values, update_modified=False)
	frappe.clear_document_cache(RULE, row.parent)
