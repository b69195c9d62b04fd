# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Quotation, Sales Order, Delivery Note, Sales Invoice and POS Invoice: their prices."""

from crm_ext.pricing import approvals, floors
from crm_ext.pricing.documents import price_document
from crm_ext.pricing.finish import finish_document
from crm_ext.pricing.forms import price_selected_row


def before_validate(doc, method=None):
	price_document(doc)


def validate(doc, method=None):
	finish_document(doc)
	floors.check(doc)


def before_submit(doc, method=None):
	floors.before_submit(doc)


def on_trash(doc, method=None):
	approvals.forget(doc.doctype, doc.name)


def process_item_selection(doc, method=None, item_idx=None):
	"""From version 16 on, the form picks an item by this method of the document."""
	price_selected_row(doc, item_idx)
