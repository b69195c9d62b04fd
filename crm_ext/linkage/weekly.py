# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What observing rules would have done, week by week, and the message about it to the owners of the rules.

Weeks are those of ISO 8601 and are named by their Monday. Every figure covers only customers that the reader may read.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode

import frappe
from frappe import _
from frappe.utils import (
	escape_html,
	formatdate,
	get_url_to_form,
	get_url_to_report_with_filters,
	getdate,
	nowdate,
)

from crm_ext.linkage.inbox import enabled, key_name
from crm_ext.linkage.rules import RULE
from crm_ext.profile.permissions import query_conditions
from crm_ext.rules.lifecycle import Status

REPORT = "Linkage Rules Observed"
EXAMPLES = 5

OBSERVED = "Observed"
_MONDAY = "DATE(occurred_at) - INTERVAL WEEKDAY(occurred_at) DAY"
_WOULD_RUN = "status IN ('Waiting', 'Observed')"
"""The run of an observing rule waits until its preview is made."""


@dataclass(frozen=True, slots=True)
class Line:
	"""One sentence on a week: how often, and for how many customers.

	Of an action also how often it would change something, find it so already, or fail.
	"""

	text: str
	times: int
	customers: int
	changes: int | None = None
	unchanged: int | None = None
	failures: int | None = None


@dataclass(slots=True)
class Week:
	"""What a rule would have done in a week; `examples` are (customer, its name), the latest first."""

	rule: str
	monday: date
	runs: int = 0
	lines: list[Line] = field(default_factory=list)
	examples: list[tuple[str, str]] = field(default_factory=list)


def observed(start: date, end: date, *, rule: str = "", user: str | None = None) -> list[Week]:
	"""What observing rules recorded from one day to another, the latest week first.

	Texts are in the language of the moment. Four queries, whatever the number of rules, runs and weeks.
	"""
	found = _Found(start, end, rule, user)
	weeks: dict[tuple[str, date], Week] = {}

	def add(name: str, monday: date, text: str, *figures) -> Week:
		week = weeks.setdefault((name, monday), Week(name, monday))
		week.lines.append(Line(text, *map(int, figures)))
		return week

	runs = found.runs()
	for name, monday, status, _reason, times, customers in runs:
		if status == OBSERVED:
			add(name, monday, _("Would run"), times, customers).runs = times
	for name, monday, action, summary, *figures in found.actions():
		add(name, monday, summary or _(action, context="CRM Ext"), *figures)
	for name, monday, loser, *figures in found.losers():
		add(name, monday, _("In the place of “{0}”").format(loser), *figures)
	for name, monday, status, reason, *figures in runs:
		if status != OBSERVED:
			add(name, monday, _status_words(status, reason), *figures)
	for name, monday, *example in found.examples():
		weeks[name, monday].examples.append(tuple(example))
	return sorted(weeks.values(), key=lambda week: (-week.monday.toordinal(), week.rule))


def _status_words(status: str, reason: str) -> str:
	words = {
		"Held Out": _("Held out to measure the effect"),
		"Stopped": _("Stopped, for rules trigger each other"),
	}
	return words.get(status) or reason or _(status, context="Linkage Run")


class _Found:
	"""The queries on the runs of observing rules between two days."""

	def __init__(self, start: date, end: date, rule: str, user: str | None):
		conditions = ["shadow = 1", "occurred_at >= %(start)s", "occurred_at < %(end)s"]
		if rule:
			conditions.append("rule = %(rule)s")
		if readable := query_conditions(user, "Linkage Run"):
			conditions.append(readable.replace("%", "%%"))
		self.where = " AND ".join(conditions)
		self.values = {"start": start, "end": end + timedelta(days=1), "rule": rule, "examples": EXAMPLES}

	def runs(self) -> tuple:
		"""(rule, monday, status, reason, times, customers), the reason only of what was outranked."""
		return frappe.db.sql(
			f"""SELECT rule, {_MONDAY} AS monday, IF({_WOULD_RUN}, 'Observed', status) AS state,
				IF(status = 'Outranked', reason, '') AS why, COUNT(*), COUNT(DISTINCT customer)
			FROM `tabLinkage Run` WHERE {self.where}
			GROUP BY rule, monday, state, why ORDER BY state, COUNT(*) DESC, why""",
			self.values,
		)

	def actions(self) -> tuple:
		"""(rule, monday, action, summary, times, customers, changes, unchanged, failures) in the order of the rule."""
		return frappe.db.sql(
			f"""SELECT rule, monday, a.action, a.summary, COUNT(*), COUNT(DISTINCT customer),
				SUM(a.status = 'Would Run'), SUM(a.status = 'Unchanged'), SUM(a.status = 'Failed')
			FROM ({self._would_run("name")}) r
			JOIN `tabLinkage Run Action` a ON a.parent = r.name AND a.parenttype = 'Linkage Run'
			GROUP BY rule, monday, a.action, a.summary ORDER BY MIN(a.idx), a.summary""",
			self.values,
		)

	def losers(self) -> tuple:
		"""(rule, monday, rule whose place it would have taken, times, customers)."""
		return frappe.db.sql(
			f"""SELECT rule, monday, l.loser, COUNT(*), COUNT(DISTINCT customer)
			FROM ({self._would_run("evidence")}) r,
				JSON_TABLE(r.evidence, '$.losers[*]' COLUMNS (loser VARCHAR(140) PATH '$.rule')) l
			GROUP BY rule, monday, l.loser ORDER BY COUNT(*) DESC, l.loser""",
			self.values,
		)

	def examples(self) -> tuple:
		"""(rule, monday, customer, customer's name), a few of each week."""
		return frappe.db.sql(
			f"""SELECT rule, monday, customer, c.customer_name FROM (
				SELECT rule, monday, customer, ROW_NUMBER() OVER (
					PARTITION BY rule, monday ORDER BY MAX(occurred_at) DESC, customer) AS place
				FROM ({self._would_run("occurred_at")}) r GROUP BY rule, monday, customer
			) latest
			JOIN `tabCustomer` c ON c.name = customer
			WHERE place <= %(examples)s ORDER BY rule, monday, place""",
			self.values,
		)

	def _would_run(self, column: str) -> str:
		return f"""SELECT rule, {_MONDAY} AS monday, customer, {column}
			FROM `tabLinkage Run` WHERE {self.where} AND {_WOULD_RUN}"""


def send() -> int:
	"""Tell the owner of each observing rule what it would have done last week, unless nothing was observed.

	Once per rule and week, however often it is called. Returns how many were told.
	"""
	if not enabled():
		return 0
	today = getdate(nowdate())
	monday = today - timedelta(days=today.weekday() + 7)
	told = 0
	for rule in frappe.get_all(RULE, {"status": Status.OBSERVING.value}, ["name", "rule_owner"]):
		frappe.db.savepoint("crm_ext_weekly")
		try:
			told += _tell(rule.name, rule.rule_owner, monday)
		except Exception:
			frappe.db.rollback(save_point="crm_ext_weekly")
			frappe.log_error(
				title="Weekly linkage report failed", reference_doctype=RULE, reference_name=rule.name
			)
	return told


def _tell(rule: str, owner: str | None, monday: date) -> bool:
	name = key_name(f"{REPORT}|{rule}|{monday}")
	if not owner or not frappe.db.exists("User", {"name": owner, "enabled": 1}):
		return False
	if frappe.db.exists("Notification Log", name):
		return False
	sunday = monday + timedelta(days=6)
	weeks = observed(monday, sunday, rule=rule, user=owner)
	if not weeks:
		return False
	filters = urlencode({"rule": rule, "from_date": monday, "to_date": sunday})
	frappe.get_doc(
		doctype="Notification Log",
		for_user=owner,
		type="",  # of an “Alert” Frappe sends no mail
		document_type=RULE,
		document_name=rule,
		link=get_url_to_report_with_filters(REPORT, filters),
		subject=_("What “{0}” would have done from {1} to {2}: {3} runs").format(
			rule, formatdate(monday), formatdate(sunday), weeks[0].runs
		),
		email_content=_content(weeks[0]),
	).insert(ignore_permissions=True, set_name=name)  # the job tells the owner, whoever runs it
	return True


def _content(week: Week) -> str:
	"""The week as HTML in one line, for Frappe reads the content of a mail as Markdown."""
	heads = (
		"",
		_("Times"),
		_("Customers", context="CRM Ext"),
		_("Would Change"),
		_("Nothing to Change"),
		_("Would Fail"),
	)
	rows = [_row("th", heads)]
	for line in week.lines:
		figures = (line.times, line.customers, line.changes, line.unchanged, line.failures)
		rows.append(_row("td", (line.text, *("" if figure is None else figure for figure in figures))))
	content = [
		f"<p>{_('The rule is observing: it did nothing of this.')}</p>",
		f'<table cellpadding="6">{"".join(rows)}</table>',
	]
	examples = [
		f'<a href="{get_url_to_form("Customer", customer)}">{escape_html(title)}</a>'
		for customer, title in week.examples
	]
	if examples:
		content.append(f"<p>{_('For example:')} {', '.join(examples)}</p>")
	return "".join(content)


def _row(tag: str, cells: tuple) -> str:
	return "<tr>" + "".join(f"<{tag}>{escape_html(str(cell))}</{tag}>" for cell in cells) + "</tr>"
