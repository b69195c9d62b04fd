# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""A basket as a request brings it: read, checked, and what the asker may know of it."""

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal, InvalidOperation

import frappe
from frappe import _
from frappe.utils import nowdate

from crm_ext.exceptions import (
	BasketFieldMissing,
	BasketNotAnObject,
	CouponsNotAList,
	DuplicateKey,
	NoSuchEntry,
	UnknownItem,
	WrongDate,
	WrongQuantity,
	WrongTime,
)
from crm_ext.incoming import TOO_MUCH, a_text, an_object, day
from crm_ext.pricing.basket import Basket, BasketLine
from crm_ext.pricing.promotions.coupons import read_codes
from crm_ext.profile.permissions import check_customer, may_read

MOST_LINES = 1_000
LEAST = Decimal("1e-9")
"""What ERPNext can write down of a quantity."""
LINKS = {
	"company": "Company",
	"currency": "Currency",
	"price_list": "Price List",
	"point_of_sale": "POS Profile",
	"branch": "Branch",
	"territory": "Territory",
	"sales_channel": "Sales Channel",
	"payment_terms": "Payment Terms Template",
	"sales_partner": "Sales Partner",
}
"""The fields of a basket that name a record, with its DocType."""


def read_basket(given: dict | str) -> Basket:
	"""The basket of a request, as `api.price_basket` describes it. Raises a CrmExtError naming the field or line."""
	raw = an_object(given, "basket")
	if not isinstance(raw.get("lines"), list):
		raise BasketNotAnObject
	if not raw.get("company"):
		raise BasketFieldMissing(field="company")
	for name, doctype in LINKS.items():
		_check_link(raw.get(name), doctype, name)
	keys = [str(line.get("key") or number) for number, line in enumerate(_lines(raw), 1)]
	if len(set(keys)) < len(keys):
		raise DuplicateKey(key=next(key for key in keys if keys.count(key) > 1))
	return Basket(
		company=raw["company"],
		customer=a_text(raw.get("customer"), "customer"),
		lead=a_text(raw.get("lead"), "lead"),
		date=_date(raw.get("date")),
		currency=raw.get("currency") or "",
		price_list=raw.get("price_list") or "",
		pos_profile=raw.get("point_of_sale") or "",
		branch=raw.get("branch") or "",
		territory=raw.get("territory") or "",
		sales_channel=raw.get("sales_channel") or "",
		payment_terms=raw.get("payment_terms") or "",
		sales_partner=raw.get("sales_partner") or "",
		time=_time(raw.get("time")),
		coupons=_codes(raw.get("coupons")),
		lines=tuple(
			_line(number, key, line)
			for number, (key, line) in enumerate(zip(keys, raw["lines"], strict=True), 1)
		),
	)


def check_basket_permission(basket: Basket) -> None:
	"""Raises PermissionError unless the user may read items, the company, and the customer or lead of the basket."""
	frappe.has_permission("Item", "read", throw=True)
	frappe.has_permission("Company", "read", doc=basket.company, throw=True)
	if basket.customer:
		check_customer(basket.customer)
	if basket.lead and not may_read(basket.lead, doctype="Lead"):
		frappe.throw(_("No permission for {0}").format(_("Lead")), frappe.PermissionError)


def _lines(raw: Mapping) -> list[Mapping]:
	if len(raw["lines"]) > MOST_LINES or not all(isinstance(line, Mapping) for line in raw["lines"]):
		raise BasketNotAnObject
	return raw["lines"]


def _line(number: int, key: str, raw: Mapping) -> BasketLine:
	if not raw.get("item_code"):
		raise UnknownItem(line=number, item="")
	return BasketLine(
		key=key,
		item_code=a_text(raw["item_code"], f"lines {number}: item_code"),
		qty=_number(raw.get("qty", 1), number),
		uom=a_text(raw.get("uom"), f"lines {number}: uom"),
	)


def _number(value: object, line: int) -> Decimal:
	try:
		number = Decimal(str(value))
	except InvalidOperation:
		raise WrongQuantity(line=line, value=value) from None
	if not number.is_finite() or not LEAST <= number < TOO_MUCH:
		raise WrongQuantity(line=line, value=value)
	return number


def _date(value: object) -> date:
	found = day(value or nowdate())
	if found is None:
		raise WrongDate(value=value)
	return found


def _time(value: object) -> time | None:
	if not value:
		return None
	try:
		return time.fromisoformat(str(value)).replace(tzinfo=None)
	except ValueError:
		raise WrongTime(value=value) from None


def _codes(value: object) -> tuple[str, ...]:
	if value and not (
		isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))
	):
		raise CouponsNotAList
	return read_codes(value if isinstance(value, str) else " ".join(value or ()))


def _check_link(value: object, doctype: str, field: str) -> None:
	if value and not (isinstance(value, str) and frappe.db.exists(doctype, value, cache=True)):
		raise NoSuchEntry(field=field, value=value)
