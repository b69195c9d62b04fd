# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The invoiced lines that promotions made cheaper, or free: one Promotion Sale for each, written when it is invoiced.

Figures are in company currency, those of returns negative. What was taken back of shipping is a line without an item.
"""

from collections.abc import Iterable
from decimal import Decimal

import frappe
from frappe.utils import flt

from crm_ext.pricing.costs import costs_of
from crm_ext.pricing.model import Base
from crm_ext.pricing.promotions.gifts import FREE
from crm_ext.pricing.promotions.origins import Share
from crm_ext.pricing.store import number
from crm_ext.rows import insert_rows

SALE = "Promotion Sale"
_COLUMNS = (
	*("promotion", "customer", "company", "posting_date", "is_return", "reference_doctype", "reference_name"),
	*("row", "item_code", "stock_qty", "currency", "revenue", "discount", "cost", "is_gift"),
)


def record(doc, found: Iterable[Share]) -> None:
	"""Enter the promoted lines of an invoice: one statement, and one for the costs that its lines do not tell."""
	shares = [share for share in found if share.discount or _is_gift(share.row)]
	costs = _costs(doc, shares)
	currency = frappe.get_cached_value("Company", doc.company, "default_currency")
	rate = number(flt(doc.get("conversion_rate"))) or Decimal(1)
	head = (doc.customer, doc.company, doc.posting_date, doc.get("is_return") or 0, doc.doctype, doc.name)
	insert_rows(
		SALE,
		_COLUMNS,
		[
			(
				*(share.promotion, *head, share.row.name),
				*(share.row.get("item_code"), flt(share.row.get("stock_qty")), currency),
				*(flt(share.row.get("base_net_amount")), share.discount * rate, _cost(share.row, costs)),
				int(_is_gift(share.row)),
			)
			for share in shares
		],
	)


def forget(doc) -> None:
	"""Delete the promoted lines of an invoice that is cancelled."""
	frappe.db.delete(SALE, {"reference_doctype": doc.doctype, "reference_name": doc.name})


def _is_gift(row) -> bool:
	return bool(row.get("item_code") and row.get(FREE))


def _costs(doc, shares: Iterable[Share]) -> dict[str, Decimal]:
	"""The valuation rates of the items whose lines have none: nothing left the stock with this invoice."""
	rows = [share.row for share in shares]
	items = {row.item_code for row in rows if row.get("item_code") and not flt(row.get("incoming_rate"))}
	return {
		item: costs[Base.VALUATION_RATE]
		for item, costs in costs_of(items, doc.company).items()
		if Base.VALUATION_RATE in costs
	}


def _cost(row, costs: dict[str, Decimal]) -> Decimal:
	"""What the goods of a line cost us; 0 where nobody knows."""
	if not row.get("item_code"):
		return Decimal(0)
	each = number(flt(row.get("incoming_rate"))) or costs.get(row.item_code, Decimal(0))
	return each * number(flt(row.get("stock_qty")))
