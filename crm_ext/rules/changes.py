# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""A tag that came or went, as the capabilities tell each other of it (hook `crm_ext_on_tag_changes`). Pure."""

from dataclasses import dataclass
from datetime import datetime

from crm_ext.rules.actions import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TagChange:
	"""One change. `event` is “Tag Gained” or “Tag Lost”; `at` is site time; `company` "": all together."""

	event: str
	assignment: str
	customer: str
	tag: str
	group: str
	company: str
	source: str
	at: datetime
	reason: str | None

	def as_event(self) -> Event:
		"""The event that linkage rules hear: the same whoever tells of the change."""
		return Event(
			key=f"{self.event}:{self.assignment}",
			trigger=self.event,
			customer=self.customer,
			occurred_at=self.at,
			tag=self.tag,
			company=self.company,
			reference_doctype="Customer Tag Assignment",
			reference_name=self.assignment,
		)
