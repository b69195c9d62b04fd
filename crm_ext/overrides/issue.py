# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Issue: open and recent ones are figures of the customer."""

from crm_ext.profile import queue

COUNTED = ("customer", "status", "company", "opening_date")


def on_update(doc, method=None):
	if any(doc.has_value_changed(field) for field in COUNTED):
		before = doc.get_doc_before_save()
		queue.mark({doc.customer, before and before.customer}, doc.doctype)


def on_trash(doc, method=None):
	queue.mark([doc.customer], doc.doctype)
