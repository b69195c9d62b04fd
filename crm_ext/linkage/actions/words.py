# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What actions say, and the placeholders of what people have them say."""

import re

import frappe
from frappe import _

from crm_ext.exceptions import UnknownPlaceholder
from crm_ext.rules.actions import Work

PLACEHOLDERS = ("customer_name", "tag", "document", "rule")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def check_placeholders(text: str | None) -> None:
	"""Raises UnknownPlaceholder."""
	for name in _PLACEHOLDER.findall(text or ""):
		if name not in PLACEHOLDERS:
			allowed = ", ".join(f"{{{known}}}" for known in PLACEHOLDERS)
			raise UnknownPlaceholder(placeholder=f"{{{name}}}", allowed=allowed)


def fill(text: str | None, work: Work) -> str:
	"""The text with its placeholders replaced. Nothing in it is evaluated. Raises UnknownPlaceholder."""
	check_placeholders(text)
	values = event_of(work) | {"customer_name": customer_name(work.customer)}
	return _PLACEHOLDER.sub(lambda found: values[found[1]], text or "")


def event_of(work: Work) -> dict[str, str]:
	"""What happened, for texts: {tag, document, rule}; the document with its kind, such as “Sales Order SO-1”."""
	event = work.event
	document = f"{_(event.reference_doctype)} {event.reference_name}" if event.reference_name else ""
	return {"tag": event.tag, "document": document, "rule": work.rule}


def customer_name(customer: str) -> str:
	return frappe.db.get_value("Customer", customer, "customer_name") or customer


def change(label: str, before: str | None, after: str) -> str:
	"""“Price List: Standard → Gold”."""
	return _("{0}: {1}").format(_(label), f"{before or '–'} → {after}")
