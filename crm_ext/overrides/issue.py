# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Issue: the customer that an Issue leaves. Whom it belongs to is looked up by the job (`queue.mark_issues`)."""

from crm_ext.profile import queue


def on_update(doc, method=None):
	before = doc.get_doc_before_save()
	if before and before.customer != doc.customer:
		queue.mark([before.customer], doc.doctype)


def on_trash(doc, method=None):
	queue.mark([doc.customer], doc.doctype)
