# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""All SQL of the tags: condition masks, open assignments, thresholds near, and what a refresh writes."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import frappe
from frappe.utils import now_datetime

from crm_ext.constants import OPEN
from crm_ext.profile.customer_facts import select_facts
from crm_ext.profile.slices import CustomerSlice
from crm_ext.rows import insert_rows, new_name
from crm_ext.rules import sql
from crm_ext.rules.conditions import Clause
from crm_ext.rules.facts import FactRegistry, FactValue
from crm_ext.tags.model import Held

MASK_BITS = 60
WRITE_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class OpenAssignment:
	"""A Customer Tag Assignment that has not ended."""

	name: str
	customer: str
	company: str
	tag: str
	tag_group: str
	source: str
	since: datetime
	locked: int
	expires_on: date | None
	grace_until: date | None
	shadow: int

	def held(self) -> Held:
		return Held(
			tag=self.tag,
			since=self.since.date(),
			by_rule=self.source == "Rule",
			locked=bool(self.locked),
			grace_until=self.grace_until,
		)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
	"""A row to open."""

	customer: str
	company: str
	tag: str
	tag_group: str
	source: str = "Rule"
	shadow: bool = False
	reason: str | None = None
	expires_on: date | None = None
	rule_version: str | None = None
	evidence: dict | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
	"""A row to close."""

	assignment: str
	shadow: bool
	reason: str
	evidence: dict | None = None


def masks(
	chunk: CustomerSlice, company: str, clauses: Mapping[str, Sequence[Clause]], registry: FactRegistry
) -> Iterator[tuple[str, int, int]]:
	"""For each customer of the slice with a profile in the scope: (customer, bits entered, bits kept).

	Bit n stands for the n-th tag of `clauses`. One statement whatever the number of tags.
	"""
	columns = {name: registry[name].sql for tag in clauses.values() for name in {c.fact for c in tag}}
	expressions, values = [], []
	for holding in (False, True):
		for first in range(0, max(len(clauses), 1), MASK_BITS):
			terms = ["0"]
			for bit, tag_clauses in enumerate(list(clauses.values())[first : first + MASK_BITS]):
				expression, places = sql.select(tag_clauses, columns, holding)
				terms.append(f"({expression}) * {1 << bit}")
				values.extend(places)
			expressions.append(" + ".join(terms))
	where, places = chunk.where("c.name")
	rows = frappe.db.sql(
		f"""SELECT c.name, {", ".join(expressions)}
		FROM `tabCustomer` c JOIN `tabCustomer Profile` p ON p.customer = c.name AND p.company = %s
		WHERE {where}""",
		(*values, company, *places),
	)
	words = len(expressions) // 2
	for customer, *numbers in rows:
		yield customer, _joined(numbers[:words]), _joined(numbers[words:])


def _joined(words: Sequence[int]) -> int:
	bits = 0
	for place, word in enumerate(words):
		bits |= int(word) << (place * MASK_BITS)
	return bits


def facts_near(
	chunk: CustomerSlice,
	company: str,
	bands: Sequence[tuple[str, Decimal, Decimal]],
	names: Sequence[str],
	registry: FactRegistry,
) -> Iterator[tuple[str, dict[str, FactValue]]]:
	"""The named facts of the customers for whom some fact lies in one of its bands (fact, from, to)."""
	if not bands:
		return iter(())
	where, values = chunk.where("c.name")
	within = " OR ".join(f"({registry[fact].sql}) BETWEEN %s AND %s" for fact, _from, _to in bands)
	limits = (limit for _fact, *limits in bands for limit in limits)
	return select_facts(
		names, registry, company=company, where=f"{where} AND ({within})", values=(*values, *limits)
	)


def open_assignments(chunk: CustomerSlice, *, newest: bool = False) -> list[OpenAssignment]:
	"""What the customers of the slice hold, observed tags included.

	`newest`: also what was committed since the transaction began (a locking read).
	"""
	where, values = chunk.where("customer")
	rows = frappe.db.sql(
		f"""SELECT name, customer, company, tag, tag_group, source, since, locked, expires_on, grace_until, shadow
		FROM `tabCustomer Tag Assignment` WHERE {where} AND closed_key = %s {"FOR UPDATE" if newest else ""}""",
		(*values, OPEN),
	)
	return [OpenAssignment(*row) for row in rows]


def open_rows(gains: Sequence[Gain], moment: datetime) -> list[str]:
	"""Insert the assignments that rules gave, as of `moment` (site time); returns their names in the same order."""
	names = [new_name() for _ in gains]
	insert_rows(
		"Customer Tag Assignment",
		(
			*("customer", "company", "tag", "tag_group", "source", "since", "shadow", "reason", "expires_on"),
			*("rule_version", "evidence", "closed_key", "pending_events"),
		),
		[
			(
				*(gain.customer, gain.company, gain.tag, gain.tag_group, gain.source, moment),
				*(int(gain.shadow), gain.reason, gain.expires_on, gain.rule_version),
				json.dumps(gain.evidence, ensure_ascii=False) if gain.evidence else None,
				*(OPEN, "" if gain.shadow else "gained"),
			)
			for gain in gains
		],
		names=names,
	)
	return names


def close_rows(losses: Sequence[Loss], moment: datetime) -> None:
	"""End the assignments; the rows stay as history."""
	for first in range(0, len(losses), WRITE_BATCH):
		batch = losses[first : first + WRITE_BATCH]
		values: list = []
		for loss in batch:
			evidence = json.dumps(loss.evidence, ensure_ascii=False) if loss.evidence else None
			event = "" if loss.shadow else " lost"
			values += [loss.assignment, moment, loss.reason, evidence, loss.assignment, event, now_datetime()]
		# every name exists, so each row is updated: one statement for rows that all end differently
		frappe.db.sql(
			f"""INSERT INTO `tabCustomer Tag Assignment`
				(name, until, end_reason, end_evidence, closed_key, pending_events, modified)
			VALUES {", ".join(["(%s, %s, %s, %s, %s, %s, %s)"] * len(batch))}
			ON DUPLICATE KEY UPDATE until = VALUES(until), end_reason = VALUES(end_reason),
				end_evidence = VALUES(end_evidence), closed_key = VALUES(closed_key), grace_until = NULL,
				pending_events = TRIM(CONCAT(COALESCE(pending_events, ''), VALUES(pending_events))),
				modified = VALUES(modified)""",
			values,
		)


def set_grace(days: Mapping[str, date | None]) -> None:
	"""Start (or, with None, lift) the grace of the named assignments."""
	by_day: dict[date | None, list[str]] = {}
	for assignment, until in days.items():
		by_day.setdefault(until, []).append(assignment)
	for until, assignments in by_day.items():
		for first in range(0, len(assignments), WRITE_BATCH):
			frappe.db.sql(
				"UPDATE `tabCustomer Tag Assignment` SET grace_until = %s WHERE name IN %s",
				(until, tuple(assignments[first : first + WRITE_BATCH])),
			)


def move_to_customer(old: str, new: str, moment: datetime, reason: str) -> None:
	"""Before Frappe points the rows of `old` at `new`: end those that `new` holds as well."""
	frappe.db.sql(
		"""UPDATE `tabCustomer Tag Assignment` a JOIN `tabCustomer Tag Assignment` b
			ON b.customer = %s AND b.tag = a.tag AND b.company = a.company AND b.shadow = a.shadow
			AND b.closed_key = %s
		SET a.until = %s, a.end_reason = %s, a.closed_key = a.name,
			a.pending_events = ''
		WHERE a.customer = %s AND a.closed_key = %s""",
		(new, OPEN, moment, reason, old, OPEN),
	)


def revenue_of(chunk: CustomerSlice, company: str) -> dict[str, float]:
	"""Revenue of 365 days of each customer of the slice, in the currency of the scope."""
	where, values = chunk.where("customer")
	return dict(
		frappe.db.sql(
			f"SELECT customer, revenue_365d FROM `tabCustomer Profile` WHERE {where} AND company = %s",
			(*values, company),
		)
	)
