# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What people do with a site before and after crm_ext is installed; run as a process of its own.

python -m crm_ext.tests.setup.usage SITE before|with|check
"""

import json
import sys

import frappe
from frappe.utils import getdate, nowdate

CUSTOMER = "Lighthouse Keepers"

POINTERS = {
	"Property Setter": {
		"doctype_or_field": "DocField",
		"doc_type": "Customer Tag",
		"field_name": "benefits",
		"property": "hidden",
		"property_type": "Check",
		"value": "1",
	},
	"Custom Field": {
		"dt": "Customer Tag",
		"fieldname": "own_note",
		"fieldtype": "Data",
		"label": "Own Note",
	},
	"Notification": {
		"name": "Own notification",
		"subject": "Tag changed",
		"document_type": "Customer Tag",
		"event": "Save",
		"channel": "System Notification",
		"message": "Tag changed",
		"recipients": [{"receiver_by_role": "Sales User"}],
	},
	"ToDo": {"description": "Check", "reference_type": "Customer Tag", "reference_name": "Gold"},
	"Custom DocPerm": {"parent": "Customer Tag", "role": "Sales User", "read": 1},
	"Has Role": {"parent": "Guest", "parenttype": "User", "parentfield": "roles", "role": "Price Override"},
	"List Filter": {"filter_name": "Own", "reference_doctype": "Customer Tag", "filters": "[]"},
	"Report": {
		"report_name": "Own tag report",
		"ref_doctype": "Customer Tag Assignment",
		"report_type": "Report Builder",
		"is_standard": "No",
	},
	"User Permission": {"user": "Guest", "allow": "Customer Tag Group", "for_value": "Grade"},
	"Webhook": {
		"name": "Own webhook",
		"webhook_doctype": "Customer Tag",
		"webhook_docevent": "on_update",
		"request_url": "https://example.com/hook",
		"enabled": 1,
	},
}
"""A record of each kind that people make around our DocTypes."""


RULE = {
	"doctype": "Linkage Rule",
	"title": "Own rule",
	"trigger": "Tag Gained",
	"tag": "Gold",
	"status": "Active",
	"actions": [{"action": "Add Tag", "parameters": {"tag": "Service-oriented"}}],
}


def before():
	"""A company and a customer with a tag of Frappe's own."""
	from crm_ext.demo.masters import run_setup_wizard

	frappe.clear_cache()  # a site of the same name may have been here before
	run_setup_wizard(getdate(nowdate()))
	frappe.get_single("Log Settings").save()  # with the defaults of the apps that are there
	customer = frappe.get_doc(
		doctype="Customer",
		customer_name=CUSTOMER,
		customer_group=frappe.db.get_value("Customer Group", {"is_group": 0}),
		territory=frappe.db.get_value("Territory", {"is_group": 0}),
	).insert()
	customer.add_tag("Own tag")


def with_crm_ext():
	"""Tags, profiles, runs and a trace in each kind of record that can point at our DocTypes."""
	from crm_ext.linkage import runner
	from crm_ext.profile import queue
	from crm_ext.tags.announce import announce
	from crm_ext.tags.service import assign

	queue.drain()  # the installation has asked for a refresh of everybody
	frappe.get_single("Log Settings").save(ignore_version=True)
	frappe.get_doc(RULE).insert()
	assign(CUSTOMER, "Gold", reason="Anniversary")
	frappe.db.after_commit.reset()  # announced here, not by a worker at some later moment
	announce()
	runner.run()
	tag = frappe.get_doc("Customer Tag", "Gold")
	tag.description = "Changed"
	tag.save()
	tag.add_comment("Comment", "Why 200,000?")
	tag.add_tag("Own tag")
	for doctype, values in POINTERS.items():
		frappe.get_doc({"doctype": doctype, **values}).insert()
	frappe.db.sql("INSERT INTO `__UserSettings` VALUES ('Administrator', 'Customer Tag', '{}')")


def check():
	"""What the customer and the site look like once crm_ext is gone, or there again."""
	tags = frappe.db.get_value("Customer", CUSTOMER, "_user_tags") or ""
	jobs = frappe.get_all("Scheduled Job Type", {"method": ("like", "crm_ext.%")}, pluck="method")
	found = {"user_tags": tags.strip(","), "jobs": sorted(jobs), "tags": [], "runs": []}
	if frappe.db.table_exists("Customer Tag", cached=False):
		found["tags"] = sorted(frappe.get_all("Customer Tag", pluck="name"))
		found["runs"] = frappe.get_all("Linkage Run", pluck="status")
	print(json.dumps(found))


if __name__ == "__main__":
	frappe.init(sys.argv[1], sites_path=".")
	frappe.connect()
	frappe.set_user("Administrator")
	{"before": before, "with": with_crm_ext, "check": check}[sys.argv[2]]()
	frappe.db.commit()
	frappe.destroy()
