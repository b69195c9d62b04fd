# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Quotation, Sales Order, Delivery Note, Sales Invoice and POS Invoice: their prices."""

from crm_ext.pricing import approvals, floors, price_list_guard
from crm_ext.pricing.documents import price_document, settle_with_native_rules
from crm_ext.pricing.finish import finish_document
from crm_ext.pricing.forms import price_selected_row
from crm_ext.pricing.promotions import redeeming, redemptions
from crm_ext.pricing.promotions.gifts import complete, invoice_once
from crm_ext.pricing.promotions.returns import ask_for_free_goods
from crm_ext.pricing.promotions.shipping import free_shipping
from crm_ext.pricing.promotions.terms import set_terms
from crm_ext.pricing.promotions.totals import recalculate


def before_mapping(doc, method=None, source=None, table_maps=None):
	price_list_guard.guard(doc)


def before_validate(doc, method=None):
	invoice_once(doc)
	price_document(doc)
	if doc.docstatus == 0:
		redeeming.reprice_asked(doc)
	else:
		redeeming.before_submit_claim(doc)


def validate(doc, method=None):
	if settle_with_native_rules(doc):
		if redeeming.claim_again(doc):
			settle_with_native_rules(doc)
		complete(doc)
		recalculate(doc)
	finish_document(doc)
	free_shipping(doc)
	set_terms(doc)
	ask_for_free_goods(doc)
	floors.check(doc)


def before_submit(doc, method=None):
	floors.before_submit(doc)


def on_trash(doc, method=None):
	approvals.forget(doc.doctype, doc.name)
	if doc.docstatus == 2:
		redemptions.forget(doc.doctype, doc.name)


def process_item_selection(doc, method=None, item_idx=None):
	"""From version 16 on, the form picks an item by this method of the document."""
	price_selected_row(doc, item_idx)
