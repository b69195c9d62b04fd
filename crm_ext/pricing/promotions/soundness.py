# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Whether a Sales Promotion says something that can be meant: every error names its field and how to mend it."""

from collections.abc import Callable, Iterator
from typing import Any

import frappe

from crm_ext.exceptions import (
	AccountOfAnotherCompany,
	AccountUnusable,
	AllWouldBeReduced,
	ChoiceNotForKind,
	CrmExtError,
	FewComponents,
	FieldNeeded,
	FirstOrderWithGoal,
	GiftUnusable,
	GoalWithoutBeginning,
	NotAbove,
	NotCompound,
	NoTiers,
	OtherQuantity,
	ProductsNeeded,
	ReducedNeeded,
	RowChoiceNotForKind,
	RowIncomplete,
	RowNeedsOne,
	RowTooHigh,
	SameHours,
	SameRow,
	TakenOutAgain,
	Term,
)
from crm_ext.pricing.promotions.kinds import FIELDS, GIVES, NEEDED, parts
from crm_ext.pricing.promotions.model import PER_UNIT, Combination, Gives, Kind, Part

PRODUCT = ("item", "brand", "item_group")
PLACE = ("pos_profile", "branch", "territory", "sales_channel")
HUNDRED = 100
Errors = Iterator[CrmExtError]


def problems(doc) -> list[CrmExtError]:
	"""What is wrong with a promotion, in the order of its form. A kind that there is not, Frappe names itself."""
	if doc.kind not in {kind.value for kind in Kind}:
		return []
	checks: tuple[Callable[..., Errors], ...] = (
		*(_products, _components, _numbers, _gives, _gifts, _tiers),
		*(_shipping, _combination, _who, _places, _hours),
	)
	return [error for check in checks for error in check(doc)]


def _products(doc) -> Errors:
	kind, allowed = Kind(doc.kind), parts(Kind(doc.kind))
	seen: dict[tuple, int] = {}
	for row in doc.products:
		yield from _one_of(doc, "products", row, PRODUCT)
		if row.part not in allowed:
			yield RowChoiceNotForKind(
				table=_label(doc, "products"),
				row=row.idx,
				choice=Term(row.part),
				field=_label(row, "part"),
				kind=Term(kind.value),
				allowed=tuple(Term(part.value) for part in allowed),
			)
		key = (row.part, row.component, *(row.get(field) or "" for field in PRODUCT))
		if key in seen:
			yield SameRow(table=_label(doc, "products"), row=row.idx, other=seen[key])
		seen.setdefault(key, row.idx)
	yield from _taken_out(doc)


def _taken_out(doc) -> Errors:
	wanted = {_key(row): row.idx for row in reversed(doc.products) if row.part != Part.EXCEPT}
	for row in _rows(doc, Part.EXCEPT):
		if _key(row) in wanted:
			yield TakenOutAgain(row=row.idx, other=wanted[_key(row)])


def _components(doc) -> Errors:
	"""A bundle has several, an add-on says to what it is added; of the others, no product means every item."""
	kind = Kind(doc.kind)
	if kind is Kind.BUNDLE:
		if len({row.component for row in _rows(doc, Part.BUY)}) < 2:
			yield FewComponents()
		first: dict[int, Any] = {}
		for row in _rows(doc, Part.BUY):
			same = first.setdefault(row.component, row)
			if not row.qty:
				yield RowIncomplete(table=_label(doc, "products"), row=row.idx, field=_label(row, "qty"))
			elif row.qty != same.qty:
				yield OtherQuantity(row=row.idx, other=same.idx)
	if kind is Kind.ADD_ON:
		if not _rows(doc, Part.BUY):
			yield ProductsNeeded(kind=Term(kind.value), part=Term(Part.BUY.value))
		if not (doc.gift_item or _rows(doc, Part.GET)):
			yield ReducedNeeded()


def _numbers(doc) -> Errors:
	kind = Kind(doc.kind)
	needed = [field for field in FIELDS[kind] if field in NEEDED]
	if "value" in FIELDS[kind] and doc.gives != Gives.FREE:
		needed.append("value")
	for field in needed:
		if not doc.get(field):
			yield FieldNeeded(field=_label(doc, field), kind=Term(kind.value))
	if kind is Kind.CHEAPEST_FREE and doc.buy_qty and doc.get_qty >= doc.buy_qty:
		yield AllWouldBeReduced()
	if (doc.hold_out_percent or 0) >= HUNDRED:
		yield NotAbove(field=_label(doc, "hold_out_percent"), most=HUNDRED - 1)


def _gives(doc) -> Errors:
	kind = Kind(doc.kind)
	if "gives" not in FIELDS[kind] or not doc.gives:
		return
	if doc.gives not in GIVES[kind]:
		yield ChoiceNotForKind(
			choice=Term(doc.gives), field=_label(doc, "gives"), kind=Term(kind.value), allowed=_allowed(kind)
		)
	if doc.gives == Gives.PERCENT and (doc.value or 0) > HUNDRED:
		yield NotAbove(field=_label(doc, "value"), most=HUNDRED)


def _gifts(doc) -> Errors:
	gifts = [doc.gift_item, *(row.gift_item for row in doc.tiers)]
	for item in dict.fromkeys(filter(None, gifts)):
		usable = {"name": item, "is_sales_item": 1, "has_variants": 0, "disabled": 0}
		if not frappe.db.exists("Item", usable):
			yield GiftUnusable(item=item)


def _tiers(doc) -> Errors:
	kind = Kind(doc.kind)
	if "tiers" not in FIELDS[kind]:
		return
	if not doc.tiers:
		yield NoTiers(kind=Term(kind.value))
	begins: dict[float, int] = {}
	for row in doc.tiers:
		if row.at_least in begins:
			yield SameRow(table=_label(doc, "tiers"), row=row.idx, other=begins[row.at_least])
		begins[row.at_least] = row.idx
		yield from _tier(doc, kind, row)


def _tier(doc, kind: Kind, row) -> Errors:
	where = {"table": _label(doc, "tiers"), "row": row.idx}
	if row.gives not in GIVES[kind]:
		yield RowChoiceNotForKind(
			**where,
			choice=Term(row.gives or ""),
			field=_label(row, "gives"),
			kind=Term(kind.value),
			allowed=_allowed(kind),
		)
	elif row.gives == Gives.GIFT:
		for field in ("gift_item", "gift_qty"):
			if not row.get(field):
				yield RowIncomplete(**where, field=_label(row, field))
	elif not row.value and not (kind is Kind.GRADUATED and row.gives == Gives.PERCENT and row.at_least):
		# of a graduated discount, 0 percent ends the tier before
		yield RowIncomplete(**where, field=_label(row, "value"))
	if row.gives == Gives.PERCENT and (row.value or 0) > HUNDRED:
		yield RowTooHigh(**where, field=_label(row, "value"), most=HUNDRED)


def _shipping(doc) -> Errors:
	if not doc.shipping_account:
		return
	account = frappe.db.get_value(
		"Account", doc.shipping_account, ["company", "is_group", "disabled"], as_dict=True
	)
	if not account:
		return  # Frappe says so itself
	if account.is_group or account.disabled:
		yield AccountUnusable(account=doc.shipping_account)
	if account.company != doc.company:
		yield AccountOfAnotherCompany(account=doc.shipping_account, company=account.company)


def _combination(doc) -> Errors:
	if doc.combination == Combination.COMPOUND and Kind(doc.kind) not in PER_UNIT:
		yield NotCompound(kind=Term(doc.kind))


def _who(doc) -> Errors:
	if doc.goal_amount and doc.first_order:
		yield FirstOrderWithGoal()
	if doc.goal_amount and doc.goal_period == "Promotion" and not doc.valid_from:
		yield GoalWithoutBeginning()


def _places(doc) -> Errors:
	seen: dict[tuple, int] = {}
	for row in doc.places:
		yield from _one_of(doc, "places", row, PLACE)
		key = tuple(row.get(field) or "" for field in PLACE)
		if key in seen:
			yield SameRow(table=_label(doc, "places"), row=row.idx, other=seen[key])
		seen.setdefault(key, row.idx)


def _hours(doc) -> Errors:
	if doc.from_time and doc.from_time == doc.to_time:
		yield SameHours()


def _one_of(doc, table: str, row, fields: tuple[str, ...]) -> Errors:
	if len([field for field in fields if row.get(field)]) != 1:
		columns = tuple(_label(row, field) for field in fields)
		yield RowNeedsOne(table=_label(doc, table), row=row.idx, columns=columns)


def _rows(doc, part: Part) -> list:
	return [row for row in doc.products if row.part == part]


def _key(row) -> tuple[str, ...]:
	return tuple(row.get(field) or "" for field in PRODUCT)


def _allowed(kind: Kind) -> tuple[Term, ...]:
	return tuple(Term(gives.value) for gives in GIVES[kind])


def _label(doc, field: str) -> Term:
	return Term(doc.meta.get_label(field))
