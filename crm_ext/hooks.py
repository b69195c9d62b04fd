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
_rule_list_js = "public/js/rule_status.js"
_rule_js = [
	*("public/js/desk_ui.js", _rule_list_js),
	*("public/js/rule_conditions.js", "public/js/rule_life_cycle.js"),
]
_linkage_js = [*_rule_js, "public/js/linkage_words.js"]
_run_js = ["public/js/desk_ui.js", "public/js/linkage_words.js", "public/js/linkage_run.js"]
doctype_js = {
	"Customer": [*_tag_js, "public/js/tag_actions.js", "public/js/customer.js"],
	"Customer Tag": [*_rule_js, "public/js/tag_simulation.js"],
	"Customer Tag Assignment": _tag_js,
	"Customer Tag Group": "public/js/desk_ui.js",
	"Class Transition": _rule_js,
	"Linkage Rule": [
		*_linkage_js,
		*(f"public/js/linkage_{part}.js" for part in ("rule", "actions", "dry_run")),
	],
	"Linkage Run": _run_js,
}
doctype_list_js = {
	"Customer": "public/js/customer_list.js",
	"Linkage Run": _run_js,
	**dict.fromkeys(("Customer Tag", "Class Transition", "Linkage Rule"), _rule_list_js),
}
page_js = {
	"linkage-map": [
		*_linkage_js,
		*(f"public/js/linkage_{part}.js" for part in ("map_nodes", "map", "details", "what_if", "answer")),
	]
}
override_doctype_dashboards = {"Customer": "crm_ext.overrides.customer_dashboard.get_data"}

# Documents of ERPNext
# --------------------

_named = (
	*("Customer Tag", "Email Template", "Price List", "Payment Terms Template"),
	*("Role", "Sales Partner", "User"),
)
doc_events = {
	("Sales Order", "Delivery Note", "Sales Invoice", "POS Invoice"): {
		"on_submit": "crm_ext.overrides.trade_documents.on_submit",
		"on_cancel": "crm_ext.overrides.trade_documents.on_cancel",
	},
	"Payment Ledger Entry": {"on_submit": "crm_ext.overrides.payment_ledger_entry.on_submit"},
	_named: {"after_rename": "crm_ext.linkage.renames.after_rename"},
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
		"30 2 * * *": ["crm_ext.tasks.crm_ext_nightly_linkage"],
		"0 6 * * 1": ["crm_ext.tasks.crm_ext_weekly_linkage_report"],
	}
}

# Permissions
# -----------

_of_customers = (
	*("Customer Profile", "Customer Tag Assignment", "Class Transition Log"),
	*("Linkage Event", "Linkage Run", "Linkage Match", "Customer Occasion"),
)
permission_query_conditions = dict.fromkeys(_of_customers, "crm_ext.profile.permissions.query_conditions")
permission_query_conditions["Linkage Run Action"] = "crm_ext.linkage.permissions.query_conditions"
has_permission = dict.fromkeys(_of_customers, "crm_ext.profile.permissions.has_permission")

# Deleting a customer takes our rows along (overrides/customer.py)
ignore_links_on_delete = [*_of_customers, "Profile Refresh Request"]
default_log_clearing_doctypes = {"Linkage Event": 90}

# Extension points of crm_ext (docs/extending.md)
# -----------------------------------------------

crm_ext_facts = ["crm_ext.profile.facts.facts", "crm_ext.tags.facts.facts", "crm_ext.linkage.facts.facts"]
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
crm_ext_linkage_actions = ["crm_ext.linkage.actions.actions", "crm_ext.tags.linkage_actions.actions"]
