# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""People who sell, and floors for them, on the books of the demo company."""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe
from frappe.custom.doctype.property_setter.property_setter import make_property_setter

WRENCH = "WB-WRENCH"
COST = 600
"""What the demo's wrench set costs; its group is Hand Tools, in Workshop Equipment."""

SELLER, APPROVER = "Sales User", "Price Override"
HIDDEN = 3


def person(name: str, *roles: str) -> str:
	"""A user of these roles; returns the address."""
	address = f"{frappe.scrub(name)}@floors.example"
	if not frappe.db.exists("User", address):
		# Frappe commits when it ends the sessions of a user; the tests over HTTP leave some of the same name
		frappe.db.delete("Sessions", {"user": address})
		frappe.get_doc(
			doctype="User",
			email=address,
			first_name=name,
			send_welcome_email=0,
			roles=[{"role": role} for role in roles],
		).insert()
	return address


def floor(margin: float, **values):
	"""A floor for everybody, unless `values` says otherwise."""
	values = {"title": f"Floor {margin} {' '.join(map(str, values.values()))}", **values}
	return frappe.get_doc({"doctype": "Price Floor", "minimum_margin": margin, **values}).insert()


def hide_costs() -> None:
	"""From now on nobody may read what items cost but who may read their level HIDDEN."""
	for field in ("valuation_rate", "last_purchase_rate"):
		make_property_setter("Item", field, "permlevel", HIDDEN, "Int")


@contextmanager
def as_user(user: str) -> Iterator[None]:
	before = frappe.session.user
	frappe.set_user(user)
	try:
		yield
	finally:
		frappe.set_user(before)
