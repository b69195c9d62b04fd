# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""“Why this price”: the waterfall of a line in the reader's language, with what a buyer may ask next."""

from collections.abc import Mapping
from dataclasses import dataclass

import frappe
from frappe import _

from crm_ext.constants import SELLING_DOCTYPES
from crm_ext.errors import speaking
from crm_ext.exceptions import UnreadableEvidence
from crm_ext.pricing import waterfall as waterfall_
from crm_ext.pricing import words
from crm_ext.pricing.costs import may_see_costs
from crm_ext.pricing.lowest import DAYS, lowest_rates
from crm_ext.pricing.model import Did
from crm_ext.pricing.replay import replay
from crm_ext.pricing.rows import party_of
from crm_ext.pricing.settle import customer_values, own_price_list
from crm_ext.profile.permissions import check_customer


@dataclass(frozen=True, slots=True)
class _Line:
	"""What is asked about: the stored waterfall, and whose sale of what it belongs to."""

	steps: str
	item_code: str
	company: str
	customer: str


@frappe.whitelist(methods=["POST"])
@speaking
def why(
	doctype: str,
	name: str | None = None,
	row: str | None = None,
	steps: str | None = None,
	item_code: str | None = None,
	company: str | None = None,
	customer: str | None = None,
) -> dict:
	"""Why a line costs what it does: of a saved document, or of one that is being written.

	Of a saved document, its `name` and that of the `row`; of another, the row's waterfall JSON (`steps`), its item, and
	the document's company and customer. `steps` goes before what is saved. The answer: {steps, losers} (`pricing.words`),
	{base, price, rate, currency, qty, uom, as_of} as recorded, `replay` {match, broken}, the names `price_list` and
	`customer_price_list`, and `lowest`: {rate, currency, uom, date, days}, the least the item was sold at lately, for one
	stock unit in company currency, or None.
	"""
	line = _line(doctype, name, row, steps, item_code, company, customer)
	waterfall, told = _read(line.steps)
	return {
		**told,
		"base": waterfall["base"],
		"price": waterfall["price"],
		"rate": waterfall["rate"],
		"currency": waterfall["currency"],
		"qty": waterfall["qty"],
		"uom": waterfall["uom"],
		"as_of": waterfall["as_of"],
		"price_list": _price_list(waterfall),
		"customer_price_list": own_price_list(customer_values(line.customer)),
		"lowest": _lowest(line),
	}


def _line(doctype, name, row, steps, item_code, company, customer) -> _Line:
	"""The line asked about. Permission is checked: for what is not saved yet, on all that is named."""
	if doctype not in SELLING_DOCTYPES:
		frappe.throw(_("{0} has no prices of ours.").format(_(doctype)))
	if customer:
		check_customer(customer)
	if name and frappe.db.exists(doctype, name):
		doc = frappe.get_doc(doctype, name)
		doc.check_permission("read")
		saved = next((one for one in doc.items if one.name == row), frappe._dict())
		return _Line(
			steps or saved.crm_ext_price_steps or "",
			_readable("Item", item_code) or saved.item_code or "",
			doc.company,
			customer or party_of(doc)[0],
		)
	frappe.has_permission(doctype, "create", throw=True)
	return _Line(steps or "", _readable("Item", item_code), _readable("Company", company), customer or "")


def _readable(doctype: str, name: str | None) -> str:
	if name:
		frappe.has_permission(doctype, "read", name, throw=True)
	return name or ""


def _read(steps: str) -> tuple[dict, dict]:
	"""A waterfall and {steps, losers, replay} of it. What a form sends may be anything: raises UnreadableEvidence."""
	try:
		waterfall = waterfall_.load(steps)
		found = replay(waterfall)
		return waterfall, {
			"steps": words.steps_of(waterfall, costs=may_see_costs()),
			"losers": words.losers_of(waterfall),
			"replay": {"match": found.match, "broken": found.broken},
		}
	except (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError):
		raise UnreadableEvidence(schema=_("unknown")) from None


def _price_list(waterfall: Mapping) -> str:
	"""The price list that the price started from."""
	listed = (step["detail"]["price_list"] for step in waterfall["steps"] if step["did"] == Did.LIST)
	return next(listed, "")


def _lowest(line: _Line) -> dict | None:
	if not (line.item_code and line.company):
		return None
	found = lowest_rates([line.item_code], line.company).get(line.item_code)
	return found and {
		"rate": float(found.rate),
		"currency": frappe.get_cached_value("Company", line.company, "default_currency"),
		"uom": frappe.get_cached_value("Item", line.item_code, "stock_uom"),
		"date": found.date,
		"days": DAYS,
	}
