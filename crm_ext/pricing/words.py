# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The waterfall of a price in the reader's language: one sentence for each step, and for what else was considered."""

from collections.abc import Callable, Mapping
from decimal import Decimal

import frappe
from frappe.translate import print_language
from frappe.utils import formatdate

from crm_ext.pricing import words_promotions
from crm_ext.pricing.amounts import money, number, per_unit, percent
from crm_ext.pricing.model import Base, Did, Gives, Reason
from crm_ext.pricing.phrases import _
from crm_ext.pricing.waterfall import HIDDEN, without_costs


def steps_of(waterfall: Mapping, *, costs: bool = True) -> list[dict]:
	"""The steps in their order: [{did, text, before, after, rule}].

	`before` and `after` are prices in document currency for one unit of the line; `rule` is [DocType, name] or None.
	Without `costs`, what a step says of our cost is left out: see `waterfall.without_costs`.
	"""
	waterfall = waterfall if costs else without_costs(waterfall)
	return [
		{
			"did": step["did"],
			"text": _step(step, waterfall),
			"before": None if step["before"] is None else float(step["before"]),
			"after": float(step["after"]),
			"rule": step["by"][:2] if step.get("by") else None,
		}
		for step in waterfall["steps"]
	]


def _step(step: Mapping, of: Mapping) -> str:
	if HIDDEN in step["detail"]:
		return _("By {0}: {1}.").format(step["by"][1], money(step["after"], of["currency"]))
	return _STEPS[Did(step["did"])](step, of)


def losers_of(waterfall: Mapping) -> list[dict]:
	"""What did not count, and why: [{text, rule, rate}]; `rate` is the name of a Price Matrix Rate, or empty.

	What is true of a whole matrix is said once, not for each of its rates.
	"""
	told = {}
	for loser in waterfall["losers"]:
		text = _loser(loser, waterfall)
		told.setdefault(
			text, {"text": text, "rule": [loser["doctype"], loser["name"]], "rate": loser.get("rate", "")}
		)
	return list(told.values())


def reason(waterfall: Mapping) -> str:
	"""One line for the row, in the site's language: what made the price. Empty where the price list alone did.

	Whoever sees the document reads it, and it may be printed: of our costs it tells nothing.
	"""
	told = without_costs(waterfall)
	with print_language(frappe.db.get_default("lang") or "en"):
		return " ".join(_step(step, told) for step in told["steps"] if Did(step["did"]) not in _SELF_EVIDENT)


_SELF_EVIDENT = frozenset({Did.LIST, Did.ROUNDING})


def _list(step: Mapping, of: Mapping) -> str:
	price = per_unit(step["after"], of["currency"], of["uom"])
	return _("The price list {0} says {1}.").format(step["detail"]["price_list"], price)


def _kind(step: Mapping, of: Mapping) -> str:
	detail = step["detail"]
	sentence = _("The price kind {0} {1}: {2}.") if float(detail["percent"]) else _("The price kind {0} {1}.")
	return sentence.format(step["by"][1], _kind_does(detail, of), money(step["after"], of["currency"]))


def _kind_does(detail: Mapping, of: Mapping) -> str:
	"""What a price kind does: “takes 10 % off the ¥ 100.00 of the price list Retail”."""
	change = Decimal(detail["percent"])
	if change > 0:
		phrase = _("adds {0} to {1}")
	elif change < 0:
		phrase = _("takes {0} off {1}")
	else:
		phrase = _("takes over {1}")
	return phrase.format(percent(detail["percent"]), _base(detail, of))


def _base(detail: Mapping, of: Mapping) -> str:
	amount = money(detail["of"], of["currency"])
	match Base(detail["base"]):
		case Base.PRICE_LIST:
			return _("the {0} of the price list {1}").format(amount, detail["price_list"])
		case Base.KIND:
			return _("the {0} of the price kind {1}").format(amount, detail["other"]["kind"])
	return _cost(detail["base"], amount)


def _cost(basis: str, amount: str) -> str:
	if Base(basis) is Base.VALUATION_RATE:
		return _("the valuation rate of {0}").format(amount)
	return _("the last purchase rate of {0}").format(amount)


def _matrix(step: Mapping, of: Mapping) -> str:
	detail = step["detail"]
	matrix, for_ = step["by"][1], _for(detail, of)
	if not detail.get("slices") and _says_it_all(detail):
		return _("The matrix {0} says {1} {2}.").format(matrix, _value(detail, of), for_)
	price = money(step["after"], of["currency"])
	if detail.get("slices"):
		return _("The matrix {0} gives {1}, slice by slice, {2}: {3} on average.").format(
			matrix, for_, _slices(detail["slices"], of), price
		)
	return _effect(detail, of).format(matrix, _value(detail, of), for_, price)


def _effect(detail: Mapping, of: Mapping) -> str:
	"""The sentence of a rate: {0} the matrix, {1} the value, {2} what it is for, {3} the price."""
	match Gives(detail["gives"]):
		case Gives.RATE:
			return _("The matrix {0} says {1} {2}: {3}.")
		case Gives.MARKUP:
			return _("The matrix {0} adds {1} {2}: {3}.")
		case Gives.KIND:
			return _("The matrix {0} gives the price kind {1} {2}: {3}.")
	if Decimal(detail["value"]) < 0:
		return _("The matrix {0} adds {1} {2}: {3}.")
	return _("The matrix {0} takes {1} off {2}: {3}.")


def _value(detail: Mapping, of: Mapping) -> str:
	match Gives(detail["gives"]):
		case Gives.KIND:
			return _("{0} ({1})").format(detail["of"]["kind"], _kind_does(detail["of"], of))
		case Gives.DISCOUNT_PERCENTAGE:
			return percent(detail["value"])
		case Gives.MARKUP:
			cost = money(_product(detail, "cost"), of["currency"])
			return _("{0} to {1}", context="CRM Ext").format(
				percent(detail["value"]), _cost(detail["basis"], cost)
			)
	amount = money(abs(Decimal(detail["value"])), detail["currency"] or of["currency"])
	unit = _("stock unit") if Decimal(detail["factor"]) != 1 else _(of["uom"])
	value = _("{0} per {1}").format(amount, unit) if unit else amount
	if Decimal(detail["exchange"]) == 1:
		return value
	return _("{0}, at the exchange rate {1},").format(value, number(detail["exchange"]))


def _says_it_all(detail: Mapping) -> bool:
	"""Whether a rate is the price as it stands, in the line's own currency and unit."""
	return (
		Gives(detail["gives"]) is Gives.RATE and Decimal(detail["factor"]) == Decimal(detail["exchange"]) == 1
	)


def _product(detail: Mapping, what: str) -> Decimal:
	return Decimal(detail[what]) * Decimal(detail["exchange"]) * Decimal(detail["factor"])


def _slices(slices: list, of: Mapping) -> str:
	return ", ".join(
		_("{0} at {1}").format(number(part["qty"]), money(part["price"], of["currency"])) for part in slices
	)


def _for(detail: Mapping, of: Mapping) -> str:
	"""What and whom a rate is for: “for the tag High Value from 10 Nos on”."""
	clauses = [clause for key in detail.get("for", ()) if (clause := _clause(key))]
	text = ", ".join(clauses)
	if detail.get("min_qty"):
		from_ = _("from {0} {1} on").format(number(detail["min_qty"]), _(detail["unit"]))
		text = f"{text} {from_}".lstrip()
	return text or _("for everybody")


def _clause(key: str) -> str:
	family, _colon, name = key.partition(":")
	match family:
		case "Item":
			return _("for the item {0}").format(name)
		case "Brand":
			return _("for the brand {0}").format(name)
		case "Item Group":
			return _("for the item group {0}").format(_(name))
		case "Customer":
			return _("for this customer")
		case "Customer Tag":
			return _("for the tag {0}").format(_(name, context="Tag"))
		case "Customer Group":
			return _("for the customer group {0}").format(_(name))
		case "POS Profile":
			return _("at the point of sale {0}").format(name)
		case "Branch":
			return _("at the branch {0}").format(name)
		case "Territory":
			return _("in the territory {0}").format(_(name))
		case "Sales Channel":
			return _("in the sales channel {0}").format(_(name))
	return ""


def _rounding(step: Mapping, of: Mapping) -> str:
	sentence = _("Rounded to {0}.")
	if step["detail"].get("together"):
		sentence = _("Rounded to {0}, so that the sum comes out right.")
	return sentence.format(money(step["after"], of["currency"]))


def _locked(step: Mapping, of: Mapping) -> str:
	return _("The price is locked at {0}.").format(money(step["after"], of["currency"]))


def _source(step: Mapping, of: Mapping) -> str:
	detail = step["detail"]
	return _("Agreed in {0} {1}: {2}.").format(
		_(detail["doctype"]), detail["name"], money(step["after"], of["currency"])
	)


def _native(step: Mapping, of: Mapping) -> str:
	return _("ERPNext applies the pricing rule {0}: {1}.").format(
		", ".join(step["detail"]["rules"]), money(step["after"], of["currency"])
	)


def _margin(step: Mapping, of: Mapping) -> str:
	return _("A margin of {0} is added: {1}.").format(
		money(_difference(step), of["currency"]), money(step["after"], of["currency"])
	)


def _manual(step: Mapping, of: Mapping) -> str:
	after, by = money(step["after"], of["currency"]), _difference(step)
	if not by:
		return _("Given by hand: {0}.").format(after)
	sentence = _("By hand, {0} less: {1}.") if by < 0 else _("By hand, {0} more: {1}.")
	return sentence.format(money(abs(by), of["currency"]), after)


_STEPS: Mapping[Did, Callable[[Mapping, Mapping], str]] = {
	Did.LIST: _list,
	Did.KIND: _kind,
	Did.MATRIX: _matrix,
	Did.PROMOTION: words_promotions.step,
	Did.ROUNDING: _rounding,
	Did.LOCKED: _locked,
	Did.SOURCE: _source,
	Did.NATIVE: _native,
	Did.MARGIN: _margin,
	Did.MANUAL: _manual,
}


def _difference(step: Mapping) -> Decimal:
	return Decimal(0) if step["before"] is None else Decimal(step["after"]) - Decimal(step["before"])


def _loser(loser: Mapping, of: Mapping) -> str:
	if loser["doctype"] == words_promotions.PROMOTION:
		return words_promotions.loser(loser, of)
	detail = loser["detail"]
	who = _who(loser)
	reason = Reason(loser["reason"])
	if reason is Reason.OUTRANKED:
		return _outranked(detail.get("by", "")).format(who)
	if reason is Reason.QUANTITY:
		return _("{0} begins at {1} {2}.").format(who, number(detail["min_qty"]), _(detail["unit"]))
	if reason is Reason.NOT_YET and "date" in detail:
		return _("{0} is valid from {1} on.").format(who, formatdate(detail["date"]))
	if reason is Reason.EXPIRED and "date" in detail:
		return _("{0} was valid until {1}.").format(who, formatdate(detail["date"]))
	if reason is Reason.NO_KIND and loser["doctype"] == "Price Matrix":
		return _("{0} gives the price kind {1}, which is not in force.").format(who, detail["kind"])
	if reason is Reason.OBSERVING and "price" in detail:
		return _("{0} only observes; it would have given {1}.").format(
			who, money(detail["price"], of["currency"])
		)
	return _because(reason).format(who)


def _who(loser: Mapping) -> str:
	if loser["doctype"] == "Price Kind":
		return _("The price kind {0}").format(loser["name"])
	if _of_all_rates(loser):
		return _("The matrix {0}").format(loser["name"])
	return _("A rate of the matrix {0}").format(loser["name"])


def _of_all_rates(loser: Mapping) -> bool:
	"""Whether it is the matrix that lost, with all its rates."""
	match Reason(loser["reason"]):
		case Reason.CONDITIONS | Reason.OTHER_COMPANY | Reason.OBSERVING:
			return True
		case Reason.NOT_YET | Reason.EXPIRED:
			return "date" not in loser["detail"]
		case Reason.OUTRANKED:
			return loser["detail"].get("by") == "matrix"
	return not loser.get("rate")


def _because(reason: Reason) -> str:
	return {
		Reason.NOT_YET: _("{0} is not valid yet."),
		Reason.EXPIRED: _("{0} is no longer valid."),
		Reason.CONDITIONS: _("{0} has conditions that are not met here."),
		Reason.OTHER_COMPANY: _("{0} belongs to another company."),
		Reason.OBSERVING: _("{0} only observes."),
		Reason.NO_EXCHANGE_RATE: _("{0} is in a currency without an exchange rate."),
		Reason.NO_COST: _("{0} starts from the cost, and none is known."),
		Reason.NO_LIST_PRICE: _("{0} starts from a list price, and there is none."),
		Reason.NO_KIND: _("{0} is not in force."),
		Reason.CIRCLE: _("{0} would start from itself."),
		Reason.NOTHING_TO_DISCOUNT: _("{0} gives a discount, and there is no price to take it from."),
	}[reason]


def _outranked(by: str) -> str:
	return {
		"matrix": _("{0} has a lower priority."),
		"item": _("{0} is less particular about the item."),
		"customer": _("{0} is less particular about the customer."),
		"place": _("{0} is less particular about the point of sale."),
		"uom": _("{0} is less particular about the unit."),
		"currency": _("{0} is in another currency."),
		"quantity": _("{0} counts from a smaller quantity on."),
		"start": _("{0} is older."),
	}.get(by, _("{0} comes after another."))
