# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The facts that rules can ask about: the figures of the profile and the customer's own fields."""

import frappe

from crm_ext.profile.figures import read
from crm_ext.rules.facts import NUMERIC, Fact, FactType

PROFILE = "Customer Profile"
CUSTOMER = "Customer"

NOT_FACTS = frozenset({"customer", "company", "currency", "as_of", "item_group_mix"})
"""Columns of the profile that say what a row is about, or that no operator goes with."""

DURATIONS = frozenset({"cooperation_days", "median_days_between_orders"})

TREES = {
	"customer_group": "Customer Group",
	"territory": "Territory",
	"top_item_group": "Item Group",
	"item_groups": "Item Group",
}

CUSTOMER_FIELDS = (
	"customer_group",
	"territory",
	"customer_type",
	"industry",
	"market_segment",
	"default_currency",
	"default_price_list",
	"payment_terms",
	"tax_category",
	"language",
	"account_manager",
	"default_sales_partner",
	"loyalty_program",
	"loyalty_program_tier",
	"gender",
	"disabled",
	"is_frozen",
	"is_internal_customer",
)

_TYPES = {
	"Currency": FactType.MONEY,
	"Float": FactType.NUMBER,
	"Int": FactType.NUMBER,
	"Check": FactType.NUMBER,
	"Percent": FactType.NUMBER,
	"Date": FactType.DATE,
}
_UNITS = {"Percent": "%", "Check": "0 or 1"}


def facts() -> list[Fact]:
	"""Registered through the hook `crm_ext_facts`. A fact is named and labelled as its column."""
	return _profile_facts() + _customer_facts()


def _profile_facts() -> list[Fact]:
	fields = frappe.get_meta(PROFILE).get("fields")
	return [
		_fact(field, "profile", read(field.fieldname))
		for field in fields
		if field.fieldtype not in frappe.model.no_value_fields and field.fieldname not in NOT_FACTS
	]


def _customer_facts() -> list[Fact]:
	meta = frappe.get_meta(CUSTOMER)
	fields = [meta.get_field(name) for name in CUSTOMER_FIELDS if meta.has_field(name)]
	return [_fact(field, "customer", f"c.{field.fieldname}") for field in fields]


def _fact(field, source: str, sql: str) -> Fact:
	name = field.fieldname
	if name == "item_groups":
		type_ = FactType.SET
	elif name in DURATIONS:
		type_ = FactType.DURATION
	else:
		type_ = _TYPES.get(field.fieldtype, FactType.TEXT)
	return Fact(
		name=name,
		label=field.label,
		type=type_,
		unit="days" if name in DURATIONS else _UNITS.get(field.fieldtype, ""),
		source=source,
		options=TREES.get(name) or (field.options if field.fieldtype == "Link" else ""),
		tree=name in TREES,
		sql=sql,
		whole=field.fieldtype in ("Int", "Check"),
		always=type_ in NUMERIC and sql.endswith(f".{name}"),  # number columns cannot be NULL
	)
