# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Customer: its own fields are facts, and what we keep about it follows it through its life."""

import frappe

from crm_ext.linkage.customers import delete_actions
from crm_ext.pricing import renames
from crm_ext.pricing.promotions import counting
from crm_ext.profile import queue, store
from crm_ext.profile.facts import CUSTOMER_FIELDS

OUR_ROWS = (
	*("Customer Profile", "Customer Tag Assignment", "Class Transition Log", "Profile Refresh Request"),
	*("Linkage Event", "Linkage Run", "Linkage Match", "Customer Occasion"),
	*("Price Approval", "Price Deviation"),
	*("Promotion Redemption", "Promotion Sale", "Promotion Usage"),
)
"""In the order in which a refresh locks them."""


def after_insert(doc, method=None):
	queue.mark([doc.name], doc.doctype)


def on_update(doc, method=None):
	if any(doc.has_value_changed(field) for field in CUSTOMER_FIELDS if doc.meta.has_field(field)):
		queue.mark([doc.name], doc.doctype)


def before_rename(doc, method=None, old=None, new=None, merge=False):
	"""Frappe moves all links from the old name to the new; only one profile may arrive there."""
	counting.move_customer(old, new)
	if not merge:
		store.delete(new)
		return
	store.delete(old)
	for hook in frappe.get_hooks("crm_ext_on_customer_merge"):
		frappe.get_attr(hook)(old, new)


def after_rename(doc, method=None, old=None, new=None, merge=False):
	renames.after_rename(doc, method, old, new, merge)
	queue.mark([new], doc.doctype)


def on_trash(doc, method=None):
	delete_actions(doc.name)
	renames.forget_customer(doc.name)
	for doctype in OUR_ROWS:
		frappe.db.delete(doctype, {"customer": doc.name})
