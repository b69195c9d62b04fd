# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Returns of promoted goods: which of the goods given for free should come back, too.

What was paid for comes back at the rate it was sold at, by ERPNext itself. Of free goods those are asked for that the
promotion would not have given for what the customer keeps, as far as they have not come back already.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import frappe
from frappe import _

from crm_ext.exceptions import NoExchangeRate
from crm_ext.pricing import compiled
from crm_ext.pricing.model import Item
from crm_ext.pricing.promotions.combine import combine
from crm_ext.pricing.promotions.live import as_if_active
from crm_ext.pricing.promotions.model import Offer, PromoLine
from crm_ext.pricing.promotions.tally import PLACES, Rounding
from crm_ext.pricing.store import items, number
from crm_ext.rules.site import exchange_rate

_SOURCE_ROW = {
	"Delivery Note": "dn_detail",
	"Sales Invoice": "sales_invoice_item",
	"POS Invoice": "pos_invoice_item",
}
_ROW = (
	*("name", "item_code", "item_name", "qty", "uom", "conversion_factor", "stock_qty", "stock_uom"),
	*("rate", "price_list_rate", "is_free_item", "crm_ext_promotion"),
)
_NONE = Decimal(0)


def ask_for_free_goods(doc) -> None:
	"""Tell which free goods a return leaves with the customer, that were given for what comes back. It stops nobody."""
	if not (doc.get("is_return") and doc.get("return_against")):
		return
	sold = frappe.get_all(f"{doc.doctype} Item", {"parent": doc.return_against}, _ROW, order_by="idx")
	if not any(row.crm_ext_promotion for row in sold):
		return
	if missing := list(_missing(doc, sold, _returned(doc))):
		frappe.msgprint(
			_("These goods were given for free with what comes back. Please ask for them, too: {0}").format(
				"; ".join(missing)
			),
			title=_("Free Goods"),
			indicator="orange",
		)


def _returned(doc) -> dict[str, Decimal]:
	"""By row sold: what comes back with this return and came back with the submitted ones before it, in stock units."""
	link = _SOURCE_ROW[doc.doctype]
	before = frappe.db.sql(
		f"""SELECT child.`{link}`, -SUM(child.stock_qty) FROM `tab{doc.doctype} Item` child
		JOIN `tab{doc.doctype}` parent ON parent.name = child.parent
		WHERE parent.return_against = %s AND parent.is_return = 1 AND parent.docstatus = 1 AND parent.name != %s
		GROUP BY child.`{link}`""",
		(doc.return_against, doc.name or ""),
	)
	returned = {row: number(qty) for row, qty in before if row}
	for row in doc.items:
		if source := row.get(link):
			returned[source] = returned.get(source, _NONE) - number(row.stock_qty)
	return returned


def _missing(doc, sold: Sequence, returned: Mapping[str, Decimal]) -> Iterator[str]:
	"""The free goods that are due and not among what is returned: “2 Nos of Teapot”."""
	known = items({row.item_code for row in sold}, compiled.current().ancestors["Item Group"])
	bought = [row for row in sold if not row.is_free_item and row.item_code in known]
	for name, live in as_if_active({row.crm_ext_promotion for row in sold if row.crm_ext_promotion}).items():
		try:
			exchange = exchange_rate(live.promotion.currency, doc.currency, doc.posting_date)
		except NoExchangeRate:
			continue
		offer = Offer(promotion=live.promotion, exchange=exchange)
		whole = _given(offer, _lines(bought, known, {}))
		kept = _lines(bought, known, returned)
		left = _given(offer, kept)
		for row in sold:
			if row.crm_ext_promotion != name:
				continue
			gone = whole.get(row.item_code, _NONE) - left.get(row.item_code, _NONE)
			due = min(number(row.stock_qty), gone) if kept else number(row.stock_qty)
			if (missing := due - returned.get(row.name, _NONE)) > 0:
				qty = frappe.format_value(float(missing), {"fieldtype": "Float"})
				yield _("{0} {1} of {2}").format(qty, _(row.stock_uom), row.item_name)


def _lines(bought: Sequence, known: Mapping[str, Item], returned: Mapping[str, Decimal]) -> list[PromoLine]:
	"""What the customer has of what was bought, at the prices before promotions."""
	lines = []
	for row in bought:
		factor = number(row.conversion_factor) or Decimal(1)
		qty = number(row.qty) - returned.get(row.name, _NONE) / factor
		if qty > 0:
			lines.append(
				PromoLine(
					key=row.name,
					item=known[row.item_code],
					qty=qty,
					uom=row.uom,
					price=number(row.price_list_rate or row.rate),
					factor=factor,
				)
			)
	return lines


def _given(offer: Offer, lines: Sequence[PromoLine]) -> dict[str, Decimal]:
	"""What a promotion gives for free with these lines, by item, in stock units."""
	given: dict[str, Decimal] = {}
	exactly = Rounding(rate=_exact, money=_exact, places=PLACES)
	for gift in combine([offer], lines, rounding=exactly).gifts:
		given[gift.item_code] = given.get(gift.item_code, _NONE) + gift.qty
	return given


def _exact(amount: Decimal) -> Decimal:
	return round(amount, PLACES)
