# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Our events among the “Doc Event” choices of a Webhook.

Frappe offers a fixed list. A Property Setter of our module adds to it, on install and after every migration (the
list may have grown), and goes with the module on uninstall.
"""

import frappe

from crm_ext.constants import LINKAGE, TAG_GAINED, TAG_LOST

EVENTS = (TAG_GAINED, TAG_LOST, LINKAGE)
FIELD = {"doc_type": "Webhook", "field_name": "webhook_docevent", "property": "options"}


def offer() -> None:
	"""Offer the events; other apps' additions stay."""
	options = frappe.get_meta("Webhook", cached=False).get_field("webhook_docevent").options.split("\n")
	missing = [event for event in EVENTS if event not in options]
	if missing:
		frappe.db.delete("Property Setter", {**FIELD, "module": "CRM Ext"})
		frappe.get_doc(
			doctype="Property Setter",
			doctype_or_field="DocField",
			property_type="Text",
			value="\n".join([*options, *missing]),
			module="CRM Ext",
			**FIELD,
		).insert(ignore_permissions=True)  # part of the installation


def withdraw() -> None:
	"""Disable the webhooks that wait for our events, which nobody fires any more, and take the choices away."""
	for name in frappe.get_all("Webhook", {"webhook_docevent": ("in", EVENTS)}, pluck="name"):
		frappe.db.set_value("Webhook", name, "enabled", 0)
	frappe.db.delete("Property Setter", {**FIELD, "module": "CRM Ext"})
	frappe.clear_cache(doctype="Webhook")
