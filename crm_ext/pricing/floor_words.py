# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What is said of rows below the floor. The floor itself, which gives away the cost, only to who may see the cost.

That is who may read the cost's field of the Item: an administrator who raises its permission level hides it here too.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NoReturn

import frappe
from frappe import _, bold
from frappe.utils import escape_html, fmt_money

from crm_ext.pricing.costs import may_see_cost
from crm_ext.pricing.floor import Standing

if TYPE_CHECKING:
	from crm_ext.pricing.floors import Below


def warn(below: Iterable["Below"], standing: Standing) -> None:
	"""Tell the seller of a draft which lines need an approval."""
	frappe.msgprint(_text(below, standing), title=_("Below the Lowest Price"), indicator="orange", alert=True)


def refuse(below: Iterable["Below"], standing: Standing) -> NoReturn:
	"""Refuse to submit."""
	frappe.throw(_text(below, standing), title=_("Below the Lowest Price"))


def refuse_update(below: "Below") -> NoReturn:
	"""Refuse to update a row of a submitted document."""
	cure = _("Raise the price, or amend the document and request an approval.")
	frappe.throw(f"{_line(below)}<br><br>{cure}", title=_("Below the Lowest Price"))


def _text(below: Iterable["Below"], standing: Standing) -> str:
	return "<br>".join((*(_line(one) for one in below), "", _CURE[standing]()))


def _line(one: "Below") -> str:
	row = one.row
	item, rate = bold(escape_html(row.item_name or row.item_code)), _money(one.rate, row)
	if not may_see_cost(one.floor.cost):
		return _("Row {0}: {1} at {2} is below the lowest price that you may give.").format(
			row.idx, item, rate
		)
	return _("Row {0}: {1} at {2} is below {3}, the lowest price that you may give.").format(
		row.idx, item, rate, _money(one.least, row)
	)


def _money(amount, row) -> str:
	return fmt_money(float(amount), row.precision("net_rate"), row.parent_doc.currency)


_CURE = {
	Standing.BELOW: lambda: _("Raise the price, or request an approval of it before you submit."),
	Standing.REQUESTED: lambda: _("The approval of this price is requested, and not decided yet."),
	Standing.REJECTED: lambda: _(
		"The approval of this price was rejected. Raise the price, or request anew."
	),
}
