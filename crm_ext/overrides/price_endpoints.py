# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The endpoints that ERPNext's forms ask for prices: ours around those of whoever came before us.

Each takes the same parameters under both names that ERPNext has for the first: `args` up to version 15, `ctx` after.
"""

from collections.abc import Callable

import frappe

from crm_ext.pricing import forms

GET_ITEM_DETAILS = "erpnext.stock.get_item_details.get_item_details"
APPLY_PRICE_LIST = "erpnext.stock.get_item_details.apply_price_list"
APPLY_PRICING_RULE = "erpnext.accounts.doctype.pricing_rule.pricing_rule.apply_pricing_rule"


@frappe.whitelist()
def get_item_details(
	args: dict | str | None = None,
	doc: dict | str | None = None,
	for_validate: bool | int | str = False,
	overwrite_warehouse: bool | int | str = True,
	ctx: dict | str | None = None,
):
	"""A row's details when an item is picked, with its automatic price as the price list rate."""
	asked = _parsed(args or ctx)
	given = forms.answers(asked, [asked], doc, picking=True)
	forms.put_in([asked], given)
	out = before_us(GET_ITEM_DETAILS)(asked, doc, for_validate, overwrite_warehouse)
	forms.merge(out, given[0])
	return out


@frappe.whitelist()
def apply_price_list(
	args: dict | str | None = None,
	as_doc: bool | int | str = False,
	doc: dict | str | None = None,
	ctx: dict | str | None = None,
):
	"""The rows' price list rates after a change of quantity, unit, price list or customer."""
	asked = _parsed(args or ctx)
	items = asked.get("items") or []
	given = forms.answers(asked, items, doc)
	forms.put_in(items, given)
	out = before_us(APPLY_PRICE_LIST)(asked, as_doc, doc)
	rows = out.get("items") if as_doc else out.get("children")
	for row, answer in zip(rows or (), given, strict=False):
		forms.merge(row, answer)
	return out


@frappe.whitelist()
def apply_pricing_rule(args: dict | str, doc: dict | str | None = None):
	"""What ERPNext's rules do to the rows, starting from their automatic prices."""
	asked = _parsed(args)
	items = asked.get("items") or []
	came = [item.get("price_list_rate") for item in items]
	given = forms.answers(asked, items, doc)
	forms.put_in(items, given)
	out = before_us(APPLY_PRICING_RULE)(asked, doc)
	for row, answer, price in zip(out or (), given, came, strict=False):
		forms.merge(row, answer, unless=price)
	return out


def before_us(path: str, module: str = __name__) -> Callable:
	"""What would answer if crm_ext were not installed: the override of an app before ours, else ERPNext itself.

	`module` is where ours is, by the same name.
	"""
	ours = f"{module}.{path.rsplit('.', 1)[-1]}"
	overrides = frappe.get_hooks("override_whitelisted_methods").get(path, [])
	earlier = overrides[: overrides.index(ours)] if ours in overrides else []
	return frappe.get_attr(earlier[-1] if earlier else path)


def _parsed(args: dict | str | None) -> frappe._dict:
	return frappe._dict(frappe.parse_json(args) if isinstance(args, str) else args or {})
