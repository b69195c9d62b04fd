# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The result of a promotion in one company: what its lines brought and cost, and what came in addition.

Sales are those of submitted invoices, net of returns, without tax, in company currency; sales at the counter count by
their POS Invoices. All customers who meet the conditions today are looked at, whether they bought or not, and all that
they bought of the promoted products, promoted or not. The cost of a line is that of its invoice, else today's valuation.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import ceil

import frappe
from frappe.utils import getdate, nowdate

from crm_ext.constants import ALL_COMPANIES
from crm_ext.pricing.costs import costs_of
from crm_ext.pricing.model import Base
from crm_ext.pricing.promotions.figures import COLUMNS, SALE, promoted, readable
from crm_ext.pricing.promotions.result_model import (
	Arm,
	Promoted,
	Uplift,
	against_before,
	against_hold_out,
)
from crm_ext.pricing.store import number
from crm_ext.profile.figures import BRINGS_REVENUE
from crm_ext.profile.permissions import of_readable
from crm_ext.rules import sql
from crm_ext.rules.conditions import resolve
from crm_ext.rules.site import registry
from crm_ext.rules.statistics import Sample

PROMOTION = "Sales Promotion"
_COST = {"Sales Invoice": "l.incoming_rate", "POS Invoice": "0"}
_KEYS = ("item", "brand", "item_group")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
	"""What a promotion brought a company from `start` to `end`, both included."""

	promotion: str
	company: str
	start: date
	end: date
	promoted: Promoted
	uplift: Uplift

	@property
	def currency(self) -> str:
		return frappe.get_cached_value("Company", self.company, "default_currency")

	@property
	def days(self) -> int:
		return (self.end - self.start).days + 1

	@property
	def before(self) -> tuple[date, date]:
		"""The same number of days right before the start."""
		return self.start - timedelta(days=self.days), self.start - timedelta(days=1)

	@property
	def return_on_cost(self) -> float | None:
		"""ROI in percent, see `Uplift.return_on`."""
		return self.uplift.return_on(self.promoted.spent)


def result(promotion, company: str, start: date | None = None, end: date | None = None) -> Result | None:
	"""The result of a Sales Promotion (its document) in a company; None if it has neither begun nor sold there.

	Without days, from its first one to its last one: `valid_from`, or its first sale; `valid_to`, when it was stopped,
	or today.
	"""
	start, end = period(promotion, company, start, end)
	if not start or start > end:
		return None
	figures = sold([promotion.name], company, start, end).get((promotion.name, company), Promoted())
	return Result(
		promotion=promotion.name,
		company=company,
		start=start,
		end=end,
		promoted=figures,
		uplift=uplift(promotion, company, start, end).less(figures.freight),
	)


def period(
	promotion, company: str, start: date | None = None, end: date | None = None
) -> tuple[date | None, date]:
	"""The first and the last day of a promotion up to today; None as the first where there is none yet."""
	if not start and promotion.valid_from:
		start = getdate(promotion.valid_from)
	if not start:
		first = {"promotion": promotion.name, "company": company}
		start = frappe.db.get_value(SALE, first, "posting_date", order_by="posting_date asc")
	lasts = [getdate(nowdate()), end, promotion.valid_to, promotion.stopped_at]
	return start, min(getdate(last) for last in lasts if last)


def sold(
	promotions: list[str], company: str = "", start: date | None = None, end: date | None = None
) -> dict[tuple[str, str], Promoted]:
	"""The figures of the promoted lines by promotion and company, in one statement; of what the user may read."""
	if not promotions:
		return {}
	rows = frappe.db.sql(
		f"""SELECT s.promotion, s.company, {COLUMNS} FROM `tab{SALE}` s
		WHERE s.promotion IN %(promotions)s AND (%(company)s = '' OR s.company = %(company)s)
			AND s.posting_date BETWEEN %(start)s AND %(end)s AND {readable(SALE, "s")}
		GROUP BY s.promotion, s.company""",
		{
			"promotions": tuple(promotions),
			"company": company,
			"start": start or date.min.replace(year=1900),
			"end": end or date.max,
		},
	)
	return {(name, of): promoted(figures) for name, of, *figures in rows}


def uplift(promotion, company: str, start: date, end: date) -> Uplift:
	"""What came in addition: against the hold-out group, else against the same number of days before. Two statements."""
	days = (end - start).days + 1
	people, values = _people(promotion)
	values |= {
		"company": company,
		"promotion": promotion.name,
		"start": start,
		"end": end,
		"first": start - timedelta(days=days),
	}
	sales = f"people AS ({people}), sales AS ({_sales(promotion, values)})"
	samples = _samples(sales, values)
	margins = _margins(sales, values, company)
	arms = {key: Arm(revenue=one, margin=margins.get(key, Decimal(0))) for key, one in samples.items()}
	if promotion.hold_out_percent:
		return against_hold_out(arms.get((False, True), Arm()), arms.get((True, True), Arm()))
	return against_before(arms.get((False, True), Arm()), arms.get((False, False), Arm()))


def _samples(sales: str, values: dict) -> dict[tuple[bool, bool], Sample]:
	"""The revenue per customer by (held out, during the promotion or before)."""
	moments = ", ".join(
		f"AVG({figure}), VAR_SAMP({figure}), AVG(POW({figure}, 3))" for figure in ("gained", "earlier")
	)
	rows = frappe.db.sql(
		f"""WITH {sales}
		SELECT held_out, COUNT(*), {moments} FROM (
			SELECT p.held_out, COALESCE(s.gained, 0) AS gained, COALESCE(s.earlier, 0) AS earlier
			FROM people p LEFT JOIN (
				SELECT customer, SUM(IF(during, net, 0)) AS gained, SUM(IF(during, 0, net)) AS earlier
				FROM sales GROUP BY customer
			) s ON s.customer = p.name
		) customers GROUP BY held_out""",
		values,
	)
	return {
		(bool(held_out), during): Sample.of_moments(n, *moments)
		for held_out, n, *both in rows
		for during, moments in ((True, both[:3]), (False, both[3:]))
	}


def _margins(sales: str, values: dict, company: str) -> dict[tuple[bool, bool], Decimal]:
	"""The margin of all together by (held out, during); lines whose cost nobody knows are left out."""
	rows = frappe.db.sql(
		f"""WITH {sales}
		SELECT p.held_out, s.during, s.item_code, SUM(IF(s.cost > 0, s.net - s.cost * s.qty, 0)),
			SUM(IF(s.cost > 0, 0, s.net)), SUM(IF(s.cost > 0, 0, s.qty))
		FROM people p JOIN sales s ON s.customer = p.name GROUP BY p.held_out, s.during, s.item_code""",
		values,
	)
	costs = costs_of({item for _held, _during, item, *_known, qty in rows if qty}, company)
	margins: dict[tuple[bool, bool], Decimal] = {}
	for held_out, during, item, known, net, qty in rows:
		cost = costs.get(item, {}).get(Base.VALUATION_RATE)
		margin = number(known) + (number(net) - cost * number(qty) if cost else 0)
		key = (bool(held_out), bool(during))
		margins[key] = margins.get(key, Decimal(0)) + margin
	return margins


def _people(promotion) -> tuple[str, dict]:
	"""The customers who meet the conditions, and whether each is held out: a SELECT with the values for its places."""
	where, values = _conditions(promotion)
	may = of_readable("Customer", "c.name").replace("%", "%%") or "TRUE"
	limit = ceil((promotion.hold_out_percent or 0) / 100 * 2**64)
	return (
		f"""SELECT c.name, CAST(CONV(LEFT(SHA2(CONCAT(%(promotion)s, '|', c.name), 256), 16), 16, 10) AS DECIMAL(20))
			< {limit} AS held_out FROM `tabCustomer` c {where} AND {may}""",
		values,
	)


def _conditions(promotion) -> tuple[str, dict]:
	"""Joins and conditions on Customer `c`: as the engine judges, by the facts of today over all companies."""
	if not promotion.conditions:
		return "WHERE c.disabled = 0", {}
	known = registry()
	clauses = resolve(promotion.rule_conditions(), known, promotion.context())
	text, given = sql.select(clauses, {clause.fact: known[clause.fact].sql for clause in clauses})
	parts = text.split("%s")
	named = "".join(f"{part}%(fact{no})s" for no, part in enumerate(parts[:-1])) + parts[-1]
	return (
		f"""JOIN `tabCustomer Profile` p ON p.customer = c.name AND p.company = '{ALL_COMPANIES}'
			WHERE c.disabled = 0 AND {named}""",
		{f"fact{no}": value for no, value in enumerate(given)},
	)


def _sales(promotion, values: dict) -> str:
	"""The lines of the promoted products, and free goods of the promotion: {customer, during, item_code, net, qty, cost}."""
	products = _products(promotion, values)
	return " UNION ALL ".join(
		f"""SELECT d.customer, d.posting_date >= %(start)s AS during, l.item_code, l.base_net_amount AS net,
			l.stock_qty AS qty, {_COST[doctype]} AS cost
		FROM `tab{doctype}` d JOIN `tab{doctype} Item` l ON l.parent = d.name
		WHERE d.company = %(company)s AND d.posting_date BETWEEN %(first)s AND %(end)s
			AND {BRINGS_REVENUE[doctype]} AND ({products} OR l.crm_ext_promotion = %(promotion)s)"""
		for doctype in BRINGS_REVENUE
	)


def _products(promotion, values: dict) -> str:
	"""A condition on a line `l`: its item is one that the promotion is for. Adds what goes into its places to `values`."""
	parts = {
		part: [row for row in promotion.products if row.part == part] for part in ("Buy", "Get", "Except")
	}
	conditions = []
	if parts["Buy"]:  # without any, it is for all items
		conditions.append(_among([*parts["Buy"], *parts["Get"]], "included", values))
	if parts["Except"]:
		conditions.append(f"NOT {_among(parts['Except'], 'excepted', values)}")
	return " AND ".join(conditions) or "TRUE"


def _among(rows: list, prefix: str, values: dict) -> str:
	for key in _KEYS:
		values[f"{prefix}_{key}"] = tuple({row.get(key) for row in rows if row.get(key)}) or ("",)
	return f"""(l.item_code IN (SELECT i.name FROM `tabItem` i
		WHERE i.name IN %({prefix}_item)s OR i.variant_of IN %({prefix}_item)s OR i.brand IN %({prefix}_brand)s
			OR i.item_group IN (SELECT g.name FROM `tabItem Group` g JOIN `tabItem Group` top
				ON g.lft BETWEEN top.lft AND top.rgt WHERE top.name IN %({prefix}_item_group)s)))"""
