# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What lies ahead: what is missing for the next tag, and the day on which a tag would be lost."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from heapq import heappop, heappush

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from crm_ext.constants import ALL_COMPANIES, OPEN
from crm_ext.profile.customer_facts import facts_of
from crm_ext.profile.service import change_days, metrics_of
from crm_ext.profile.slices import CustomerSlice
from crm_ext.profile.store import everybody
from crm_ext.rules.conditions import Clause, Op, holds, matches
from crm_ext.rules.facts import NUMERIC, FactType, FactValue, jsonable
from crm_ext.rules.site import SiteContext, currency_of, registry
from crm_ext.rules.words import value_words
from crm_ext.tags import groups as groups_
from crm_ext.tags import store
from crm_ext.tags.groups import CompiledGroup, Group
from crm_ext.tags.model import Held, decide, stays_until
from crm_ext.tags.service import scopes_of

HORIZON = timedelta(days=731)
AT_LEAST = (Op.GE, Op.GT)


def outlook(customer: str, company: str | None = None) -> list[dict]:
	"""For each group:
	{group, company, tag, next_tag, gaps, drops_on, drops_to, rises_on, rises_to, keeps_until, grace_until}.

	`gaps` is [{label, actual, needed, missing, currency, text}] for the next higher tag of an exclusive group.
	`drops_on` is the first day on which a refresh would take the tag away if nothing new happened, up to two
	years ahead; `drops_to` is the tag that would come instead. `rises_on`: time alone brings a higher one.
	"""
	chunk = CustomerSlice.of([customer])
	assignments = [a for a in store.open_assignments(chunk) if not a.shadow]
	rows = []
	for group in groups_.read().values():
		for scope in scopes_of([group]):
			if company is None or scope in (company, ALL_COMPANIES):
				held = [a for a in assignments if a.tag_group == group.name and a.company == scope]
				rows += _Outlook(customer, group, scope).rows(held)
	return rows


@dataclass
class _Outlook:
	customer: str
	group: Group
	company: str

	def rows(self, assignments: Sequence[store.OpenAssignment]) -> list[dict]:
		self.today = getdate(nowdate())
		self.currency = currency_of(self.company)
		compiled = self._compiled(self.today)
		facts = facts_of([self.customer], self.company, compiled.facts(), registry()).get(self.customer)
		if facts is None:
			return []
		if not assignments:
			return [self._row(None, compiled, facts)] if self.group.exclusive else []
		return [self._row(a, compiled, facts) for a in assignments]

	def _compiled(self, day: date) -> CompiledGroup:
		return groups_.compile_group(self.group, SiteContext(day, self.currency))

	def _row(self, assignment: store.OpenAssignment | None, compiled: CompiledGroup, facts) -> dict:
		higher = self._next_tag(assignment, compiled, facts) if self.group.exclusive else None
		rules = self._rules(self.today)
		rule = rules.get(assignment.tag) if assignment else None
		day, to = self._next_change(assignment) if assignment else (None, None)
		rises = bool(rule and to) and rules[to].rank > rule.rank
		return {
			"group": self.group.name,
			"company": self.company,
			"tag": assignment and assignment.tag,
			"next_tag": higher,
			"gaps": [gap_words(g, self.currency) for g in gaps(compiled.clauses[higher], facts)]
			if higher
			else [],
			"drops_on": None if rises else day,
			"drops_to": None if rises else to,
			"rises_on": day if rises else None,
			"rises_to": to if rises else None,
			"keeps_until": stays_until(rule, assignment.held()) if rule and rule.minimum_stay_days else None,
			"grace_until": assignment and assignment.grace_until,
		}

	def _rules(self, day: date):
		return {tag.name: tag.rule(day, observing=False) for tag in self.group.tags}

	def _next_tag(
		self, assignment: store.OpenAssignment | None, compiled: CompiledGroup, facts
	) -> str | None:
		"""The lowest of the higher tags that numbers alone keep out of reach."""
		rules = self._rules(self.today)
		floor = rules[assignment.tag].rank if assignment and assignment.tag in rules else None
		within_reach = [
			rule
			for rule in rules.values()
			if rule.name in compiled.clauses
			and not (rule.ended or rule.frozen)
			and (floor is None or rule.rank > floor)
			and gaps(compiled.clauses[rule.name], facts)
		]
		return min(within_reach, key=lambda rule: (rule.rank, rule.name)).name if within_reach else None

	def _next_change(self, assignment: store.OpenAssignment) -> tuple[date | None, str | None]:
		"""When time alone takes the tag away, and what comes instead: each day on which anything can change is
		decided as the refresh would decide it."""
		if assignment.locked or assignment.source != "Rule":
			return assignment.expires_on and assignment.expires_on + timedelta(days=1), None
		rule = self._rules(self.today)[assignment.tag]
		held = assignment.held()
		own = (stays_until(rule, held), held.grace_until)
		days = sorted({*self._days_of_change(), *(day for day in own if day and day > self.today)})
		while days:
			day = heappop(days)
			decision = self._decide(day, held)
			if held.tag in dict(decision.losses):
				return day, next(iter(decision.gains), None) if self.group.exclusive else None
			until = dict(decision.grace).get(held.tag, held.grace_until)
			if until != held.grace_until:
				held = Held(tag=held.tag, since=held.since, grace_until=until)
				if until and until not in days:
					heappush(days, until)
		return None, None

	def _decide(self, day: date, held: Held):
		compiled = self._compiled(day)
		facts = metrics_of(self.customer, self.company, day, sorted(compiled.facts()))
		return decide(
			self._rules(day),
			[held],
			exclusive=self.group.exclusive,
			enters={tag for tag, clauses in compiled.clauses.items() if matches(clauses, facts)},
			stays={tag for tag, clauses in compiled.clauses.items() if matches(clauses, facts, holding=True)},
			as_of=day,
		)

	def _days_of_change(self) -> set[date]:
		"""The days on which a figure leaves a window or a date grows too old."""
		last = self.today + HORIZON
		days = set(change_days(self.customer, self.company, self.today, last))
		compiled = self._compiled(self.today)
		facts = facts_of([self.customer], self.company, compiled.facts(), registry())[self.customer]
		for clauses in compiled.clauses.values():
			for clause in clauses:
				value = facts.get(clause.fact)
				if value is None or clause.op is Op.PRESENT:
					continue
				for limit in (clause.operand, clause.keep):
					if clause.type is FactType.DATE:
						days |= _around(value + (self.today - limit), self.today, last)
					elif clause.type is FactType.DURATION:  # it may grow by a day every day
						days |= _around(self.today + timedelta(days=int(limit - value)), self.today, last)
		return days


def _around(day: date, first: date, last: date) -> set[date]:
	"""Months differ in length: the days about the one on which a date leaves a window counted in months."""
	return {d for n in range(-3, 5) if first < (d := day + timedelta(days=n)) <= last}


@dataclass(frozen=True, slots=True)
class Gap:
	"""A number that is too low, and by how much."""

	clause: Clause
	actual: Decimal
	needed: Decimal

	@property
	def missing(self) -> Decimal:
		return self.needed - self.actual


def gaps(clauses: Sequence[Clause], facts: dict[str, FactValue]) -> list[Gap]:
	"""What is missing for a rule, if only numbers that are too low keep it from matching; else nothing."""
	failing = [
		clause for clause in clauses if not clause.any_of and not holds(clause, facts.get(clause.fact))
	]
	alternatives = [clause for clause in clauses if clause.any_of]
	if alternatives and not matches(alternatives, facts):
		return []
	if any(c.type not in NUMERIC or c.op not in AT_LEAST or c.negate for c in failing):
		return []
	return [
		Gap(clause, facts.get(clause.fact) or Decimal(0), clause.operand)  # a missing number is zero so far
		for clause in failing
	]


def gap_words(gap: Gap, currency: str) -> dict:
	"""A gap for people: {label, actual, needed, missing, currency, text}."""
	fact = registry()[gap.clause.fact]
	label = _(fact.label)
	shown = [value_words(jsonable(n), fact.type, currency) for n in (gap.missing, gap.actual, gap.needed)]
	return {
		"fact": fact.name,
		"label": label,
		"actual": float(gap.actual),
		"needed": float(gap.needed),
		"missing": float(gap.missing),
		"currency": currency if fact.type == "money" else None,
		"text": _("{0}: {1} missing ({2} of {3})").format(label, *shown),
	}


def near_threshold(group: str, percent: float, company: str = ALL_COMPANIES) -> list[dict]:
	"""Customers within `percent` of the threshold of a higher tag (direction up) or of losing theirs (down).

	[{customer, customer_name, tag, next_tag, fact, label, actual, needed, missing, currency, direction}], nearest
	first. Only numbers with a lower limit count, and only where nothing else keeps the tag out of reach.
	"""
	known = groups_.read([group]).get(group)
	if known is None:
		return []
	near = _Near(known, Decimal(str(percent)) / 100, company)
	rows = [row for chunk in everybody() for row in near.rows(chunk)]
	names = dict(frappe.get_all("Customer", fields=["name", "customer_name"], as_list=True)) if rows else {}
	for row in rows:
		row["customer_name"] = names.get(row["customer"])
	return sorted(rows, key=lambda row: (row["missing"] / (row["needed"] or 1), row["customer"]))


class _Near:
	def __init__(self, group: Group, share: Decimal, company: str):
		self.group = group
		self.share = share
		self.company = company
		self.currency = currency_of(company)
		self.compiled = groups_.compile_group(group, SiteContext(getdate(nowdate()), self.currency))
		self.ranks = {tag.name: tag.rank for tag in group.tags}

	def rows(self, chunk: CustomerSlice) -> Iterable[dict]:
		where, values = chunk.where("customer")
		tags = dict(
			frappe.db.sql(
				f"""SELECT customer, tag FROM `tabCustomer Tag Assignment`
				WHERE {where} AND tag_group = %s AND company = %s AND closed_key = %s AND shadow = 0""",
				(*values, self.group.name, self.company, OPEN),
			)
		)
		for customer, facts in store.facts_near(
			chunk, self.company, self._limits(), sorted(self.compiled.facts()), registry()
		):
			yield from self._of(customer, tags.get(customer), facts)

	def _limits(self) -> list[tuple[str, Decimal, Decimal]]:
		"""(fact, from, to) of every band about a threshold, so that only customers in one are read."""
		bands = []
		for clause in (c for clauses in self.compiled.clauses.values() for c in clauses if _lower_limit(c)):
			bands.append((clause.fact, clause.operand * (1 - self.share), clause.operand))
			bands.append((clause.fact, clause.keep, clause.keep * (1 + self.share)))
		return bands

	def _of(self, customer: str, tag: str | None, facts) -> Iterator[dict]:
		rank = self.ranks.get(tag)
		for name, clauses in self.compiled.clauses.items():
			missing = gaps(clauses, facts)
			if name == tag:
				yield from (self._row(customer, tag, None, *low) for low in self._low(clauses, facts))
			elif len(missing) == 1 and (rank is None or self.ranks[name] > rank or not self.group.exclusive):
				gap = missing[0]
				if gap.missing <= gap.needed * self.share:
					yield self._row(customer, tag, name, gap.clause, gap.actual, gap.needed)

	def _low(self, clauses: Sequence[Clause], facts) -> Iterator[tuple[Clause, Decimal, Decimal]]:
		for clause in clauses:
			actual = facts.get(clause.fact)
			if _lower_limit(clause) and actual is not None and clause.keep <= actual:
				if actual - clause.keep <= clause.keep * self.share:
					yield clause, actual, clause.keep

	def _row(self, customer, tag, next_tag, clause: Clause, actual: Decimal, needed: Decimal) -> dict:
		fact = registry()[clause.fact]
		return {
			"customer": customer,
			"tag": tag,
			"next_tag": next_tag,
			"fact": fact.name,
			"label": _(fact.label),
			"actual": float(actual),
			"needed": float(needed),
			"missing": float(abs(needed - actual)),
			"currency": self.currency if fact.type == "money" else None,
			"direction": "up" if next_tag else "down",
		}


def _lower_limit(clause: Clause) -> bool:
	return clause.type in NUMERIC and clause.op in AT_LEAST and not clause.negate and clause.operand > 0
