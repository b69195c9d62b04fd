# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Builders of what rules did in the past: rules, runs, customers and invoices as bare rows, many at once."""

import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from frappe.utils import getdate, nowdate

from crm_ext.demo import data
from crm_ext.rows import insert_rows, new_name


def ago(days: int) -> date:
	return getdate(nowdate()) - timedelta(days=days)


def linkage_rule(title: str, status: str = "Active", owner: str = "Administrator", **values) -> str:
	columns = {"title": title, "status": status, "trigger": "Schedule", "rule_owner": owner, **values}
	insert_rows("Linkage Rule", list(columns), [list(columns.values())], names=[title])
	return title


def customers(count: int, title: str = "Past") -> list[str]:
	names = [f"{title} {number:04}" for number in range(count)]
	insert_rows("Customer", ("customer_name",), [(name,) for name in names], names=names)
	return names


def runs(
	rule: str,
	customers: Sequence[str],
	status: str = "Done",
	days_ago: int = 100,
	*,
	shadow: int = 0,
	reason: str | None = None,
	losers: Sequence[str] = (),
	actions: Sequence[tuple[str, str]] = (),
) -> list[str]:
	"""One run of the rule for each customer, at noon of a day; `actions` are (summary, status)."""
	names = [new_name() for _ in customers]
	at = datetime.combine(ago(days_ago), time(12))
	evidence = json.dumps({"losers": [{"rule": loser, "reason": "Priority"} for loser in losers]})
	insert_rows(
		"Linkage Run",
		("rule", "customer", "status", "shadow", "reason", "occurred_at", "evidence", "once_key"),
		[
			(rule, customer, status, shadow, reason, at, evidence, name)
			for name, customer in zip(names, customers, strict=True)
		],
		names=names,
	)
	insert_rows(
		"Linkage Run Action",
		("parent", "parenttype", "parentfield", "idx", "action", "summary", "status"),
		[
			(name, "Linkage Run", "actions", idx, "Create Task", summary, done)
			for name in names
			for idx, (summary, done) in enumerate(actions, 1)
		],
	)
	return names


def invoices(sold: Sequence[tuple[str, int, float]], company: str = data.HOME.name) -> None:
	"""Submitted Sales Invoices: (customer, so many days ago, net amount in the company's currency)."""
	insert_rows(
		"Sales Invoice",
		("customer", "company", "posting_date", "base_net_total", "docstatus", "is_opening"),
		[(customer, company, ago(days), amount, 1, "No") for customer, days, amount in sold],
	)
