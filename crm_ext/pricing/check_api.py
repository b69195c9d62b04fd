# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The Price Check over REST and for its page. Permission first, on both sides."""

from dataclasses import replace

import frappe
from frappe import _

from crm_ext.errors import speaking
from crm_ext.incoming import an_object
from crm_ext.pricing import check
from crm_ext.pricing.basket import Basket
from crm_ext.pricing.requests import check_basket_permission, read_basket


@frappe.whitelist(methods=["POST"])
@speaking
def compare(left: dict | str, right: dict | str | None = None) -> dict:
	"""A basket priced for one or for two sides: {left, right, lines, totals}, see `crm_ext.pricing.check`.

	`left` is a basket as `api.price_basket` takes it; `right` another one, whose lines are always those of `left`.
	"""
	basket = _permitted(left)
	other = an_object(right, "right")
	if not other:
		return check.compare(basket, None)
	return check.compare(basket, replace(_permitted({**other, "lines": []}), lines=basket.lines))


@frappe.whitelist(methods=["POST"])
@speaking
def ladder(basket: dict | str, key: str) -> list[dict]:
	"""The price of one line of a basket at each quantity where it changes: [{qty, rate, current}]."""
	asked = _permitted(basket)
	if key not in {line.key for line in asked.lines}:
		frappe.throw(_("This basket has no line {0}.").format(key))
	return check.ladder(asked, key)


def _permitted(given: dict | str) -> Basket:
	basket = read_basket(given)
	check_basket_permission(basket)
	return basket
