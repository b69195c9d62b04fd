# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The status board: what the running promotions have sold, cost and left of their budget, in four statements.

Figures are in the currency of the company that sold; nothing is added up over companies. A line that two promotions
made cheaper counts for either of them, and once in the sums of all. What is left of limits is in the currency of the
promotion, over all companies, as the limits are.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import frappe
from frappe.utils import getdate, nowdate

from crm_ext.pricing.promotions.figures import REDEMPTION, SALE, UNCOUNTED, promoted, readable, told
from crm_ext.pricing.promotions.result_model import Promoted
from crm_ext.pricing.store import number
from crm_ext.profile.permissions import of_readable

ALL = ""
RUNNING, COMING, OBSERVING, PAUSED, ENDED = "Running", "Coming", "Observing", "Paused", "Ended"
SHOWN = {
	RUNNING: "p.status = 'Active' AND (p.valid_to IS NULL OR p.valid_to >= %(today)s)",
	OBSERVING: "p.status = 'Observing'",
	PAUSED: "p.status = 'Paused'",
	ENDED: "(p.status = 'Stopped' OR p.status = 'Active' AND p.valid_to < %(today)s)",
}
"""What the board may be asked for; those that are still to come are shown with the running ones."""
WEEKS = 26
"""So many weeks a trend covers."""
MONDAY = "s.posting_date - INTERVAL WEEKDAY(s.posting_date) DAY"
_LIMITS = {
	"money": ("budget", "amount"),
	"uses": ("max_uses", "uses"),
	"customers": ("max_customers", "customers"),
}


@dataclass(slots=True)
class Sold:
	"""What one promotion sold in one company, in all and by week."""

	redeemed: int = 0
	reserved: int = 0
	customers: int = 0
	total: Promoted = field(default_factory=Promoted)
	weeks: dict[date, Promoted] = field(default_factory=dict)

	def add(self, week: date, figures: Promoted) -> None:
		self.weeks[week] = self.weeks.get(week, Promoted()) + figures
		self.total += figures


def board(company: str = "", shown: str = RUNNING, today: date | None = None) -> dict:
	"""{today, weeks, promotions: […], companies: […]}: see `_promotion`, and `_sales` for those of all promotions."""
	today = today or getdate(nowdate())
	promotions = _promotions(company, shown, today)
	names = [row.name for row in promotions]
	sold = _read(names, company) if names else {}
	weeks = _weeks(today)
	sales: dict[str, list[dict]] = {}
	for (name, of), one in sorted(sold.items()):
		sales.setdefault(name, []).append(_sales(of, one, weeks))
	return {
		"today": str(today),
		"weeks": [str(week) for week in weeks],
		"promotions": [_promotion(row, sales.get(row.name, []), today) for row in promotions],
		"companies": sales.get(ALL, []),
	}


def _weeks(today: date) -> list[date]:
	last = today - timedelta(days=today.weekday())
	return [last - timedelta(weeks=back) for back in reversed(range(WEEKS))]


def _promotions(company: str, shown: str, today: date) -> list[dict]:
	"""The promotions with what has been used of their limits."""
	may = of_readable("Sales Promotion", "p.name").replace("%", "%%") or "TRUE"
	return frappe.db.sql(
		f"""SELECT p.name, p.kind, p.status, p.status_reason, p.company, p.currency, p.valid_from, p.valid_to, p.budget,
			p.max_uses, p.max_customers, p.when_used_up, p.needs_coupon, p.hold_out_percent, u.uses, u.customers, u.amount
		FROM `tabSales Promotion` p
		LEFT JOIN `tabPromotion Usage` u
			ON u.promotion = p.name AND COALESCE(u.coupon, '') = '' AND COALESCE(u.customer, '') = ''
		WHERE {SHOWN[shown]} AND {may} AND (%(company)s = '' OR COALESCE(p.company, '') IN ('', %(company)s))
		ORDER BY COALESCE(p.valid_to, '9999-12-31'), p.name""",
		{"company": company, "today": today},
		as_dict=True,
	)


def _read(names: list[str], company: str) -> dict[tuple[str, str], Sold]:
	"""What was sold, by promotion and company; of ALL promotions each line once."""
	about = {"names": tuple(names), "company": company}
	sold: dict[tuple[str, str], Sold] = {}
	for of, name, redeemed, reserved, customers in frappe.db.sql(
		f"""SELECT r.company, r.promotion, SUM(r.status = 'Redeemed'), SUM(r.status = 'Reserved'),
			COUNT(DISTINCT r.customer)
		FROM `tab{REDEMPTION}` r WHERE r.status <> 'Released' AND {_asked(REDEMPTION, "r")}
		GROUP BY r.company, r.promotion WITH ROLLUP""",
		about,
	):
		if of:
			sold[name or ALL, of] = Sold(int(redeemed), int(reserved), int(customers))
	for name, of, week, *figures in frappe.db.sql(
		f"""SELECT s.promotion, s.company, {MONDAY}, {UNCOUNTED} FROM `tab{SALE}` s WHERE {_asked(SALE, "s")}
		GROUP BY 1, 2, 3""",
		about,
	):
		for key in (name, ALL):
			sold.setdefault((key, of), Sold()).add(week, promoted(figures))
	for of, week, figures in _counted_twice(about):
		sold[ALL, of].add(week, figures)
	return sold


def _counted_twice(about: dict) -> Iterator[tuple[str, date, Promoted]]:
	"""What is to be taken off the sums of all: lines that got several promotions were added up once for each."""
	line = "UNHEX(MD5(CONCAT(s.reference_doctype, s.row)))"  # short, so that the groups fit into memory
	for of, week, lines, *figures in frappe.db.sql(
		f"""SELECT s.company, {MONDAY}, -SUM(d.more), -SUM(d.more * s.revenue), -SUM(d.more * s.cost),
			-SUM(d.more * IF(s.cost = 0, 0, s.revenue))
		FROM (
			SELECT {line} AS line, LEFT(MAX(s.name), 20) AS name, COUNT(*) - 1 AS more FROM `tab{SALE}` s
			WHERE {_asked(SALE, "s")} GROUP BY line HAVING more > 0
		) d JOIN `tab{SALE}` s ON s.name = d.name GROUP BY 1, 2""",
		about,
	):
		revenue, cost, valued = map(number, figures)
		yield of, week, Promoted(lines=int(lines), revenue=revenue, cost=cost, valued=valued)


def _asked(doctype: str, alias: str) -> str:
	return f"""{alias}.promotion IN %(names)s AND (%(company)s = '' OR {alias}.company = %(company)s)
		AND {readable(doctype, alias)}"""


def _promotion(row: dict, sales: list[dict], today: date) -> dict:
	"""{name, kind, state, days_left, limits: [{limit, used, most, percent}], sales: [{company, currency, …figures}]}."""
	return {
		"name": row.name,
		"kind": row.kind,
		"state": _state(row, today),
		"reason": row.status_reason,
		"currency": row.currency,
		"valid_from": row.valid_from and str(row.valid_from),
		"valid_to": row.valid_to and str(row.valid_to),
		"days_left": (row.valid_to - today).days + 1 if row.valid_to and row.valid_to >= today else None,
		"when_used_up": row.when_used_up,
		"needs_coupon": row.needs_coupon,
		"hold_out_percent": row.hold_out_percent,
		"limits": [
			{"limit": limit, "used": used, "most": most, "percent": round(used / most * 100, 1)}
			for limit, (cap, counter) in _LIMITS.items()
			if (most := float(row[cap] or 0)) and (used := float(row[counter] or 0)) >= 0
		],
		"sales": sales,
	}


def _state(row: dict, today: date) -> str:
	if row.status == "Stopped" or (row.valid_to and row.valid_to < today):
		return ENDED
	if row.status != "Active":
		return row.status
	return COMING if row.valid_from and row.valid_from > today else RUNNING


def _sales(company: str, sold: Sold, weeks: list[date]) -> dict:
	figures = told(sold.total)
	del figures["invoices"]
	return {
		"company": company,
		"currency": frappe.get_cached_value("Company", company, "default_currency"),
		"redeemed": sold.redeemed,
		"reserved": sold.reserved,
		**figures,
		"customers": sold.customers,
		"trend": _trend(sold.weeks, weeks),
	}


def _trend(found: dict[date, Promoted], weeks: list[date]) -> dict:
	"""{revenue: […], discount: […]} of these weeks, free goods at their price."""
	of = [found.get(week, Promoted()) for week in weeks]
	return {
		"revenue": [float(one.revenue) for one in of],
		"discount": [float(one.given) for one in of],
	}


def invoices(promotion: str, company: str, most: int) -> list[dict]:
	"""The last invoices with a promotion: [{doctype, name, date, customer, revenue, discount, is_return}]."""
	return frappe.db.sql(
		f"""SELECT s.reference_doctype AS doctype, s.reference_name AS name, s.posting_date AS date, s.customer,
			s.is_return, SUM(s.revenue) AS revenue, SUM(s.discount) AS discount
		FROM `tab{SALE}` s
		WHERE s.promotion = %(promotion)s AND s.company = %(company)s AND {readable(SALE, "s")}
		GROUP BY s.reference_doctype, s.reference_name ORDER BY date DESC, name DESC LIMIT %(most)s""",
		{"promotion": promotion, "company": company, "most": most},
		as_dict=True,
	)
