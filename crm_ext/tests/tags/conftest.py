# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Invented groups: with customers whose figures are written directly, the tags are judged by the figures alone."""

from datetime import date

import pytest

TODAY = date(2026, 6, 30)


@pytest.fixture
def group():
	"""`group("Club", High=dict(rank=2, conditions=[...]))` makes a group of active tags named “Club High”…"""
	import frappe

	def make(name: str, selection: str = "Exclusive", scope: str = "All companies together", **tags) -> str:
		frappe.get_doc(
			doctype="Customer Tag Group", group_name=name, selection=selection, scope=scope
		).insert()
		for title, values in tags.items():
			frappe.get_doc(
				{
					"doctype": "Customer Tag",
					"tag_name": f"{name} {title}",
					"tag_group": name,
					"status": "Active",
					**values,
				}
			).insert()
		return name

	return make


@pytest.fixture
def refresh():
	"""`refresh("Name", group="Club")` evaluates one group for some customers as of TODAY."""
	from crm_ext.profile.slices import CustomerSlice
	from crm_ext.tags import groups, service

	def run(*customers: str, group: str, as_of: date = TODAY) -> int:
		return service.refresh_slice(CustomerSlice.of(customers), as_of, levels=groups.load([group]))

	return run


@pytest.fixture
def held():
	"""`held("Name")` are the names of the tags a customer holds."""
	from crm_ext.tags import service

	def tags(customer: str, company: str | None = None) -> set[str]:
		return {row["tag"] for row in service.tags_of(customer, company)}

	return tags


def at_least(value: int, fact: str = "revenue_365d", **more) -> dict:
	return {"fact": fact, "operator": ">=", "value": str(value), **more}


def below(value: int, fact: str = "revenue_365d", **more) -> dict:
	return {"fact": fact, "operator": "<", "value": str(value), **more}
