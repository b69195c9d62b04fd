# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What promotions brought: revenue, cost and margin of their lines, uplift, and return on what they cost."""

import frappe
from frappe import _
from frappe.utils import getdate

from crm_ext.errors import speaking
from crm_ext.pricing.costs import may_see_costs
from crm_ext.pricing.promotions.figures import told
from crm_ext.pricing.promotions.result import PROMOTION, period, sold, uplift
from crm_ext.pricing.promotions.result_model import Method, Promoted, Uplift
from crm_ext.pricing.promotions.result_words import method_label

MOST = 50
"""For so many promotions the uplift is computed, those with the most revenue first: each needs a look at the invoices."""


@speaking
def execute(filters: dict | None = None) -> tuple:
	"""Columns, a row for each promotion and company that sold, how it is computed, and the chart of cost and return."""
	filters = frappe._dict(filters or {})
	figures = sold(*_asked(filters))
	rows = []
	for no, (key, of) in enumerate(sorted(figures.items(), key=lambda pair: (-pair[1].revenue, pair[0]))):
		rows.append(_row(*key, of, filters, with_uplift=bool(filters.uplift) and no < MOST))
	return _columns(), rows, _message(filters, len(rows)), _chart(rows)


def _asked(filters: dict) -> tuple:
	"""The promotions that the user may read, the company and the days."""
	names = frappe.get_list(
		PROMOTION, {"name": filters.promotion} if filters.promotion else {}, pluck="name", limit=0
	)
	return names, filters.company or "", *_days(filters)


def _days(filters: dict) -> tuple:
	return tuple(getdate(day) if day else None for day in (filters.from_date, filters.to_date))


def _row(name: str, company: str, figures: Promoted, filters: dict, *, with_uplift: bool) -> dict:
	promotion = frappe.get_cached_doc(PROMOTION, name)
	first, last = period(promotion, company, *_days(filters))
	found = Uplift()
	if with_uplift and first and first <= last:
		found = uplift(promotion, company, first, last).less(figures.freight)
	may = may_see_costs()
	return {
		"promotion": name,
		"company": company,
		"currency": frappe.get_cached_value("Company", company, "default_currency"),
		"status": _(promotion.status, context="CRM Ext"),
		"from_date": first,
		"to_date": last,
		"customers": figures.customers,
		**told(figures),
		"method": method_label(found.method) if found.method is not Method.NONE else "",
		"uplift": found.percent,
		"proven": found.proven,
		"additional": float(found.margin) if found.known and may else None,
		"return_on_cost": found.return_on(figures.spent) if may else None,
		"break_even": figures.break_even if may else None,
	}


def _message(filters: dict, rows: int) -> str:
	told = [
		_("Figures are of the invoiced lines that got the promotion, returns deducted, without tax."),
		_("The promotion cost what was taken off, and what its free goods cost in purchase."),
	]
	if filters.uplift:
		told += [
			_(
				"Uplift: the revenue of the promoted products from all customers who meet the conditions, against that of"
				" the hold-out group, else against the same number of days right before. The latter is no proof."
			),
			_("Return on investment: the margin in addition in percent of what the promotion cost."),
		]
		if rows > MOST:
			told.append(_("The uplift is computed for the first {0} rows.").format(MOST))
	return " ".join(told)


def _chart(rows: list[dict]) -> dict | None:
	"""What each promotion cost and what it left; of one currency only, for amounts of two do not go side by side."""
	shown = rows[:12]
	if not shown or len({row["currency"] for row in shown}) > 1 or shown[0]["margin"] is None:
		return None
	return {
		"data": {
			"labels": [row["promotion"] for row in shown],
			"datasets": [
				{"name": _("Promotion Cost"), "values": [row["spent"] for row in shown]},
				{"name": _("Margin", context="CRM Ext"), "values": [row["margin"] for row in shown]},
			],
		},
		"type": "bar",
		"colors": ["#f59e0b", "#2563eb"],
		"fieldtype": "Currency",
		"options": shown[0]["currency"],
	}


def _columns() -> list[dict]:
	columns = (
		("promotion", _("Promotion"), "Link", PROMOTION, 190),
		("company", _("Company"), "Link", "Company", 150),
		("revenue", _("Revenue"), "Currency", "currency", 140),
		("spent", _("Promotion Cost"), "Currency", "currency", 140),
		("margin", _("Margin", context="CRM Ext"), "Currency", "currency", 140),
		("margin_percent", _("Margin %"), "Percent", None, 95),
		("uplift", _("Uplift"), "Percent", None, 95),
		("return_on_cost", _("Return on Investment"), "Percent", None, 180),
		("method", _("Compared"), "Data", None, 270),
		("additional", _("Additional Margin"), "Currency", "currency", 140),
		("break_even", _("Break-Even Uplift"), "Percent", None, 145),
		("invoices", _("Invoices", context="CRM Ext"), "Int", None, 90),
		("customers", _("Customers", context="CRM Ext"), "Int", None, 105),
		("discount", _("Discount"), "Currency", "currency", 130),
		("gifts", _("Free Goods at Cost"), "Currency", "currency", 150),
		("cost", _("Cost of Goods"), "Currency", "currency", 140),
		("status", _("Status"), "Data", None, 90),
		("from_date", _("From Date"), "Date", None, 115),
		("to_date", _("To Date", context="CRM Ext"), "Date", None, 115),
	)
	return [
		{
			"fieldname": name,
			"label": label,
			"fieldtype": fieldtype,
			"options": options,
			"width": width,
			**({"precision": 1} if fieldtype == "Percent" else {}),
		}
		for name, label, fieldtype, options, width in columns
	]
