# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

from crm_ext.constants import SELLING_DOCTYPES as _selling_doctypes
from crm_ext.desk_assets import doctype_js, doctype_list_js, page_js  # noqa: F401
from crm_ext.record_access import (  # noqa: F401
	has_permission,
	ignore_links_on_delete,
	permission_query_conditions,
)

app_name = "crm_ext"
app_title = "CRM Ext"
app_publisher = "crm_ext contributors"
app_description = "Customer tags and what follows from them, inside ERPNext"
app_email = "crm_ext@example.com"
app_license = "GPL-3.0-or-later"
required_apps = ["frappe/erpnext"]

# Install
# -------

before_install = "crm_ext.setup.install.before_install"
after_install = "crm_ext.setup.install.after_install"
before_migrate = "crm_ext.setup.install.before_migrate"
after_migrate = "crm_ext.setup.install.after_migrate"
before_uninstall = "crm_ext.setup.uninstall.before_uninstall"

# Desk
# ----

override_doctype_dashboards = {"Customer": "crm_ext.overrides.customer_dashboard.get_data"}

extend_bootinfo = "crm_ext.overrides.boot.extend_bootinfo"
_printing = "crm_ext.pricing.printing."
jinja = {"methods": [_printing + "crm_ext_price_waterfall", _printing + "crm_ext_promotions"]}

# Documents of ERPNext
# --------------------

_named = (
	*("Customer Tag", "Email Template", "Price Kind", "Price List", "Payment Terms Template"),
	*("Role", "Sales Partner", "User"),
)
_rated = (
	*("Item", "Brand", "Item Group", "Customer Tag", "Customer Group", "POS Profile", "Branch", "Territory"),
	*("Sales Channel", "UOM", "Currency", "Price Matrix", "Payment Terms Template", "Sales Partner"),
)
_selling = "crm_ext.overrides.selling_documents."
_trees = ("Item Group", "Customer Group", "Territory", "Customer Tag", "Customer Tag Group")
doc_events = {
	_selling_doctypes: {
		event: _selling + event
		for event in (
			*("before_mapping", "before_validate", "validate", "before_submit", "on_trash"),
			"process_item_selection",
		)
	},
	("Quotation Item", "Sales Order Item"): dict.fromkeys(
		("before_insert", "before_update_after_submit"), "crm_ext.overrides.updated_items.saved"
	),
	_trees: dict.fromkeys(("on_update", "after_rename", "on_trash"), "crm_ext.overrides.price_trees.changed"),
	("Sales Order", "Delivery Note", "Sales Invoice", "POS Invoice"): {
		"on_submit": "crm_ext.overrides.trade_documents.on_submit",
		"on_cancel": "crm_ext.overrides.trade_documents.on_cancel",
	},
	"Payment Ledger Entry": {"on_submit": "crm_ext.overrides.payment_ledger_entry.on_submit"},
	_rated: {"after_rename": "crm_ext.pricing.renames.after_rename"},
	_named: {"after_rename": "crm_ext.linkage.renames.after_rename"},
	"Issue": {event: f"crm_ext.overrides.issue.{event}" for event in ("on_update", "on_trash")},
	"Communication": {"after_insert": "crm_ext.overrides.communication.after_insert"},
	"Customer": {
		event: f"crm_ext.overrides.customer.{event}"
		for event in ("after_insert", "on_update", "before_rename", "after_rename", "on_trash")
	},
}

_endpoints = "crm_ext.overrides.price_endpoints."
override_whitelisted_methods = {
	"erpnext.selling.page.point_of_sale.point_of_sale.get_items": "crm_ext.overrides.point_of_sale.get_items",
	"erpnext.stock.get_item_details.get_item_details": _endpoints + "get_item_details",
	"erpnext.stock.get_item_details.apply_price_list": _endpoints + "apply_price_list",
	"erpnext.accounts.doctype.pricing_rule.pricing_rule.apply_pricing_rule": _endpoints
	+ "apply_pricing_rule",
}

# Jobs
# ----

scheduler_events = {
	"cron": {
		"*/5 * * * *": ["crm_ext.tasks.crm_ext_drain_refresh_queue"],
		"15 1 * * *": ["crm_ext.tasks.crm_ext_nightly_refresh"],
		"30 2 * * *": ["crm_ext.tasks.crm_ext_nightly_linkage"],
		"45 2 * * *": ["crm_ext.tasks.crm_ext_nightly_promotion_counters"],
		"15 3 * * *": ["crm_ext.tasks.crm_ext_nightly_price_replay"],
		"45 3 * * *": ["crm_ext.tasks.crm_ext_nightly_item_associations"],
		"0 6 * * 1": ["crm_ext.tasks.crm_ext_weekly_linkage_report"],
	}
}

# Logs
# ----

default_log_clearing_doctypes = {"Linkage Event": 90}

# Extension points of crm_ext (docs/extending.md)
# -----------------------------------------------

crm_ext_facts = [
	*("crm_ext.profile.facts.facts", "crm_ext.tags.facts.facts"),
	*("crm_ext.linkage.facts.facts", "crm_ext.pricing.facts.facts"),
]
crm_ext_on_profile_refresh = [
	"crm_ext.tags.service.refresh_slice",
	"crm_ext.transitions.service.refresh_slice",
	"crm_ext.linkage.sources.profile.refresh_slice",
]
crm_ext_on_customer_merge = [
	"crm_ext.tags.service.merge_customer",
	"crm_ext.linkage.customers.merge_customer",
]
crm_ext_on_tag_changes = ["crm_ext.linkage.sources.tags.on_tag_changes"]
crm_ext_linkage_triggers = ["crm_ext.linkage.triggers.triggers", "crm_ext.tags.triggers.triggers"]
crm_ext_linkage_actions = [
	*("crm_ext.linkage.actions.actions", "crm_ext.tags.linkage_actions.actions"),
	"crm_ext.pricing.linkage_actions.actions",
]
