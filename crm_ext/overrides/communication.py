# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Communication: the last contact with a customer."""

from crm_ext.profile import queue


def after_insert(doc, method=None):
	if doc.communication_type == "Communication":
		queue.mark(_customers(doc), doc.doctype)


def _customers(doc) -> set[str]:
	linked = {link.link_name for link in doc.timeline_links if link.link_doctype == "Customer"}
	return linked | {doc.reference_name} if doc.reference_doctype == "Customer" else linked
