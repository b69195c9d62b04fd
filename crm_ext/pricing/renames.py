# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Rates and promotions follow what they name when that is renamed, merged or deleted: Frappe moves the links, we the keys."""

import frappe
from frappe import _

from crm_ext.pricing import compiled
from crm_ext.pricing.rates.columns import LINKS
from crm_ext.pricing.rates.rekeying import rekey
from crm_ext.pricing.rates.service import written
from crm_ext.pricing.rates.store import delete_of_customer

COLUMNS = {doctype: field for field, doctype in LINKS} | {"Price Matrix": "matrix"}


def after_rename(doc, method=None, old=None, new=None, merge=False):
	"""Hook of all DocTypes that a rate or a promotion names."""
	compiled.forget()
	if doc.doctype not in COLUMNS:
		return
	removed = rekey(COLUMNS[doc.doctype], new)
	for matrix, count in removed.items():
		written(matrix, -count)
		frappe.msgprint(
			_("{0} rates of {1} for {2} were removed: {3} has such rates of its own.").format(
				count, matrix, old, new
			)
		)


def forget_customer(customer: str) -> None:
	"""Delete the rates of a customer that is deleted."""
	for matrix, count in delete_of_customer(customer).items():
		written(matrix, -count)
