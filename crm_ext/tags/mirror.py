# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The tags of Frappe's own lists show ours: a one-way copy to Customer._user_tags and Tag Link.

Free tags that people set there themselves stay.
"""

from collections.abc import Collection

import frappe

from crm_ext.compat import user_tags_text
from crm_ext.constants import OPEN
from crm_ext.rows import insert_rows
from crm_ext.settings import settings

BATCH = 500


def enabled() -> bool:
	return bool(settings().mirror_tags)


def sync(customers: Collection[str]) -> None:
	"""Bring the mirrored tags of these customers in line with their open assignments."""
	if customers and enabled():
		_sync(customers, _our_tags())


def _sync(customers: Collection[str], ours: set[str]) -> None:
	# in order, so that two mirrors of the same customers wait for each other
	frappe.db.sql(
		"SELECT name FROM `tabCustomer` WHERE name IN %s ORDER BY name FOR UPDATE", (tuple(customers),)
	)
	held: dict[str, set[str]] = {}
	for row in frappe.get_all(
		"Customer Tag Assignment",
		filters={"customer": ("in", list(customers)), "closed_key": OPEN, "shadow": 0},
		fields=["customer", "tag"],
	):
		held.setdefault(row.customer, set()).add(row.tag)
	_write({customer: held.get(customer, set()) for customer in customers}, ours)


def follow_the_switch() -> None:
	"""After the setting was changed: mirror every customer, or take all mirrored tags away. Commits by batches."""
	if enabled():
		customers = frappe.get_all("Customer", pluck="name", order_by="name")
		for first in range(0, len(customers), BATCH):
			sync(customers[first : first + BATCH])
			frappe.db.commit()
	else:
		remove_all(commit=True)


def remove_all(*, commit: bool = False) -> None:
	"""Take our tags out of the lists again: for the uninstall, and when the mirror was switched off."""
	ours = _our_tags()
	linked = frappe.get_all(
		"Tag Link", filters={"document_type": "Customer", "tag": ("in", list(ours))}, pluck="document_name"
	)
	customers = sorted(set(linked))
	for first in range(0, len(customers), BATCH):
		_write({customer: set() for customer in customers[first : first + BATCH]}, ours)
		if commit:
			frappe.db.commit()
	for tag in ours:
		if not frappe.db.exists("Tag Link", {"tag": tag}):
			frappe.db.delete("Tag", {"name": tag})


def _our_tags() -> set[str]:
	return set(frappe.get_all("Customer Tag", pluck="name"))


def _write(wanted: dict[str, set[str]], ours: set[str]) -> None:
	customers = frappe.db.sql(
		"SELECT name, customer_name, _user_tags FROM `tabCustomer` WHERE name IN %s", (tuple(wanted),)
	)
	links = {
		(row.document_name, row.tag): row.name
		for row in frappe.get_all(
			"Tag Link",
			filters={
				"document_type": "Customer",
				"document_name": ("in", list(wanted)),
				"tag": ("in", list(ours)),
			},
			fields=["name", "document_name", "tag"],
		)
	}
	missing, changed = [], {}
	for name, title, text in customers:
		own = [tag for tag in (text or "").split(",") if tag and tag not in ours]
		new = user_tags_text([*own, *sorted(wanted[name])])
		if new != (text or ""):
			changed[name] = new
		missing += [(name, title, tag) for tag in sorted(wanted[name]) if (name, tag) not in links]
	if changed:
		# one statement, so that the customers are not locked for longer than it takes
		frappe.db.sql(
			f"""UPDATE `tabCustomer` SET _user_tags = CASE name {"WHEN %s THEN %s " * len(changed)} END
			WHERE name IN %s""",
			(*(part for pair in changed.items() for part in pair), tuple(changed)),
		)
	gone = [link for (customer, tag), link in links.items() if tag not in wanted[customer]]
	if gone:
		frappe.db.delete("Tag Link", {"name": ("in", gone)})
	_link(missing)


def _link(missing: list[tuple[str, str, str]]) -> None:
	if not missing:
		return
	tags = {tag for _, _, tag in missing}
	known = set(frappe.get_all("Tag", filters={"name": ("in", list(tags))}, pluck="name"))
	for tag in sorted(tags - known):
		# a job's own bookkeeping; another announcer may have been quicker
		frappe.get_doc(doctype="Tag", name=tag).insert(ignore_permissions=True, ignore_if_duplicate=True)
	insert_rows(
		"Tag Link",
		("document_type", "document_name", "title", "tag"),
		[("Customer", customer, title, tag) for customer, title, tag in missing],
	)


def rename_later(old: str, new: str) -> None:
	"""Have a renamed tag renamed in the lists too, in the background."""
	frappe.enqueue("crm_ext.tags.mirror.rename", queue="long", enqueue_after_commit=True, old=old, new=new)


def rename(old: str, new: str) -> None:
	"""Replace the mirrored tag `old` by `new` wherever it is shown."""
	linked = frappe.get_all(
		"Tag Link", filters={"document_type": "Customer", "tag": old}, pluck="document_name", order_by="name"
	)
	for first in range(0, len(linked), BATCH):
		_sync(linked[first : first + BATCH], _our_tags() | {old, new})
	if not frappe.db.exists("Tag Link", {"tag": old}):
		frappe.db.delete("Tag", {"name": old})
