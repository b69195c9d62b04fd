# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What the rules of prices have in common, once they are compiled."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from frappe.utils import getdate

from crm_ext.rules.conditions import Condition
from crm_ext.rules.lifecycle import Status, in_force
from crm_ext.rules.rule_document import conditions_of

LIVE = (Status.ACTIVE.value, Status.OBSERVING.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRule:
	"""A matrix, a kind or a promotion that is active or observes."""

	doctype: str
	name: str
	version: str
	priority: int
	valid_from: date | None
	valid_to: date | None
	conditions: tuple[Condition, ...]

	def in_force(self, as_of: date) -> bool:
		return in_force(self.valid_from, self.valid_to, as_of)


def rule_fields(doctype: str, doc: Mapping, version: str, conditions: Iterable[Mapping]) -> dict:
	"""The fields of a LiveRule, from those of its document and the rows of its conditions."""
	return {
		"doctype": doctype,
		"name": doc.get("name"),
		"version": version,
		"priority": doc.get("priority") or 0,
		"valid_from": getdate(doc.get("valid_from")) if doc.get("valid_from") else None,
		"valid_to": getdate(doc.get("valid_to")) if doc.get("valid_to") else None,
		"conditions": conditions_of(conditions),
	}
