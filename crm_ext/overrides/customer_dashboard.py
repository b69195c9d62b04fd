# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Connections of a Customer."""

from frappe import _


def get_data(data: dict) -> dict:
	"""The dashboard as ERPNext and other apps have it, with what the linkage rules did and wait for."""
	data["transactions"].append({"label": _("Linkage Rules"), "items": ["Linkage Run", "Customer Occasion"]})
	return data
