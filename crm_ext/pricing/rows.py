# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""From the rows of a selling document to a basket, and what a price writes into a row. For documents and for dicts."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from frappe.utils import flt, getdate, nowdate

from crm_ext.incoming import a_number, moment
from crm_ext.pricing import waterfall, words
from crm_ext.pricing.agreed import source_of
from crm_ext.pricing.basket import Basket, BasketLine, Result
from crm_ext.pricing.model import Priced
from crm_ext.pricing.promotions.coupons import read_codes
from crm_ext.pricing.store import number

HEAD = (
	*("customer", "quotation_to", "party_name", "company", "currency", "conversion_rate"),
	*("selling_price_list", "plc_conversion_rate", "transaction_date", "posting_date", "customer_group"),
	*("territory", "pos_profile", "crm_ext_pos_profile", "crm_ext_branch", "crm_ext_sales_channel"),
	*("ignore_pricing_rule", "crm_ext_coupon_codes", "payment_terms_template", "sales_partner"),
)
ROW = (
	"item_code",
	"qty",
	"uom",
	"conversion_factor",
	"batch_no",
	"crm_ext_price_locked",
	"crm_ext_price_steps",
)
"""What a price depends on: in the head of a document, and in a row. Of the waterfall we write every word."""


def party_of(doc) -> tuple[str, str]:
	"""(customer, lead) of a selling document; a quotation may be for either."""
	if doc.get("doctype") != "Quotation":
		return doc.get("customer") or "", ""
	party = doc.get("party_name") or ""
	return {"Customer": (party, ""), "Lead": ("", party)}.get(doc.get("quotation_to"), ("", ""))


def basket_of(doc, rows: Sequence, *, fixed: Collection[int] = (), promotions: bool = True) -> Basket:
	"""The basket that the rows of a selling document are; the key of a line is the place of its row, from 0.

	Free goods are not bought: they are left out, and no quantity counts them. Promotions leave the rows at the places
	`fixed` as they are, and without `promotions` all; for those that an earlier document agreed on, that one counted.
	"""
	customer, lead = party_of(doc)
	return Basket(
		company=doc.get("company"),
		customer=customer,
		lead=lead,
		customer_group=doc.get("customer_group") or "",
		date=getdate(doc.get("transaction_date") or doc.get("posting_date")) or getdate(nowdate()),
		currency=doc.get("currency") or "",
		price_list=doc.get("selling_price_list") or "",
		conversion_rate=_number(doc.get("conversion_rate"), "conversion_rate") or None,
		plc_conversion_rate=_number(doc.get("plc_conversion_rate"), "plc_conversion_rate") or None,
		pos_profile=doc.get("pos_profile") or doc.get("crm_ext_pos_profile") or "",
		branch=doc.get("crm_ext_branch") or "",
		territory=doc.get("territory") or "",
		sales_channel=doc.get("crm_ext_sales_channel") or "",
		payment_terms=doc.get("payment_terms_template") or "",
		sales_partner=doc.get("sales_partner") or "",
		time=moment(doc.get("posting_time")),
		coupons=read_codes(doc.get("crm_ext_coupon_codes")),
		promotions=promotions,
		doctype=doc.get("doctype"),
		lenient=True,
		lines=tuple(
			BasketLine(
				key=str(place),
				item_code=row.get("item_code"),
				qty=_number(1 if row.get("qty") is None else row.get("qty"), f"items {place + 1} qty"),
				uom=row.get("uom") or "",
				conversion_factor=_number(
					row.get("conversion_factor"), f"items {place + 1} conversion_factor"
				)
				or None,
				batch_no=row.get("batch_no") or "",
				fixed=_number(row.get("rate"), f"items {place + 1} rate") if place in fixed else None,
				apart=bool(row.get("is_alternative") or (place in fixed and source_of(row))),
			)
			for place, row in enumerate(rows)
			if row.get("item_code") and not row.get("is_free_item")
		),
	)


def _number(value: object, field: str) -> Decimal:
	"""A number as a program may write it: ERPNext reads "1,000", too. Raises WrongShape for what cannot be stored."""
	return number(a_number(value, field))


def stamps(result: Result, priced: Priced, row) -> Mapping[str, object]:
	"""What our fields of a row hold for a price: nothing, where the price is ERPNext's own and no rule observed it."""
	if not priced.telling:
		return {"crm_ext_base_rate": 0, "crm_ext_price_reason": None, "crm_ext_price_steps": None}
	told = waterfall.build(
		priced,
		currency=result.currency,
		as_of=result.as_of,
		qty=_number(row.get("qty") or 1, "qty"),
		uom=priced.uom,
	)
	return {
		"crm_ext_base_rate": float(priced.base or 0),
		"crm_ext_price_reason": words.reason(told),
		"crm_ext_price_steps": waterfall.dump(told),
	}


STORED_DECIMALS = 9
"""Of the columns of Frappe, decimal(21,9)."""


def differ(one: object, other: object) -> bool:
	"""Whether two values of a field differ, however a program wrote them: "2" is 2, None is empty.

	Of numbers, as many decimals count as are stored.
	"""
	if isinstance(one, int | float) or isinstance(other, int | float):
		return round(flt(one), STORED_DECIMALS) != round(flt(other), STORED_DECIMALS)
	return str(one or "") != str(other or "")
