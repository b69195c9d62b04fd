# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What promotions did to a line or to a document, what they did not, and why, in the reader's language.

Promotions, losers and coupons are read as documents store them: see `crm_ext_promotions` and `pricing.waterfall`.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

import frappe
from frappe.utils import formatdate

from crm_ext.pricing.amounts import about, money, number
from crm_ext.pricing.phrases import _
from crm_ext.pricing.promotions.model import Kind, Refusal

PROMOTION = "Sales Promotion"


def step(step: Mapping, of: Mapping) -> str:
	"""A step of a waterfall: “The bundle Starter Set takes ¥ 20.00 off: ¥ 80.00.”"""
	detail, currency = step["detail"], of["currency"]
	discount, units, in_all = (Decimal(detail[name]) for name in ("discount", "units", "qty"))
	who, after = _named(step["by"][1], detail), about(step["after"], currency)
	free = step["before"] is not None and discount == Decimal(step["before"]) * units
	if not 0 < units < in_all:
		if free:
			return _("{0} makes it free.").format(who)
		sentence = _("{0} takes {1} off: {2}.") if in_all == 1 else _("{0} takes {1} off the line: {2} each.")
		return sentence.format(who, about(discount, currency), after)
	some = _("{0} of {1} {2}").format(number(units), number(in_all), _(of["uom"]))
	if free:
		return _("{0} makes {1} free: {2} on average.").format(who, some, after)
	return _("{0} takes {1} off {2}: {3} on average.").format(who, about(discount, currency), some, after)


def _named(name: str, detail: Mapping) -> str:
	who = _of_kind(detail.get("kind")).format(name)
	return _("{0}, with the coupon {1},").format(who, detail["coupon"]) if detail.get("coupon") else who


def _of_kind(kind: str | None) -> str:
	return {
		Kind.VOLUME.value: _("The volume discount {0}"),
		Kind.GRADUATED.value: _("The graduated discount {0}"),
		Kind.BUNDLE.value: _("The bundle {0}"),
		Kind.ADD_ON.value: _("The add-on offer {0}"),
		Kind.BUY_X_GET_Y.value: _("The buy-and-get offer {0}"),
		Kind.MIX_AND_MATCH.value: _("The mix-and-match offer {0}"),
		Kind.CHEAPEST_FREE.value: _("The cheapest-free offer {0}"),
		Kind.THRESHOLD.value: _("The order discount {0}"),
	}.get(kind or "", _("The promotion {0}"))


def loser(loser: Mapping, of: Mapping) -> str:
	"""Why a promotion did not count: {name, reason, detail} of the loser of a line, in the currency of `of`."""
	return because(loser["name"], Refusal(loser["reason"]), loser["detail"], of["currency"])


def because(promotion: str, refusal: Refusal, detail: Mapping, currency: str) -> str:
	"""Why a promotion did not count; amounts in the detail are in `currency`, but those of a goal."""
	who = _("The promotion {0}").format(promotion)
	if refusal in _WITH_FIGURES:
		return _WITH_FIGURES[refusal](who, promotion, detail, currency)
	if refusal is Refusal.USED_UP:
		return _used_up(detail.get("limit", "")).format(who)
	return _plainly(refusal).format(who)


def _quantity(who: str, promotion: str, detail: Mapping, currency: str) -> str:
	return _("{0} begins at a quantity of {1}; here are {2}.").format(
		who, number(detail["needs"]), number(detail["has"])
	)


def _amount(who: str, promotion: str, detail: Mapping, currency: str) -> str:
	return _("{0} begins at {1}; what it is for comes to {2} here.").format(
		who, money(detail["needs"], currency), money(detail["has"], currency)
	)


def _goal(who: str, promotion: str, detail: Mapping, currency: str) -> str:
	own = frappe.db.get_value(PROMOTION, promotion, "currency", cache=True) or currency
	return _("{0} begins once the customer has bought for {1}; so far it is {2}.").format(
		who, money(detail["goal"], own), money(detail["bought"], own)
	)


def _observing(who: str, promotion: str, detail: Mapping, currency: str) -> str:
	if not Decimal(detail.get("discount") or 0):
		return _("{0} only observes.").format(who)
	return _("{0} only observes; it would have taken {1} off.").format(
		who, about(detail["discount"], currency)
	)


def _by_another(sentence: Callable[[], str], alone: Callable[[], str]):
	def phrase(who: str, promotion: str, detail: Mapping, currency: str) -> str:
		by = detail.get("by")
		return sentence().format(who, by) if by else alone().format(who)

	return phrase


_WITH_FIGURES: Mapping[Refusal, Callable[[str, str, Mapping, str], str]] = {
	Refusal.QUANTITY: _quantity,
	Refusal.AMOUNT: _amount,
	Refusal.GOAL: _goal,
	Refusal.OBSERVING: _observing,
	Refusal.OUTBID: _by_another(
		lambda: _("{0} would save less than {1} on the same units."),
		lambda: _("{0} would save less than others on the same units."),
	),
	Refusal.GROUP: _by_another(
		lambda: _("{0} does not count beside {1}, which is of the same group."),
		lambda: _("{0} does not count beside another of its group."),
	),
}


def _used_up(limit: str) -> str:
	return {
		"uses": _("{0} has been used as often as it may be."),
		"uses per customer": _("{0} has been used by this customer as often as one may."),
		"customers": _("{0} is for a number of customers that has been reached."),
		"budget": _("{0} has used up its budget."),
	}.get(limit, _("{0} is used up."))


def _plainly(refusal: Refusal) -> str:
	return {
		Refusal.NOT_YET: _("{0} is not valid yet."),
		Refusal.EXPIRED: _("{0} is no longer valid."),
		Refusal.OTHER_COMPANY: _("{0} belongs to another company."),
		Refusal.CONDITIONS: _("{0} has conditions that are not met here."),
		Refusal.PLACE: _("{0} is for other points of sale."),
		Refusal.HOURS: _("{0} holds on other days or at other hours."),
		Refusal.PAYMENT_TERMS: _("{0} is for other payment terms."),
		Refusal.SALES_PARTNER: _("{0} is for sales with another sales partner."),
		Refusal.NOT_THE_FIRST: _("{0} is for the first order only."),
		Refusal.HOLD_OUT: _("{0} is held back from this customer, to measure its effect."),
		Refusal.COUPON: _("{0} needs a coupon."),
		Refusal.NO_EXCHANGE_RATE: _("{0} is in a currency without an exchange rate."),
		Refusal.COMPONENT: _("{0} lacks a product that belongs to it."),
		Refusal.NO_SAVING: _("{0} would not make anything cheaper here."),
	}[refusal]


def lost(entry: Mapping, currency: str) -> str:
	"""Why a promotion did not count in a document: {promotion, reason, detail}."""
	return because(entry["promotion"], Refusal(entry["reason"]), entry.get("detail") or {}, currency)


def applied(entry: Mapping, currency: str) -> str:
	"""What a promotion did to a document: “Lamp Week saves ¥ 50.00 and gives 1 Mug free.”"""
	name = entry["promotion"]
	who = _("{0}, with the coupon {1},").format(name, entry["coupon"]) if entry.get("coupon") else name
	saved = sum((Decimal(text) for text in entry.get("lines", {}).values()), Decimal(0))
	gifts = ", ".join(_gift(gift) for gift in entry.get("gifts") or ())
	if saved and gifts:
		return _("{0} saves {1} and gives {2} free.").format(who, about(saved, currency), gifts)
	if gifts:
		return _("{0} gives {1} free.").format(who, gifts)
	if entry.get("shipping_account"):
		return _("{0} makes shipping free.").format(who)
	return _("{0} saves {1}.").format(who, about(saved, currency))


def declined(promotion: str, item_code: str) -> str:
	"""What somebody took out of a document."""
	return _("{0}, free with {1}, was taken out.").format(_item(item_code), promotion)


def _gift(gift: Mapping) -> str:
	return f"{number(gift['qty'])} {_item(gift['item_code'])}"


def _item(code: str) -> str:
	return frappe.get_cached_value("Item", code, "item_name") or code


def coupon(answer: Mapping, missed: Mapping | None = None, currency: str = "") -> str:
	"""Whether a code counts: {code, promotion, accepted, reason}; `missed`: its promotion among those that do not."""
	code = answer["code"]
	if not answer["accepted"]:
		return _refused(code, answer.get("reason", ""), answer.get("detail") or {})
	if missed:
		return _("The coupon {0} is valid, but: {1}").format(code, lost(missed, currency))
	return _("The coupon {0} counts.").format(code)


def _refused(code: str, reason: str, detail: Mapping) -> str:
	if reason == "not yet" and "date" in detail:
		return _("The coupon {0} is valid from {1} on.").format(code, formatdate(detail["date"]))
	if reason == "expired" and "date" in detail:
		return _("The coupon {0} was valid until {1}.").format(code, formatdate(detail["date"]))
	if reason == "minimum" and "needs" in detail:
		needs, has = (about(detail[name], detail["currency"]) for name in ("needs", "has"))
		return _("The coupon {0} begins at {1}; this comes to {2}.").format(code, needs, has)
	sentence = {
		"unknown": _("There is no coupon {0}."),
		"disabled": _("The coupon {0} is disabled."),
		"not yet": _("The coupon {0} is not valid yet."),
		"expired": _("The coupon {0} is no longer valid."),
		"other customer": _("The coupon {0} belongs to another customer."),
		"minimum": _("The coupon {0} is for a larger purchase."),
		"used up": _("The coupon {0} has been used already."),
		"used by customer": _("This customer has used the coupon {0} already."),
		"promotion not live": _("The promotion of the coupon {0} is not running."),
	}.get(reason, _("The coupon {0} does not count here."))
	return sentence.format(code)
