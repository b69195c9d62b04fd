# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Taking crm_ext off a site: what Frappe's own `remove-app` would leave behind.

Frappe deletes the records of our module, then our DocTypes and their tables. It leaves rows that point at those
DocTypes, scheduled jobs, defaults and patch entries. Nothing here touches a document of ERPNext, except that the
tags we mirrored onto customers are taken off again.
"""

import frappe

from crm_ext.setup import webhook_events
from crm_ext.setup.defaults import SOWN_KEY

MODULE = "CRM Ext"

POINTERS = {
	"Assignment Rule": "document_type",
	"Auto Email Report": "report",
	"Comment": "reference_doctype",
	"Custom DocPerm": "parent",
	"Custom Field": "dt",
	"Client Script": "dt",
	"Dashboard Chart": "document_type",
	"Data Export": "reference_doctype",
	"Data Import": "reference_doctype",
	"Deleted Document": "deleted_doctype",
	"Document Follow": "ref_doctype",
	"Document Naming Rule": "document_type",
	"DocShare": "share_doctype",
	"Email Queue": "reference_doctype",
	"Energy Point Log": "reference_doctype",
	"Energy Point Rule": "reference_doctype",
	"Error Log": "reference_doctype",
	"File": "attached_to_doctype",
	"Kanban Board": "reference_doctype",
	"List Filter": "reference_doctype",
	"List View Settings": "name",
	"Notification": "document_type",
	"Notification Log": "document_type",
	"Number Card": "document_type",
	"Prepared Report": "report_name",
	"Print Format": "doc_type",
	"Property Setter": "doc_type",
	"Report": "ref_doctype",
	"Server Script": "reference_doctype",
	"Tag Link": "document_type",
	"ToDo": "reference_type",
	"User Permission": "allow",
	"Version": "ref_doctype",
	"View Log": "reference_doctype",
	"Webhook": "webhook_doctype",
	"Workflow": "document_type",
}
"""DocTypes of Frappe whose rows name a DocType (or report) of ours, and the column that does."""


def before_uninstall():
	"""Remove what `remove-app` leaves; the DocTypes of crm_ext still exist at this moment."""
	from crm_ext.tags.mirror import remove_all

	remove_all()
	webhook_events.withdraw()
	remove_pointers()
	remove_scheduled_jobs()
	remove_defaults()
	frappe.clear_cache()


def remove_pointers():
	"""Delete the rows of Frappe that name a DocType or report of ours (versions, comments, shares, files…)."""
	ours = {
		"doctype": frappe.get_all("DocType", filters={"module": MODULE}, pluck="name"),
		"report": frappe.get_all("Report", filters={"module": MODULE}, pluck="name"),
	}
	for doctype, column in POINTERS.items():
		names = ours["report" if column in ("report", "report_name") else "doctype"]
		if not names or not frappe.db.table_exists(doctype) or not frappe.db.has_column(doctype, column):
			continue
		for name in frappe.get_all(doctype, filters={column: ("in", names)}, pluck="name"):
			frappe.delete_doc(
				doctype, name, force=True, ignore_permissions=True, ignore_missing=True, delete_permanently=True
			)
	_remove_user_settings(ours["doctype"])


def _remove_user_settings(doctypes: list[str]):
	if not doctypes:
		return
	settings = frappe.qb.Table("__UserSettings")
	frappe.qb.from_(settings).delete().where(settings.doctype.isin(doctypes)).run()


def remove_scheduled_jobs():
	"""Delete our Scheduled Job Types with their logs, and the entries of our patches."""
	for name in frappe.get_all("Scheduled Job Type", filters={"method": ("like", "crm_ext.%")}, pluck="name"):
		frappe.db.delete("Scheduled Job Log", {"scheduled_job_type": name})
		frappe.delete_doc("Scheduled Job Type", name, force=True, delete_permanently=True)
	frappe.db.delete("Patch Log", {"patch": ("like", "crm_ext.%")})


def remove_defaults():
	"""Forget what was sown, so that a new installation sows again."""
	frappe.db.delete("DefaultValue", {"defkey": SOWN_KEY})
	frappe.clear_cache()
