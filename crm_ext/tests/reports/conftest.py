# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt
"""A tag group of its own with a past that is known to the day, and a counter of queries."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import pytest

GROUP = "Test Ladder"
HIGH, LOW = "Test High", "Test Low"


@dataclass
class Past:
	"""Writes assignments of the test group as they would have come about."""

	today: date
	customers: list[str]
	names: list[str] = field(default_factory=list)

	def ago(self, days: int) -> date:
		return self.today - timedelta(days=days)

	def hold(self, customer: int, tag: str, since: int, until: int | None = None, *, shadow: int = 0) -> None:
		"""The customer at this place held `tag` from `since` days ago until `until` days ago."""
		import frappe

		def noon(days: int) -> datetime:
			return datetime.combine(self.ago(days), time(12))

		name = frappe.generate_hash(length=10)
		frappe.get_doc(
			doctype="Customer Tag Assignment",
			name=name,
			customer=self.customers[customer],
			tag=tag,
			tag_group=GROUP,
			company="",
			source="Rule",
			since=noon(since),
			until=None if until is None else noon(until),
			closed_key="" if until is None else name,
			shadow=shadow,
		).db_insert()
		self.names.append(name)


@pytest.fixture
def past(company) -> Past:
	import frappe
	from frappe.utils import getdate, nowdate

	frappe.get_doc(doctype="Customer Tag Group", group_name=GROUP, selection="Exclusive").insert()
	for name, rank in ((HIGH, 20), (LOW, 10)):
		frappe.get_doc(
			doctype="Customer Tag", tag_name=name, tag_group=GROUP, rank=rank, colour="#123456"
		).insert()
	return Past(getdate(nowdate()), sorted(company.customers.values()))


@dataclass
class Count:
	"""How many statements a connection sent within a `with queries()` block."""

	number: int = 0


@pytest.fixture
def queries() -> Callable:
	"""`with queries() as count:` … then `count.number` is what the connection sent meanwhile."""

	@contextmanager
	def counting() -> Iterator[Count]:
		count = Count()
		before = _sent()
		yield count
		count.number = _sent() - before - 1

	return counting


def _sent() -> int:
	import frappe

	return int(frappe.db.sql("show session status like 'Questions'")[0][1])
