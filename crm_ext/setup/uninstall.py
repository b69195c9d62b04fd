# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Taking crm_ext off a site: what Frappe's own `remove-app` would leave behind.

Frappe deletes the records of our module, then our DocTypes and their tables. It leaves rows that point at those
DocTypes, scheduled jobs, defaults and patch entries. Nothing here touches a document of ERPNext, except that the
tags we mirrored onto customers are taken off again. The texts that we brought go too, unless somebody changed them.
"""

import frappe

from crm_ext.constants import PRICE_OVERRIDE, PROMOTION_APPROVER
from crm_ext.setup import custom_fields, email_templates, webhook_events
from crm_ext.setup.defaults import SOWN_KEY

MODULE = "CRM Ext"
ROLES = (PRICE_OVERRIDE, PROMOTION_APPROVER)

TRACES = {
	"Comment": "reference_doctype",
	"Custom DocPerm": "parent",
	"DocShare": "share_doctype",
	"Document Follow": "ref_doctype",
	"Logs To Clear": "ref_doctype",
	"Notification Log": "document_type",
	"Permission Log": "for_document",
	"Tag Link": "document_type",
	"Version": "ref_doctype",
	"View Log": "reference_doctype",
}
"""DocTypes of Frappe whose rows mean nothing without the DocType that the column names."""

RECORDS = {
	"Assignment Rule": "document_type",
	"Auto Email Report": "report",
	"Calendar View": "reference_doctype",
	"Client Script": "dt",
	"Custom Field": "dt",
	"Dashboard Chart": "document_type",
	"Data Import": "reference_doctype",
	"Document Naming Rule": "document_type",
	"File": "attached_to_doctype",
	"Kanban Board": "reference_doctype",
	"List Filter": "reference_doctype",
	"List View Settings": "name",
	"Notification": "document_type",
	"Number Card": "document_type",
	"Prepared Report": "report_name",
	"Print Format": "doc_type",
	"Property Setter": "doc_type",
	"Report": "ref_doctype",
	"Server Script": "reference_doctype",
	"ToDo": "reference_type",
	"User Permission": "allow",
	"Web Form": "doc_type",
	"Webhook": "webhook_doctype",
	"Workflow": "document_type",
}
"""The same for what people made; deleted one by one, with what hangs on it. A dependent stands before its report."""

REPORT_COLUMNS = ("report", "report_name")


def before_uninstall():
	"""Remove what `remove-app` leaves; the DocTypes of crm_ext still exist at this moment."""
	from crm_ext.tags.mirror import remove_all

	remove_all()
	webhook_events.withdraw()
	email_templates.withdraw()
	custom_fields.remove()
	remove_pointers()
	remove_roles()
	remove_scheduled_jobs()
	remove_defaults()
	frappe.clear_cache()


def remove_pointers():
	"""Delete the rows of Frappe that name a DocType or report of ours: versions, comments, files and more.

	The records of our own module are left to Frappe.
	"""
	doctypes = frappe.get_all("DocType", filters={"module": MODULE}, pluck="name")
	reports = frappe.get_all("Report", filters={"ref_doctype": ("in", doctypes)}, pluck="name")
	for doctype, column in TRACES.items():
		if frappe.db.table_exists(doctype):
			frappe.db.delete(doctype, {column: ("in", doctypes)})
	for doctype, column in RECORDS.items():
		if not frappe.db.table_exists(doctype):
			continue
		filters = {column: ("in", reports if column in REPORT_COLUMNS else doctypes)}
		if frappe.get_meta(doctype).has_field("module"):
			filters["module"] = ("!=", MODULE)
		for name in frappe.get_all(doctype, filters=filters, pluck="name"):
			frappe.delete_doc(doctype, name, force=True, ignore_permissions=True, delete_permanently=True)
	_remove_user_settings(doctypes)
	_remove_sidebar()


def _remove_sidebar():
	"""The sidebar that Frappe 16 makes for our workspace without saying whose it is."""
	if frappe.db.table_exists("Workspace Sidebar") and frappe.db.exists("Workspace Sidebar", MODULE):
		frappe.delete_doc("Workspace Sidebar", MODULE, force=True, delete_permanently=True)


def _remove_user_settings(doctypes: list[str]):
	if not doctypes:
		return
	settings = frappe.qb.Table("__UserSettings")
	frappe.qb.from_(settings).delete().where(settings.doctype.isin(doctypes)).run()


def remove_roles():
	"""Delete the roles that our DocTypes brought, unless somebody has given them permissions elsewhere."""
	doctypes = frappe.get_all("DocType", filters={"module": MODULE}, pluck="name")
	for role in ROLES:
		elsewhere = {"role": role, "parent": ("not in", doctypes)}
		if any(frappe.db.exists(doctype, elsewhere) for doctype in ("DocPerm", "Custom DocPerm")):
			continue
		frappe.db.delete("Has Role", {"role": role})
		frappe.delete_doc("Role", role, force=True, ignore_missing=True, delete_permanently=True)


def remove_scheduled_jobs():
	"""Delete our Scheduled Job Types with their logs, and the entries of our patches."""
	for name in frappe.get_all("Scheduled Job Type", filters={"method": ("like", "crm_ext.%")}, pluck="name"):
		frappe.db.delete("Scheduled Job Log", {"scheduled_job_type": name})
		frappe.delete_doc("Scheduled Job Type", name, force=True, delete_permanently=True)
	frappe.db.delete("Patch Log", {"patch": ("like", "crm_ext.%")})


def remove_defaults():
	"""Forget what was sown, so that a new installation sows again. The demo company stays, and stays known."""
	frappe.db.delete("DefaultValue", {"defkey": SOWN_KEY})
	frappe.clear_cache()
