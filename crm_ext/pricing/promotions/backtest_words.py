# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""A stored back-test for people: names, reasons, how it was computed, and only what the reader may see."""

import frappe
from frappe import _

from crm_ext.pricing.costs import may_see_costs
from crm_ext.pricing.promotions.backtest import LEFT_OUT
from crm_ext.pricing.promotions.model import Refusal


def worded(result: dict) -> dict:
	"""The stored answer with names of customers and items, reasons in the reader's language, and the method."""
	for doctype, title, rows in (
		("Customer", "customer_name", result["customers"]),
		("Item", "item_name", result["items"]),
	):
		asked = {"name": ("in", [row["name"] for row in rows])}
		names = dict(frappe.get_all(doctype, asked, ["name", title], as_list=True)) if rows else {}
		for row in rows:
			row["label"] = names.get(row["name"]) or row["name"]
	for row in result["left_out"]:
		row["label"] = _(LEFT_OUT[row["reason"]])
	for row in result["refused"]:
		row["label"] = reason(row["reason"])
	if not may_see_costs():
		result |= {"margin": None, "break_even": None}
		result["cost"] |= {"gifts": None, "spent": None}
	return {**result, "method": method(result["promotion"])}


def reason(refusal: str) -> str:
	"""Why a document had not qualified."""
	return {
		Refusal.CONDITIONS.value: _("The customer does not meet the conditions"),
		Refusal.PLACE.value: _("Another point of sale"),
		Refusal.HOURS.value: _("Another weekday or hour"),
		Refusal.PAYMENT_TERMS.value: _("Other payment terms"),
		Refusal.SALES_PARTNER.value: _("Another sales partner, or none"),
		Refusal.NOT_THE_FIRST.value: _("Not the first order"),
		Refusal.GOAL.value: _("Had not bought enough before"),
		Refusal.HOLD_OUT.value: _("Held out by lot"),
		Refusal.QUANTITY.value: _("Too small a quantity"),
		Refusal.AMOUNT.value: _("Too small an amount"),
		Refusal.COMPONENT.value: _("A part of the bundle or set was missing"),
		Refusal.NO_SAVING.value: _("It would have saved nothing"),
		Refusal.NO_EXCHANGE_RATE.value: _("No exchange rate"),
		Refusal.OTHER_COMPANY.value: _("The promotion is for another company"),
		"": _("None of its products"),
	}.get(refusal) or _("For another reason")


def method(promotion: str) -> list[str]:
	"""How the figures came about, with what holds for this promotion."""
	doc = frappe.get_cached_doc("Sales Promotion", promotion)
	told = [
		_(
			"No demand is invented: the same customers buy the same goods, and nobody buys more for the promotion."
		),
		_(
			"Each line starts from the price at which it was sold, whatever prices and matrices are in force today."
		),
		_("The promotion is looked at alone: no other one competes with it or adds to it."),
		_(
			"A document is an order with what was invoiced of it, or an invoice without an order; what was invoiced in another"
			" week counts apart."
		),
		_("What came back is taken off its sale; a document that came back in full does not count."),
		_(
			"Groups, tags and other facts of customers are those of today. First and last day are disregarded."
		),
		_("Limits stop nothing here; it is told when they would have been reached."),
		_("Margins rest on the cost in the invoice, else on the valuation of today."),
		_(
			"Break-even uplift u = D / (M0 - D): D is what the promotion gives away, free goods at cost, M0 the margin before"
			" of the promoted products in the documents that qualify. By so much their sales must grow."
		),
	]
	if doc.needs_coupon:
		told.append(
			_("Coupons: everybody who qualifies is taken to have one, so that this is the most it costs.")
		)
	if doc.first_order:
		told.append(
			_("First orders: those on the first day on which a customer did business with the company.")
		)
	if doc.goal_amount:
		told.append(
			_("Goals: what the customer had bought before, in the period of the day of the document.")
		)
		if doc.goal_period == "Promotion":
			told.append(_("Purchases since the promotion is valid: here, all that came before."))
	if doc.hold_out_percent:
		told.append(_("Customers of the hold-out group do not get it here either."))
	if doc.max_uses_per_customer:
		told.append(_("The limit per customer is not applied, so that this is the most it costs."))
	return told
