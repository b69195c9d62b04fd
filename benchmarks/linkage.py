# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Tag changes through 20 linkage rules that all wait for the same tag, each with a condition that a tenth satisfies.

Measured from the committed change to the last action: announcing (the event reaches the inbox), judging (what runs for
whom), and carrying out. Two rules run for each change, and both give the same tag: one does, the other finds it done.
Linear: ten times the changes take ten times as long, give or take a quarter. The same events told again change nothing.
"""

from common import Queries, Report, seconds, site

import frappe
from frappe.utils import now_datetime

from crm_ext.linkage import executor, inbox, planner
from crm_ext.rows import insert_rows
from crm_ext.rules.actions import TAG_GAINED
from crm_ext.tags import announce

CHANGES = (1_000, 10_000, 100_000)
RULES = 20
GROUP, TAG, GIVEN = "Benchmark", "Benchmark Tag", "Benchmark Given"
LINEAR = 1.25


def main():
	with site():
		report = Report(f"{RULES} linkage rules: {frappe.db.count('Customer'):,} customers")
		_clean()
		_prepare()
		try:
			rates = [_measure(report, changes) for changes in CHANGES]
			for rate, before, changes in zip(rates[1:], rates, CHANGES[1:], strict=False):
				what = f"seconds per change, {changes:,} ÷ {changes // 10:,} changes"
				report.budget(what, rate / before, LINEAR)
		finally:
			_clean()
		report.close()


def _measure(report: Report, changes: int) -> float:
	"""Seconds per change."""
	_forget()
	_change(changes)
	print(f"\n{changes:,} tag changes")
	parts = {
		"announced": announce.announce,
		"judged": lambda: planner.plan(commit=True),
		"carried out": lambda: executor.execute(commit=True),
	}
	total = 0.0
	queries = 0
	for name, work in parts.items():
		with Queries() as counted:
			took = seconds(work)
		total += took
		queries += counted.count
		report.figure(f"  {name}", took, "s")
		report.figure(f"  {name}: queries per 1,000 changes", counted.count * 1_000 / changes, "")
	runs = frappe.db.count("Linkage Run", {"tag": TAG})
	report.figure("  runs", runs, "")
	report.figure("  tags given by them", frappe.db.count("Customer Tag Assignment", {"tag": GIVEN}), "")
	report.figure("changes per second", changes / total, "/s")
	report.figure("queries per 1,000 changes", queries * 1_000 / changes, "")
	_again(report, runs)
	return total / changes


def _again(report: Report, runs: int) -> None:
	"""The same changes delivered once more."""
	told = inbox.tell(
		_events(frappe.get_all("Customer Tag Assignment", {"tag": TAG}, ["name", "customer", "since"]))
	)
	planner.plan(commit=True)
	executor.execute(commit=True)
	more = frappe.db.count("Linkage Run", {"tag": TAG}) - runs
	report.budget(f"more runs after {told:,} events were told again", more, 0, "")


def _events(rows):
	from crm_ext.rules.actions import Event

	return [
		Event(
			key=f"{TAG_GAINED}:{row.name}",
			trigger=TAG_GAINED,
			customer=row.customer,
			occurred_at=row.since,
			tag=TAG,
		)
		for row in rows
	]


def _prepare() -> None:
	frappe.get_doc(doctype="Customer Tag Group", group_name=GROUP, selection="Multiple").insert()
	for tag in (TAG, GIVEN):
		frappe.get_doc(doctype="Customer Tag", tag_name=tag, tag_group=GROUP, status="Active").insert()
	edges = frappe.db.sql(
		"SELECT revenue_lifetime FROM `tabCustomer Profile` WHERE company = '' ORDER BY 1", pluck=True
	)
	for n in range(RULES):
		low, high = (edges[min(len(edges) * tenth // 10, len(edges) - 1)] for tenth in (n % 10, n % 10 + 1))
		frappe.get_doc(
			doctype="Linkage Rule",
			title=f"Benchmark {n:02}",
			trigger=TAG_GAINED,
			tag=TAG,
			status="Active",
			once_per="Year",
			conditions=[
				{"fact": "revenue_lifetime", "operator": ">=", "value": str(low)},
				{"fact": "revenue_lifetime", "operator": "<", "value": str(high)},
			],
			actions=[{"action": "Add Tag", "parameters": frappe.as_json({"tag": GIVEN})}],
		).insert()
	frappe.db.after_commit.reset()
	frappe.db.commit()
	frappe.cache.delete_value("crm_ext_linkage_awaited")


def _change(count: int) -> None:
	"""So many customers gain the tag, as a refresh would write it."""
	now = now_datetime()
	names = frappe.get_all("Customer", pluck="name", order_by="name", limit=0)
	step = max(len(names) // count, 1)
	insert_rows(
		"Customer Tag Assignment",
		("customer", "company", "tag", "tag_group", "source", "since", "closed_key", "pending_events"),
		[(name, "", TAG, GROUP, "Rule", now, "", "gained") for name in names[::step][:count]],
	)
	frappe.db.commit()


def _forget() -> None:
	"""As if no tag had changed and no rule had run."""
	frappe.db.sql(
		"""DELETE a FROM `tabLinkage Run Action` a JOIN `tabLinkage Run` r ON a.parent = r.name
		WHERE r.rule LIKE 'Benchmark %%'"""
	)
	frappe.db.sql("DELETE FROM `tabLinkage Run` WHERE rule LIKE 'Benchmark %%'")
	frappe.db.sql("DELETE FROM `tabLinkage Event` WHERE tag = %s", (TAG,))
	frappe.db.sql("DELETE FROM `tabCustomer Tag Assignment` WHERE tag_group = %s", (GROUP,))
	frappe.db.commit()


def _clean() -> None:
	_forget()
	for rule in frappe.get_all("Linkage Rule", {"title": ("like", "Benchmark %")}, pluck="name"):
		frappe.delete_doc("Linkage Rule", rule, force=True)
	for tag in (TAG, GIVEN):
		frappe.delete_doc("Customer Tag", tag, force=True, ignore_missing=True)
		frappe.db.sql("UPDATE `tabCustomer` SET _user_tags = NULL WHERE _user_tags LIKE %s", (f"%{tag}%",))
		frappe.db.delete("Tag Link", {"tag": tag})
	frappe.delete_doc("Customer Tag Group", GROUP, force=True, ignore_missing=True)
	frappe.db.after_commit.reset()
	frappe.db.commit()


if __name__ == "__main__":
	main()
