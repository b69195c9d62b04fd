# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The fields that crm_ext adds to DocTypes of ERPNext: one list for installing, migrating and uninstalling."""

import frappe
from frappe.custom.doctype.custom_field.custom_field import create_custom_fields

from crm_ext.constants import SELLING_DOCTYPES

MODULE = "CRM Ext"

_ROWS = tuple(f"{doctype} Item" for doctype in SELLING_DOCTYPES)
_WITHOUT_POS_PROFILE = ("Quotation", "Sales Order", "Delivery Note")

CUSTOMER = (
	{
		"fieldname": "crm_ext_price_kind",
		"label": "Price Kind",
		"fieldtype": "Link",
		"options": "Price Kind",
		"insert_after": "default_price_list",
		"description": "Given by hand or by a linkage rule; it counts before the conditions of the price kinds.",
		"ignore_user_permissions": 1,
	},
)
POS_PROFILE = (
	{
		"fieldname": "crm_ext_pos_profile",
		"label": "Point of Sale",
		"fieldtype": "Link",
		"options": "POS Profile",
		"insert_after": "crm_ext_price_approval",
		"print_hide": 1,
		"no_copy": 0,
	},
)
DOCUMENT = (
	{
		"fieldname": "crm_ext_price_section",
		"label": "Automatic Price",
		"fieldtype": "Section Break",
		"insert_after": "ignore_pricing_rule",
		"collapsible": 1,
	},
	{
		"fieldname": "crm_ext_price_approval",
		"label": "Price Approval",
		"fieldtype": "Select",
		"options": "\nBelow Floor\nRequested\nApproved\nRejected",
		"insert_after": "crm_ext_price_section",
		"read_only": 1,
		"no_copy": 1,
		"print_hide": 1,
		"in_standard_filter": 1,
	},
	{
		"fieldname": "crm_ext_price_column",
		"fieldtype": "Column Break",
		"insert_after": "crm_ext_price_approval",
	},
	{
		"fieldname": "crm_ext_branch",
		"label": "Branch of the Sale",
		"fieldtype": "Link",
		"options": "Branch",
		"insert_after": "crm_ext_price_column",
		"print_hide": 1,
	},
	{
		"fieldname": "crm_ext_sales_channel",
		"label": "Sales Channel",
		"fieldtype": "Link",
		"options": "Sales Channel",
		"insert_after": "crm_ext_branch",
		"print_hide": 1,
	},
	{
		"fieldname": "crm_ext_coupon_codes",
		"label": "Coupon Codes",
		"fieldtype": "Small Text",
		"insert_after": "crm_ext_sales_channel",
		"print_hide": 1,
		"description": "Several are separated by commas or spaces.",
	},
	{
		"fieldname": "crm_ext_promotion_terms",
		"label": "Terms of the Promotions",
		"fieldtype": "Text Editor",
		"insert_after": "terms",
		"read_only": 1,
		"depends_on": "crm_ext_promotion_terms",
	},
	{
		"fieldname": "crm_ext_promotions",
		"label": "Promotions",
		"fieldtype": "Long Text",
		"insert_after": "crm_ext_coupon_codes",
		"hidden": 1,
		"read_only": 1,
		"print_hide": 1,
	},
)
ROW = (
	{
		"fieldname": "crm_ext_base_rate",
		"label": "Base Rate",
		"fieldtype": "Currency",
		"options": "currency",
		"insert_after": "price_list_rate",
		"read_only": 1,
		"print_hide": 1,
		"description": "The price of the price list, before price kinds and matrices.",
		"depends_on": "crm_ext_base_rate",
	},
	{
		"fieldname": "crm_ext_price_locked",
		"label": "Price Locked",
		"fieldtype": "Check",
		"insert_after": "crm_ext_base_rate",
		"print_hide": 1,
		"description": "The automatic price leaves this line alone.",
	},
	{
		"fieldname": "crm_ext_price_reason",
		"label": "Why This Price",
		"fieldtype": "Small Text",
		"insert_after": "crm_ext_price_locked",
		"read_only": 1,
		"print_hide": 1,
		"depends_on": "crm_ext_price_reason",
	},
	{
		"fieldname": "crm_ext_price_steps",
		"label": "Price Waterfall",
		"fieldtype": "Long Text",
		"insert_after": "crm_ext_price_reason",
		"hidden": 1,
		"read_only": 1,
		"print_hide": 1,
	},
	{
		"fieldname": "crm_ext_promotion",
		"label": "Free by Promotion",
		"fieldtype": "Link",
		"options": "Sales Promotion",
		"insert_after": "crm_ext_price_steps",
		"read_only": 1,
		"print_hide": 1,
		"depends_on": "crm_ext_promotion",
		"ignore_user_permissions": 1,
	},
	{
		"fieldname": "crm_ext_below_floor",
		"label": "Below Floor",
		"fieldtype": "Check",
		"insert_after": "crm_ext_promotion",
		"hidden": 1,
		"read_only": 1,
		"no_copy": 1,
		"print_hide": 1,
	},
)
CHARGE = (
	{
		"fieldname": "crm_ext_promotion",
		"label": "Taken Back by Promotion",
		"fieldtype": "Link",
		"options": "Sales Promotion",
		"insert_after": "description",
		"read_only": 1,
		"print_hide": 1,
		"depends_on": "crm_ext_promotion",
		"ignore_user_permissions": 1,
	},
)

FIELDS = {
	("Customer",): CUSTOMER,
	SELLING_DOCTYPES: DOCUMENT,
	_WITHOUT_POS_PROFILE: POS_PROFILE,
	_ROWS: ROW,
	("Sales Taxes and Charges",): CHARGE,
}


def create() -> None:
	"""Create or update our fields; a field that is as it should be costs nothing."""
	create_custom_fields(
		{doctypes: [{**field, "module": MODULE} for field in fields] for doctypes, fields in FIELDS.items()},
		ignore_validate=True,
	)


def remove() -> None:
	"""Delete our fields with their columns: Frappe would leave the columns behind."""
	for doctypes, fields in FIELDS.items():
		for doctype in doctypes:
			names = [field["fieldname"] for field in fields]
			for name in frappe.get_all(
				"Custom Field", {"dt": doctype, "fieldname": ("in", names)}, pluck="name"
			):
				frappe.delete_doc("Custom Field", name, force=True)
			drop_columns(doctype, names)


def drop_columns(doctype: str, names: list[str]) -> None:
	"""Drop the columns that exist of these."""
	there = [name for name in names if name in frappe.db.get_table_columns(doctype)]
	if there:
		frappe.db.sql_ddl(
			f"ALTER TABLE `tab{doctype}` {', '.join(f'DROP COLUMN `{name}`' for name in there)}"
		)
		frappe.cache.hdel("table_columns", f"tab{doctype}")
