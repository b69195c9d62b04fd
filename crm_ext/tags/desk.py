# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What the Desk's forms and workspace ask for. Permission is checked; customers are those one may read."""

import frappe
from frappe.utils import getdate, nowdate, strip_html

from crm_ext.profile import service as profile
from crm_ext.profile.permissions import may_read
from crm_ext.tags import service as tags
from crm_ext.tags.population import population, scope_of, tags_of_group

FIGURES = (
	"currency",
	"as_of",
	"revenue_365d",
	"revenue_previous_year",
	"last_cooperation",
	"overdue",
	"open_issues",
	"rfm",
	"lifetime_value",
)


@frappe.whitelist(methods=["GET", "POST"])
def customer_head(customer: str) -> dict:
	"""The head of a Customer form: {tags: [...], profile: {...}, may_change}.

	Tags come in the order of their groups, each as `tags_of` gives it with colour and benefits, without evidence.
	What the user may not see is left out; it is no error to ask.
	"""
	head = {"tags": [], "profile": {}, "may_change": False}
	if not may_read(customer):
		return head
	if frappe.has_permission("Customer Tag Assignment", "read"):
		head["tags"] = _chips(customer)
		head["may_change"] = bool(frappe.has_permission("Customer Tag Assignment", "create"))
	if frappe.has_permission("Customer Profile", "read"):
		figures = profile.profile_of(customer) or {}
		head["profile"] = {name: figures.get(name) for name in FIGURES} if figures else {}
	return head


def _chips(customer: str) -> list[dict]:
	held = tags.tags_of(customer)
	names = [one["tag"] for one in held]
	shown = {
		row.name: row
		for row in frappe.get_all(
			"Customer Tag", filters={"name": ("in", names)}, fields=["name", "colour", "benefits", "rank"]
		)
	}
	order = dict(frappe.get_all("Customer Tag Group", fields=["name", "sort_order"], as_list=True))
	for one in held:
		tag = shown[one["tag"]]
		one.pop("evidence", None)
		one |= {"colour": tag.colour, "benefits": strip_html(tag.benefits or "").strip()}
	return sorted(
		held, key=lambda one: (order.get(one["group"], 0), one["group"], -shown[one["tag"]].rank, one["tag"])
	)


@frappe.whitelist(methods=["GET", "POST"])
def group_population(group: str, company: str | None = None) -> list[dict]:
	"""The tags of a group by rank: [{name, rank, colour, status, customers}] as of today."""
	frappe.has_permission("Customer Tag Group", doc=group, throw=True)
	frappe.has_permission("Customer Tag Assignment", throw=True)
	today = getdate(nowdate())
	counts = population([today], group=group, company=scope_of(group, company))
	return [dict(tag, customers=counts.get(tag.name, [0])[0]) for tag in tags_of_group(group)]


@frappe.whitelist(methods=["GET", "POST"])
def refresh_backlog() -> dict:
	"""Number card: customers whose profile waits for a refresh."""
	frappe.has_permission("Customer Profile", throw=True)
	waiting = frappe.db.sql("select count(distinct customer) from `tabProfile Refresh Request`")[0][0]
	return {"value": int(waiting), "fieldtype": "Int"}
