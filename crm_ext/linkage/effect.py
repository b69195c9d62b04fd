# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What a rule brings about: the customers it ran for against those it held out, by intention to treat.

A customer belongs to the arm of its first run, whatever became of that run or came later: a failed action is part of
the rule as it is. Observed against it is the window of so many days after the day of that run; the day itself counts
to neither side, for what calls a rule is often an invoice. Only customers whose window is over count, and only those
that entered between the first and the last customer held out: before and after, nobody could be.

Every figure covers only the customers that the user may read.
"""

from dataclasses import dataclass, replace
from datetime import date

import frappe
from frappe.utils import getdate, nowdate

from crm_ext.profile import scopes
from crm_ext.profile.figures import BRINGS_REVENUE, IS_SALE, scopes_table
from crm_ext.profile.permissions import query_conditions
from crm_ext.rules.site import reporting_currency
from crm_ext.rules.statistics import (
	TOO_FEW,
	UNLIKE,
	Sample,
	Verdict,
	difference_of_means,
	difference_of_shares,
	welch,
)

REVENUE = "Revenue"
BUYERS = "Customers with an Invoice"
BASELINE = "Revenue Before"
CHANGE = "Change of Revenue"

HELD_OUT = "Held Out"
TREATED = ("Waiting", "Done", "Failed", "Dead Letter", "Cancelled")
"""What became of a run after the lot was drawn is no matter."""

_FIGURES = {REVENUE: "gained", BASELINE: "earlier", CHANGE: "gained - earlier", "day": "day"}
_MOMENTS = ("AVG({0})", "VAR_SAMP({0})", "AVG(POW({0}, 3))")


@dataclass(frozen=True, slots=True)
class Measured:
	"""One outcome in both arms. The mean of BUYERS is a share between 0 and 1, of all others an amount of money.

	BASELINE is no outcome but what came before: there the arms should be alike.
	"""

	outcome: str
	treated: Sample
	held_out: Sample
	verdict: Verdict


@dataclass(frozen=True, slots=True)
class Effect:
	"""The effect of a rule within so many days; money in `currency`, the reporting currency."""

	rule: str
	days: int
	currency: str
	outcomes: tuple[Measured, ...]

	def of(self, outcome: str) -> Measured:
		return next(measured for measured in self.outcomes if measured.outcome == outcome)


@dataclass(frozen=True, slots=True)
class _Arm:
	"""The figures of one arm of a rule; `day` is when its customers entered."""

	samples: dict[str, Sample]
	buyers: int = 0

	@classmethod
	def empty(cls) -> "_Arm":
		return cls(dict.fromkeys(_FIGURES, Sample()))

	@property
	def n(self) -> int:
		return self.samples[REVENUE].n


def effect(rule: str, days: int) -> Effect:
	"""The effect of one rule; with empty arms if nobody was held out yet. Raises NoExchangeRate."""
	found = effects(days, rule)
	return found[0] if found else _effect(rule, days, _Arm.empty(), _Arm.empty())


def effects(days: int, rule: str = "") -> list[Effect]:
	"""The effect of every rule, or of one, that held anybody out, by name. Raises NoExchangeRate.

	The same few queries, whatever the number of rules and customers.
	"""
	arms = _arms(days, rule)
	return [
		_effect(name, days, arms.get((name, 0), _Arm.empty()), arms[name, 1])
		for name in sorted({name for name, held_out in arms if held_out})
	]


def _effect(rule: str, days: int, treated: _Arm, held_out: _Arm) -> Effect:
	verdicts = {
		outcome: difference_of_means(treated.samples[outcome], held_out.samples[outcome])
		for outcome in (REVENUE, BASELINE, CHANGE)
	}
	verdicts[BUYERS] = difference_of_shares((treated.buyers, treated.n), (held_out.buyers, held_out.n))
	if verdicts[REVENUE].reason != TOO_FEW and not _entered_together(treated, held_out):
		verdicts = {
			outcome: replace(verdict, proven=False, reason=UNLIKE) for outcome, verdict in verdicts.items()
		}
	measured = tuple(
		Measured(outcome, _sample(treated, outcome), _sample(held_out, outcome), verdicts[outcome])
		for outcome in (REVENUE, BUYERS, BASELINE, CHANGE)
	)
	return Effect(rule, days, reporting_currency(), measured)


def _sample(arm: _Arm, outcome: str) -> Sample:
	if outcome != BUYERS:
		return arm.samples[outcome]
	return Sample(arm.n, arm.buyers / arm.n if arm.n else 0.0)


def _entered_together(treated: _Arm, held_out: _Arm) -> bool:
	"""Whether the arms are of the same time, as they are unless the share held out was changed meanwhile.

	Asked at 99.9 %: once in a thousand the lot itself brings a difference like that.
	"""
	low, high = welch(treated.samples["day"], held_out.samples["day"], 0.999)
	return low <= 0 <= high


def _arms(days: int, rule: str) -> dict[tuple[str, int], _Arm]:
	"""The arms by rule and whether they are held out."""
	today = getdate(nowdate())
	site = scopes.load(today)
	table, params = scopes_table(site.rows)
	figures = ", ".join(moment.format(figure) for figure in _FIGURES.values() for moment in _MOMENTS)
	rows = frappe.db.sql(
		f"""SELECT rule, held_out, COUNT(*), SUM(sales > 0), MAX(unrated), {figures}
		FROM ({_customers(table, bool(rule))}) customers GROUP BY rule, held_out""",
		{**params, **_values(days, rule, today)},
	)
	arms = {}
	for name, held_out, n, buyers, unrated, *moments in rows:
		if unrated:
			raise site.missing[unrated]
		parts = (moments[at : at + len(_MOMENTS)] for at in range(0, len(moments), len(_MOMENTS)))
		samples = {figure: Sample.of_moments(n, *part) for figure, part in zip(_FIGURES, parts, strict=True)}
		arms[name, int(held_out)] = _Arm(samples, int(buyers))
	return arms


def _values(days: int, rule: str, today: date) -> dict:
	return {
		"rule": rule,
		"days": days,
		"today": today,
		"statuses": (*TREATED, HELD_OUT),
		"held_out": HELD_OUT,
	}


def _customers(scopes: str, one_rule: bool) -> str:
	"""Per rule and customer: its arm, the revenue of both windows, the sales of the second one.

	`unrated`: a company with which it did business and whose currency has no exchange rate.
	"""
	documents = " UNION ALL ".join(_documents(doctype, scopes) for doctype in BRINGS_REVENUE)
	return f"""
		WITH entered AS ({_entered(one_rule)})
		SELECT e.rule, e.held_out, DATEDIFF(e.day, %(today)s) AS day, x.unrated,
			COALESCE(x.gained, 0) AS gained, COALESCE(x.earlier, 0) AS earlier, COALESCE(x.sales, 0) AS sales
		FROM entered e
		LEFT JOIN (
			SELECT who, SUM(IF(later, net, 0)) AS gained, SUM(IF(later, 0, net)) AS earlier,
				SUM(later AND is_sale) AS sales, MAX(unrated) AS unrated
			FROM ({documents}) documents GROUP BY who
		) x ON x.who = e.who
	"""


def _entered(one_rule: bool) -> str:
	"""The customers of each rule: the day of the first run, and the arm.

	The first and the last day of those held out are first values in an order, for MariaDB takes the square of the
	rows to find the least of a partition.
	"""
	narrowed = ["shadow = 0", "status IN %(statuses)s"]
	if one_rule:
		narrowed.append("rule = %(rule)s")
	if readable := query_conditions(doctype="Linkage Run"):
		narrowed.append(readable.replace("%", "%%"))
	return f"""
		SELECT rule, customer, day, held_out, ROW_NUMBER() OVER (ORDER BY rule, customer) AS who FROM (
			SELECT *, FIRST_VALUE(day) OVER (PARTITION BY rule ORDER BY held_out DESC, day) AS opened,
				FIRST_VALUE(day) OVER (PARTITION BY rule ORDER BY held_out DESC, day DESC) AS closed
			FROM (
				SELECT rule, customer, DATE(occurred_at) AS day, status = %(held_out)s AS held_out,
					ROW_NUMBER() OVER (PARTITION BY rule, customer ORDER BY occurred_at, creation, name) AS place
				FROM `tabLinkage Run` WHERE {" AND ".join(narrowed)}
			) runs
			WHERE place = 1 AND day < %(today)s - INTERVAL %(days)s DAY
		) firsts
		WHERE day BETWEEN opened AND closed
	"""


def _documents(doctype: str, scopes: str) -> str:
	"""The invoices of both windows, in the reporting currency."""
	return f"""
		SELECT e.who, d.posting_date > e.day AS later, d.base_net_total * sc.rate AS net,
			{IS_SALE[doctype]} AS is_sale, IF(sc.rate IS NULL, sc.company, NULL) AS unrated
		FROM entered e
		STRAIGHT_JOIN `tab{doctype}` d ON d.customer = e.customer
		STRAIGHT_JOIN {scopes} sc ON sc.company = d.company
		WHERE {BRINGS_REVENUE[doctype]} AND d.posting_date <> e.day
			AND d.posting_date BETWEEN e.day - INTERVAL %(days)s DAY AND e.day + INTERVAL %(days)s DAY
	"""
