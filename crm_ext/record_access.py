# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Who may see which of our records, and which of them do not hold up a deletion; hooks.py hands it to Frappe."""

_of_customers = (
	*("Customer Profile", "Customer Tag Assignment", "Class Transition Log", "Price Approval"),
	*("Linkage Event", "Linkage Run", "Linkage Match", "Customer Occasion", "Price Deviation"),
)
_with_customers = (*_of_customers, "Promotion Redemption", "Promotion Sale")
permission_query_conditions = dict.fromkeys(_with_customers, "crm_ext.profile.permissions.query_conditions")
permission_query_conditions["Linkage Run Action"] = "crm_ext.linkage.permissions.query_conditions"
has_permission = dict.fromkeys(_with_customers, "crm_ext.profile.permissions.has_permission")
_owners = {"Price Matrix Rate": "pricing.rates", "Price Matrix Import": "pricing.rates"}
_owners |= dict.fromkeys(("Coupon Batch", "Promotion Coupon"), "pricing.promotions")
for _doctype, _owner in {**_owners, "Item Association": "cross_sell"}.items():
	permission_query_conditions[_doctype] = f"crm_ext.{_owner}.permissions.query_conditions"
	has_permission[_doctype] = f"crm_ext.{_owner}.permissions.has_permission"

ignore_links_on_delete = [*_of_customers, "Profile Refresh Request", "Item Association"]
"""Deleting a customer takes our rows along (overrides/customer.py)."""
