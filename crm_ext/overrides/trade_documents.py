# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Sales Order, Delivery Note, Sales Invoice and POS Invoice: what counts once submitted."""

from crm_ext.linkage.sources import documents
from crm_ext.pricing.promotions import redeeming
from crm_ext.profile import queue


def on_submit(doc, method=None):
	queue.mark([doc.customer], doc.doctype)
	documents.on_submit(doc)
	redeeming.on_submit(doc)


def on_cancel(doc, method=None):
	queue.mark([doc.customer], doc.doctype)
	redeeming.on_cancel(doc)
