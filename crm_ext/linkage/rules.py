# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The linkage rules as they are judged: read once per job, their conditions resolved once per currency."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import frappe
from frappe import _
from frappe.utils import get_datetime, getdate, nowdate

from crm_ext.exceptions import CrmExtError
from crm_ext.linkage.model import DAY, EVENT, EVER, MONTH, QUARTER, WEEK, YEAR, Limits
from crm_ext.rules.conditions import Clause, resolve
from crm_ext.rules.lifecycle import Status, in_force
from crm_ext.rules.rule_document import clear_error, record_error
from crm_ext.rules.site import SiteContext, currency_of, registry

RULE = "Linkage Rule"
STATE = ("name", "status", "version_hash")
LIVE = (Status.ACTIVE.value, Status.OBSERVING.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRow:
	"""One action of a rule; `row` is the name of its row."""

	row: str
	action: str
	parameters: Mapping[str, object]
	summary: str


@dataclass(slots=True)
class LiveRule:
	"""A rule that is judged. `doc` is the Linkage Rule document; `facts` are the names its conditions read."""

	doc: object
	as_of: date
	shadow: bool
	limits: Limits
	facts: frozenset[str]
	quiet: bool = True
	"""Whether it is only asked about, and an error is not to be written down."""
	_clauses: dict[str, tuple[Clause, ...] | CrmExtError] = field(default_factory=dict)
	_actions: list[ActionRow] | None = None

	@property
	def actions(self) -> list[ActionRow]:
		"""The actions in their order, read once."""
		if self._actions is None:
			self._actions = action_rows(self.doc)
		return self._actions

	@property
	def name(self) -> str:
		return self.doc.name

	@property
	def version(self) -> tuple:
		"""What differs when the rule decides otherwise."""
		return self.name, self.doc.version_hash, self.shadow, self.as_of

	@property
	def trigger(self) -> str:
		return self.doc.trigger

	@property
	def tag(self) -> str:
		return self.doc.tag or ""

	def hears(self, trigger: str, tag: str, rule: str) -> bool:
		"""Whether an event calls this rule."""
		if rule:
			return rule == self.name
		return trigger == self.trigger and (not self.tag or self.tag == tag)

	def context(self, company: str) -> SiteContext:
		return SiteContext(self.as_of, currency_of(company))

	def clauses(self, company: str = "") -> tuple[Clause, ...]:
		"""The conditions for the figures of a company, or of all together.

		Raises a RuleError, shown on the rule unless it is only asked about.
		"""
		if company not in self._clauses:
			self._clauses[company] = self._resolve(company)
		found = self._clauses[company]
		if isinstance(found, CrmExtError):
			raise found
		return found

	def _resolve(self, company: str) -> tuple[Clause, ...] | CrmExtError:
		try:
			clauses = resolve(self.doc.rule_conditions(), registry(), self.context(company))
		except CrmExtError as error:
			if not self.quiet:
				record_error(RULE, self.name, error)
			return error
		if self.doc.last_error and not self.quiet:
			clear_error(RULE, self.name)
		return clauses


def live_rules(trigger: str | None = None, name: str | None = None, *, quiet: bool = False) -> list[LiveRule]:
	"""The rules in force that act or observe, in the order of their names. `quiet`: nothing is to be written."""
	filters = {"status": ("in", LIVE)}
	if trigger:
		filters["trigger"] = trigger
	if name:
		filters["name"] = name
	docs = [newest(*row) for row in frappe.get_all(RULE, filters, STATE, as_list=True)]
	today = getdate(nowdate())
	rules = [
		live_rule(doc, today, quiet=quiet) for doc in docs if in_force(doc.valid_from, doc.valid_to, today)
	]
	return sorted(rules, key=lambda rule: rule.name)


def newest(name: str, status: str, version_hash: str):
	"""A rule in this state, from the cache unless what is there is older: a long job keeps what it has once read."""
	doc = frappe.get_cached_doc(RULE, name)
	return doc if (doc.status, doc.version_hash) == (status, version_hash) else frappe.get_doc(RULE, name)


def live_rule(doc, as_of: date, *, quiet: bool = True) -> LiveRule:
	"""A Linkage Rule document, saved or not, as it is judged on a day."""
	return LiveRule(
		doc=doc,
		as_of=as_of,
		shadow=doc.status == Status.OBSERVING,
		limits=Limits(
			once_per=doc.once_per or "Event",
			cooldown_days=doc.cooldown_days or 0,
			group=doc.rule_group or "",
			priority=doc.priority or 0,
			hold_out_percent=doc.hold_out_percent or 0,
			seed=_seed(doc),
		),
		facts=frozenset(row.fact for row in doc.conditions),
		quiet=quiet,
	)


def as_if_active(document) -> LiveRule:
	"""A Linkage Rule document, saved or not and whatever its status, as it would be judged today; it stays as it is."""
	tried = frappe.copy_doc(document, ignore_no_copy=False)
	tried.name, tried.status = document.name or document.title or _("New Rule"), Status.ACTIVE.value
	tried.creation = document.creation
	return live_rule(tried, getdate(nowdate()))


def _seed(doc) -> str:
	"""What a rename does not change: it must not draw the share that is held out anew."""
	return get_datetime(doc.creation).isoformat() if doc.creation else doc.title


def action_rows(doc) -> list[ActionRow]:
	"""The actions of a Linkage Rule document in their order."""
	return [
		ActionRow(
			row=row.name or "",
			action=row.action,
			parameters=frappe.parse_json(row.parameters) if row.parameters else {},
			summary=row.summary or "",
		)
		for row in doc.actions
	]


def once_words(once_per: str) -> str:
	"""How often a rule runs for a customer at most, in words."""
	return {
		EVENT: _("once per event"),
		DAY: _("once per customer and day"),
		WEEK: _("once per customer and week"),
		MONTH: _("once per customer and month"),
		QUARTER: _("once per customer and quarter"),
		YEAR: _("once per customer and year"),
		EVER: _("once per customer"),
	}[once_per]
