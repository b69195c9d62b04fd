# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

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

_tag_js = ["public/js/desk_ui.js", "public/js/tag_why.js"]
_rule_js = ["public/js/desk_ui.js", "public/js/rule_conditions.js", "public/js/rule_life_cycle.js"]
doctype_js = {
	"Customer": [*_tag_js, "public/js/tag_actions.js", "public/js/customer.js"],
	"Customer Tag": [*_rule_js, "public/js/tag_simulation.js"],
	"Customer Tag Assignment": _tag_js,
	"Customer Tag Group": "public/js/desk_ui.js",
	"Class Transition": _rule_js,
}
doctype_list_js = {"Customer": "public/js/customer_list.js"}

# Documents of ERPNext
# --------------------

doc_events = {
	("Sales Order", "Delivery Note", "Sales Invoice", "POS Invoice"): {
		"on_submit": "crm_ext.overrides.trade_documents.on_submit",
		"on_cancel": "crm_ext.overrides.trade_documents.on_cancel",
	},
	"Payment Ledger Entry": {"on_submit": "crm_ext.overrides.payment_ledger_entry.on_submit"},
	"Issue": {
		"on_update": "crm_ext.overrides.issue.on_update",
		"on_trash": "crm_ext.overrides.issue.on_trash",
	},
	"Communication": {"after_insert": "crm_ext.overrides.communication.after_insert"},
	"Customer": {
		"after_insert": "crm_ext.overrides.customer.after_insert",
		"on_update": "crm_ext.overrides.customer.on_update",
		"before_rename": "crm_ext.overrides.customer.before_rename",
		"after_rename": "crm_ext.overrides.customer.after_rename",
		"on_trash": "crm_ext.overrides.customer.on_trash",
	},
}

# Jobs
# ----

scheduler_events = {
	"cron": {
		"*/5 * * * *": ["crm_ext.tasks.crm_ext_drain_refresh_queue"],
		"15 1 * * *": ["crm_ext.tasks.crm_ext_nightly_refresh"],
	}
}

# Permissions
# -----------

permission_query_conditions = {
	"Customer Profile": "crm_ext.profile.permissions.query_conditions",
	"Customer Tag Assignment": "crm_ext.profile.permissions.query_conditions",
	"Class Transition Log": "crm_ext.profile.permissions.query_conditions",
}
has_permission = {
	"Customer Profile": "crm_ext.profile.permissions.has_permission",
	"Customer Tag Assignment": "crm_ext.profile.permissions.has_permission",
	"Class Transition Log": "crm_ext.profile.permissions.has_permission",
}

# Deleting a customer takes our rows along (overrides/customer.py)
ignore_links_on_delete = [
	"Customer Profile",
	"Customer Tag Assignment",
	"Class Transition Log",
	"Profile Refresh Request",
]

# Extension points of crm_ext (docs/extending.md)
# -----------------------------------------------

crm_ext_facts = ["crm_ext.profile.facts.facts", "crm_ext.tags.facts.facts"]
crm_ext_on_profile_refresh = [
	"crm_ext.tags.service.refresh_slice",
	"crm_ext.transitions.service.refresh_slice",
]
crm_ext_on_customer_merge = ["crm_ext.tags.service.merge_customer"]
