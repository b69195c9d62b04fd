# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Promoted rates do not belong into a price list: ERPNext may copy the rate of a line there (Stock Settings).

It asks for the details of each line with what the line's `as_dict` says, and copies a rate only if there is one. The rate
itself has to stay: ERPNext could not compute what promotions made of it, and compares it with the document before.
"""

from collections.abc import Iterable


def hide_rate(row) -> None:
	"""Have a row say that it has no rate, until `show_rates`."""

	def as_dict(*args, **kwargs):
		told = type(row).as_dict(row, *args, **kwargs)
		told["rate"] = 0
		return told

	row.as_dict = as_dict


def show_rates(rows: Iterable) -> None:
	for row in rows:
		vars(row).pop("as_dict", None)
