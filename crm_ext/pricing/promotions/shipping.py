# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Free shipping: rows in the taxes and charges of a document that take back what it charges for shipping.

A row of ours stands before the charge it takes back. A Shipping Rule writes its amount into the last fixed row with its
account and cost center: behind the charge, ours would be overwritten at each calculation.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import cint, flt

from crm_ext.pricing.agreed import source_of
from crm_ext.pricing.promotions import stored
from crm_ext.pricing.promotions.totals import recalculate

MARK = "crm_ext_promotion"


@dataclass(frozen=True, slots=True)
class _Waiver:
	"""What a promotion takes back of the charges on one account. `charge` is the first of them."""

	promotion: str
	charge: object
	amount: float

	@property
	def key(self) -> tuple[str, str]:
		return self.promotion, self.charge.account_head


def free_shipping(doc) -> None:
	"""Keep the rows that take back charges in step with the charges. To be called after ERPNext's totals.

	Taken back are the fixed charges on the account of the promotion, and the taxes on their amount. What a document that
	this one was made from took back, this one does for its own charges. Computes totals again if something changed.
	"""
	taxes = doc.get("taxes")
	if not taxes or doc.get("is_consolidated"):
		return
	granted = _granted(doc)
	if not granted and not any(row.get(MARK) for row in taxes):
		return
	before = [(id(row), flt(row.tax_amount)) for row in taxes]
	_arrange(doc, list(_waivers(taxes, granted)))
	if before != [(id(row), flt(row.tax_amount)) for row in taxes]:
		recalculate(doc)


def _granted(doc) -> dict[str, str]:
	"""The promotions that give free shipping, by the account of the charges; not what has just run out."""
	granted = {}
	if doc.get("is_return") or any(source_of(row) for row in doc.items):
		agreed = {row.get(MARK) for row in doc.taxes if row.get(MARK)} - (
			doc.flags.crm_ext_ran_out or {}
		).keys()
		for name in sorted(agreed):
			granted[frappe.db.get_value("Sales Promotion", name, "shipping_account", cache=True)] = name
	for applied in stored.read(doc.get("crm_ext_promotions"))["applied"]:
		granted[applied.get("shipping_account")] = applied.get("promotion")
	refused = doc.flags.crm_ext_ran_out or {}
	return {account: name for account, name in granted.items() if account and name and name not in refused}


def _waivers(taxes: Sequence, granted: Mapping[str, str]) -> Iterator[_Waiver]:
	for account, promotion in granted.items():
		charges: dict[str, list] = {}
		for row in _charges(taxes, account):
			charges.setdefault(row.account_head, []).append(row)
		for rows in charges.values():
			if amount := -sum(flt(row.tax_amount) for row in rows):
				yield _Waiver(promotion, rows[0], flt(amount, rows[0].precision("tax_amount")))


def _charges(taxes: Sequence, account: str) -> list:
	"""The fixed charges on an account, and the taxes on the amount of one; not sums of several documents."""
	found = []
	for row in taxes:
		if _is_ours(row) or row.get("dont_recompute_tax"):
			continue
		fixed = row.charge_type == "Actual" and row.account_head == account
		if fixed or (
			row.charge_type == "On Previous Row Amount"
			and cint(row.row_id) in {charge.idx for charge in found}
		):
			found.append(row)
	return found


def _arrange(doc, waivers: Sequence[_Waiver]) -> None:
	"""Put each waiver before its charge, remove other rows of ours; references to rows go on meaning the same rows."""
	taxes = doc.taxes
	referred = {id(row): taxes[cint(row.row_id) - 1] for row in taxes if 0 < cint(row.row_id) <= len(taxes)}
	ours = {(row.get(MARK), row.account_head): row for row in taxes if _is_ours(row)}
	charges = [row for row in taxes if not _is_ours(row)]
	arranged = []
	for row in charges:
		arranged += [_row(doc, waiver, ours) for waiver in waivers if waiver.charge is row]
		arranged.append(row)
	taxes[:] = arranged
	for idx, row in enumerate(taxes, start=1):
		row.idx = idx
	there = {id(row) for row in taxes}
	for row in taxes:
		if target := referred.get(id(row)):
			row.row_id = str(target.idx if id(target) in there else row.idx - 1)


def _is_ours(row) -> bool:
	"""A row merged from several documents is not: it may hold charges and what was taken back in one."""
	return bool(row.get(MARK) and not row.get("dont_recompute_tax"))


def _row(doc, waiver: _Waiver, ours: Mapping[tuple[str, str], object]):
	"""The row of a waiver, the one that is there or a new one with the account and the dimensions of the charge."""
	row = ours.get(waiver.key) or doc.append("taxes", _links(waiver.charge))
	row.update(
		{
			"charge_type": "Actual",
			"description": _("Free shipping: {0}").format(waiver.promotion),
			"tax_amount": waiver.amount,
			MARK: waiver.promotion,
		}
	)
	return row


def _links(charge) -> dict[str, str]:
	return {
		field.fieldname: charge.get(field.fieldname)
		for field in charge.meta.fields
		if field.fieldtype == "Link"
	}
