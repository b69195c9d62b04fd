# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""All SQL of the runs: what ran before, what a plan writes, what is due, what an execution writes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import frappe
from frappe.utils import now_datetime

from crm_ext.linkage.model import History
from crm_ext.rows import insert_rows, new_name, update_rows

RUN = "Linkage Run"
RUN_ACTION = "Linkage Run Action"
COUNTED = ("Waiting", "Done", "Failed", "Dead Letter", "Observed", "Held Out")
"""States of a run that use up its period; Outranked, Stopped and Cancelled do not."""

ACTED = ("Waiting", "Done", "Failed", "Dead Letter")
CAUSE_WINDOW = timedelta(days=1)
"""A run older than this is not held to have caused an event."""

RUN_COLUMNS = (
	*("customer", "rule", "rule_version", "status", "shadow", "reason", "trigger", "tag", "company"),
	*("occurred_at", "reference_doctype", "reference_name", "cause", "depth", "evidence"),
	*("event_key", "once_key", "facts"),
)
ACTION_COLUMNS = (
	*("parent", "parenttype", "parentfield", "idx", "action", "summary", "status", "external", "rule_action"),
)


def history(
	calls: Collection[tuple[str, str]], periods: Collection[str], first: date, last: date, cooldown: int
) -> History:
	"""What rules did for customers in these periods, and within so many days around the days of the events.

	`calls` are pairs of rule and customer.
	"""
	found = History.empty()
	if not calls:
		return found
	rows = frappe.db.sql(
		f"""SELECT rule, customer, shadow, once_key, occurred_at FROM `tab{RUN}`
		WHERE customer IN %s AND rule IN %s AND status IN %s
		AND (once_key IN %s OR occurred_at BETWEEN %s AND %s)""",
		(
			tuple({customer for _rule, customer in calls}),
			tuple({rule for rule, _customer in calls}),
			COUNTED,
			(*periods, ""),  # never empty, for SQL
			first - timedelta(days=cooldown),
			last + timedelta(days=cooldown + 1),
		),
	)
	for rule, customer, shadow, once_key, occurred_at in rows:
		found.add(rule, customer, bool(shadow), once_key, occurred_at.date())
	return found


@dataclass(frozen=True, slots=True)
class Cause:
	"""A run that may have brought an event about."""

	run: str
	rule: str
	depth: int
	at: datetime


def causes(
	customers: Collection[str], rules: Collection[str], first: datetime, last: datetime
) -> dict[str, list[Cause]]:
	"""The runs of these rules for each customer in the day before, the latest first."""
	found: dict[str, list[Cause]] = {}
	if not customers or not rules:
		return found
	for customer, *cause in frappe.db.sql(
		f"""SELECT customer, name, rule, depth, creation FROM `tab{RUN}`
		WHERE customer IN %s AND rule IN %s AND status IN %s AND shadow = 0
		AND creation BETWEEN %s AND %s ORDER BY creation DESC""",
		(tuple(customers), tuple(rules), ACTED, first - CAUSE_WINDOW, last),
	):
		found.setdefault(customer, []).append(Cause(*cause))
	return found


def tag_reads() -> dict[str, set[str]]:
	"""The facts that the conditions of each tag read."""
	reads: dict[str, set[str]] = {}
	for tag, fact in frappe.get_all(
		"Rule Condition", {"parenttype": "Customer Tag"}, ["parent", "fact"], as_list=True
	):
		reads.setdefault(tag, set()).add(fact)
	return reads


def rivals_of(tag: str) -> set[str]:
	"""The tags that give way to a tag: the others of its group, if that is exclusive."""
	return set(
		frappe.db.sql(
			"""SELECT rival.name FROM `tabCustomer Tag` tag
			JOIN `tabCustomer Tag Group` tag_group ON tag_group.name = tag.tag_group AND tag_group.selection = 'Exclusive'
			JOIN `tabCustomer Tag` rival ON rival.tag_group = tag_group.name AND rival.name != tag.name
			WHERE tag.name = %s""",
			(tag,),
			pluck=True,
		)
	)


def insert_runs(runs: Sequence[dict], actions: Sequence[Sequence[dict]]) -> int:
	"""Insert runs with their actions, each run's at its place; returns how many are new.

	A run that is there already, by rule, customer, period and kind, is left alone with what it has.
	"""
	names = [new_name() for _ in runs]
	rows = [[run.get(column) for column in RUN_COLUMNS] for run in runs]
	insert_rows(RUN, RUN_COLUMNS, rows, names=names, ignore_known=True)
	if not names:
		return 0
	new = set(frappe.db.sql(f"SELECT name FROM `tab{RUN}` WHERE name IN %s", (tuple(names),), pluck=True))
	insert_rows(
		RUN_ACTION,
		ACTION_COLUMNS,
		[
			(name, RUN, "actions", n, *(action[column] for column in ACTION_COLUMNS[4:]))
			for name, of_run in zip(names, actions, strict=True)
			if name in new
			for n, action in enumerate(of_run, 1)
		],
	)
	return len(new)


def due_rules() -> list[str]:
	"""The rules with runs that wait to be carried out now, in the order of their names."""
	return frappe.db.sql(
		f"SELECT DISTINCT rule FROM `tab{RUN}` WHERE {_DUE} ORDER BY rule", _now(), pluck=True
	)


def due() -> bool:
	"""Whether any run waits to be carried out now."""
	return bool(frappe.db.sql(f"SELECT 1 FROM `tab{RUN}` WHERE {_DUE} LIMIT 1", _now()))


_DUE = "status IN ('Waiting', 'Failed') AND (next_attempt IS NULL OR next_attempt <= %s)"


def _now() -> tuple[datetime]:
	return (now_datetime(),)


def take_due(rule: str, limit: int, *, observing: bool = False) -> list[frappe._dict]:
	"""The runs of a rule that are due, without those that another job has: failed ones first, then the oldest.

	`observing`: only those that the rule has planned as an observing one. Chosen in the order of an index, so that neither
	more rows are read nor more locked than are taken. Returned in the order of the customers: jobs that lock the same
	customers wait for each other, and never in a circle.
	"""
	rows = frappe.db.sql(
		f"""SELECT name, customer, rule, status, shadow, `trigger`, tag, company, occurred_at, reference_doctype,
			reference_name, event_key, facts, attempts
		FROM `tab{RUN}` WHERE rule = %s AND {_DUE} AND shadow >= %s
		ORDER BY status, next_attempt, creation, name LIMIT %s FOR UPDATE SKIP LOCKED""",
		(rule, *_now(), int(observing), limit),
		as_dict=True,
	)
	return sorted(rows, key=lambda row: row.customer)


def actions_of(runs: Collection[str]) -> dict[str, list[frappe._dict]]:
	"""The actions of each run in their order."""
	found: dict[str, list[frappe._dict]] = {run: [] for run in runs}
	if found:
		for row in frappe.db.sql(
			f"""SELECT name, parent, idx, action, status, external, rule_action, attempts FROM `tab{RUN_ACTION}`
			WHERE parenttype = %s AND parent IN %s ORDER BY parent, idx""",
			(RUN, tuple(found)),
			as_dict=True,
		):
			found[row.parent].append(row)
	return found


def still_ours(run: str, status: str, next_attempt: datetime | None) -> bool:
	"""Lock a run; whether it is as it was left: nobody has taken it up since, nor given it up."""
	return bool(
		frappe.db.sql(
			f"""SELECT name FROM `tab{RUN}`
			WHERE name = %s AND status = %s AND next_attempt <=> %s FOR UPDATE""",
			(run, status, next_attempt),
		)
	)


def write_actions(rows: Sequence[Sequence]) -> None:
	"""(name, status, result, error, reference_doctype, reference_name, attempts) of actions that were tried."""
	update_rows(
		RUN_ACTION, ("status", "result", "error", "reference_doctype", "reference_name", "attempts"), rows
	)


def write_runs(rows: Sequence[Sequence]) -> None:
	"""(name, status, reason, attempts, next_attempt, finished_at) of runs that were tried."""
	update_rows(RUN, ("status", "reason", "attempts", "next_attempt", "finished_at"), rows)


def retry(runs: Collection[str]) -> None:
	"""Let failed runs and dead letters be carried out again, with as many attempts as at first."""
	frappe.db.sql(
		f"""UPDATE `tab{RUN}` SET status = 'Waiting', attempts = 0, next_attempt = NULL, finished_at = NULL, modified = %s
		WHERE name IN %s AND status IN ('Failed', 'Dead Letter')""",
		(*_now(), tuple(runs)),
	)


def dismiss(runs: Collection[str], reason: str) -> None:
	"""Give up failed runs and dead letters. Their period is free for the next event."""
	frappe.db.sql(
		f"""UPDATE `tab{RUN}` SET status = 'Cancelled', once_key = event_key, reason = %s, finished_at = %s, modified = %s
		WHERE name IN %s AND status IN ('Failed', 'Dead Letter')""",
		(reason, *_now(), *_now(), tuple(runs)),
	)


def acted_since(moment: datetime) -> dict[str, int]:
	"""How often each rule has run for events since a moment."""
	return dict(
		frappe.db.sql(
			f"""SELECT rule, COUNT(*) FROM `tab{RUN}`
			WHERE occurred_at >= %s AND shadow = 0 AND status IN %s GROUP BY rule""",
			(moment, ACTED),
		)
	)


def dead_letters() -> dict[str, int]:
	"""How many dead letters each rule has."""
	return dict(
		frappe.db.sql(f"SELECT rule, COUNT(*) FROM `tab{RUN}` WHERE status = 'Dead Letter' GROUP BY rule")
	)


def cancel_due(rule: str, reason: str) -> None:
	"""Cancel what waits of a rule that has ended. Its period is free for the next event."""
	frappe.db.sql(
		f"""UPDATE `tab{RUN}` SET status = 'Cancelled', once_key = event_key, reason = %s, finished_at = %s, modified = %s
		WHERE rule = %s AND status IN ('Waiting', 'Failed')""",
		(reason, *_now(), *_now(), rule),
	)
