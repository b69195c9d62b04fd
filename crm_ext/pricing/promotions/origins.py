# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The document that uses a promotion: the first one after the quotation. Those made from it carry the use on."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from crm_ext.pricing.promotions.gifts import FREE
from crm_ext.pricing.promotions.shipping import MARK
from crm_ext.pricing.promotions.traces import promotions_of_row
from crm_ext.pricing.store import number

_ORIGINS = (
	("so_detail", "Sales Order", ("against_sales_order", "sales_order")),
	("si_detail", "Sales Invoice", ("against_sales_invoice",)),
	("dn_detail", "Delivery Note", ("delivery_note",)),
	("sales_invoice_item", "Sales Invoice", ()),
	("pos_invoice_item", "POS Invoice", ()),
)
"""The field of a row that names the row it comes from, the DocType of that, and the fields that name the document."""


class Origin(NamedTuple):
	"""A submitted document that used promotions."""

	doctype: str
	name: str


def origin_of(doc, row) -> Origin | None:
	"""Where a row of a document comes from, the earliest document; None: it is new here, or from a quotation."""
	for link, doctype, names in _ORIGINS:
		if row.get(link):
			named = next((row.get(name) for name in names if row.get(name)), None)
			return Origin(doctype, named or doc.get("return_against") or "")
	return None


class Share(NamedTuple):
	"""What a promotion takes off one row, in document currency; of free goods, what they are worth.

	`row` is a line, or the charge that takes shipping back; what a return gives back is negative.
	"""

	promotion: str
	coupon: str
	discount: Decimal
	origin: Origin | None
	row: object


def shares(doc) -> Iterator[Share]:
	"""What promotions took off the rows of a document, as these tell it themselves."""
	for row in doc.get("items"):
		if promotion := row.get(FREE):
			yield Share(promotion, "", worth(row), origin_of(doc, row), row)
		elif row.get("crm_ext_price_steps"):
			for promotion, (discount, coupon) in promotions_of_row(row).items():
				yield Share(promotion, coupon, discount, origin_of(doc, row), row)
	yield from _shipping(doc)


def worth(row) -> Decimal:
	"""What free goods would have cost: the row keeps that as its base rate."""
	return number(row.get("qty")) * number(row.get("crm_ext_base_rate"))


def _shipping(doc) -> Iterator[Share]:
	"""The charges taken back. They belong to the document that the lines come from, if they come from one."""
	marked = [row for row in doc.get("taxes") or () if row.get(MARK)]
	if marked:
		origin = next(filter(None, (origin_of(doc, row) for row in doc.get("items"))), None)
		for row in marked:
			yield Share(row.get(MARK), "", -number(row.tax_amount), origin, row)


def by_promotion(found: Iterator[Share]) -> Mapping[tuple[Origin | None, str], tuple[Decimal, str]]:
	"""The sums of shares: {(origin, promotion): (discount, coupon)}."""
	sums: dict[tuple[Origin | None, str], tuple[Decimal, str]] = {}
	for share in found:
		discount, coupon = sums.get((share.origin, share.promotion), (Decimal(0), ""))
		sums[share.origin, share.promotion] = (discount + share.discount, coupon or share.coupon)
	return sums
