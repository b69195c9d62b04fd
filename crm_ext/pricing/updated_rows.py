# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Enforced prices in the rows that “Update Items” changes in a submitted document."""

import frappe
from frappe.utils import flt

from crm_ext import errors
from crm_ext.exceptions import CrmExtError, OtherPrice
from crm_ext.pricing import compiled, service
from crm_ext.pricing.agreed import document_is_left_alone
from crm_ext.pricing.claims import enforced
from crm_ext.pricing.promotions import stored
from crm_ext.pricing.row_prices import places
from crm_ext.pricing.rows import basket_of, differ
from crm_ext.pricing.service import Trial


def refuse_other_price(row) -> None:
	"""Refuse a price other than the automatic one in a row that “Update Items” changes in a submitted document."""
	if compiled.idle() or not enforced():
		return
	before = row.get_doc_before_save()
	if before and not any(differ(row.get(name), before.get(name)) for name in _UPDATED):
		return
	doc = frappe.get_doc(row.parenttype, row.parent)
	if document_is_left_alone(doc, enforced=True):
		return
	rows = [*(other for other in doc.items if other.name != row.name), row]
	try:
		# its own use is in the counters already: what it got, it may go on having
		got = frozenset(one["promotion"] for one in stored.read(doc.crm_ext_promotions)["applied"])
		priced = service.price(basket_of(doc, rows), Trial(promotions=got)).priced.get(str(len(rows) - 1))
		if priced and priced.automatic and flt(row.rate, places(row)) != float(priced.rate):
			raise OtherPrice(item=row.item_code, price=priced.rate)
	except CrmExtError as error:
		errors.throw(error)


_UPDATED = ("item_code", "uom", "conversion_factor", "rate")
