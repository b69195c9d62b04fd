# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""How the people of this site name columns and write numbers and dates."""

import frappe
from frappe import _

from crm_ext.compat import number_signs
from crm_ext.pricing.model import Gives
from crm_ext.pricing.rates.checking import Words
from crm_ext.pricing.rates.columns import COLUMNS
from crm_ext.pricing.rates.store import RATE
from crm_ext.pricing.rates.values import Formats


def words() -> Words:
	"""In the language of the user, and in English."""
	return Words(
		labels={column.fieldname: label(column.label) for column in COLUMNS},
		choices={
			**{gives.value: gives.value for gives in Gives},
			**{label(gives.value): gives.value for gives in Gives},
		},
		formats=formats(),
	)


def formats() -> Formats:
	"""The formats of the System Settings."""
	decimal, group = number_signs(frappe.db.get_default("number_format") or "#,###.##")
	return Formats(decimal, group, frappe.db.get_default("date_format") or "yyyy-mm-dd")


def label(text: str) -> str:
	return _(text, context=RATE)
