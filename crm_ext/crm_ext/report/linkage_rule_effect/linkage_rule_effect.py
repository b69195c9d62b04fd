# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What linkage rules bring about: the customers they ran for beside those they held out."""

import frappe
from frappe import _
from frappe.utils import cint, fmt_money

from crm_ext.errors import speaking
from crm_ext.linkage.effect import BASELINE, BUYERS, CHANGE, REVENUE, Effect, Measured, effect, effects
from crm_ext.rules.site import reporting_currency
from crm_ext.rules.statistics import FEW_LARGE, SMALLEST_ARM, TOO_FEW, UNLIKE, Verdict

WINDOWS = (30, 90, 180, 365)
DAYS = 90


@speaking
def execute(filters: dict | None = None) -> tuple:
	"""Columns, a row for each rule and outcome, how it is computed, and the chart of both sides."""
	filters = frappe._dict(filters or {})
	days = cint(filters.days) if cint(filters.days) in WINDOWS else DAYS
	found = [effect(filters.rule, days)] if filters.rule else effects(days)
	rows = [_row(one, measured) for one in found for measured in one.outcomes]
	return _columns(), rows, _message(days), _chart(found)


def _row(one: Effect, measured: Measured) -> dict:
	percent = 100 if measured.outcome == BUYERS else 1
	verdict = measured.verdict
	return {
		"rule": one.rule,
		"outcome": _outcomes()[measured.outcome],
		"treated_n": measured.treated.n,
		"treated": measured.treated.mean * percent,
		"held_out_n": measured.held_out.n,
		"held_out": measured.held_out.mean * percent,
		"difference": verdict.difference * percent,
		"low": None if verdict.low is None else verdict.low * percent,
		"high": None if verdict.high is None else verdict.high * percent,
		"verdict": _words(measured),
		"indicator": _indicator(measured),
		"currency": "" if measured.outcome == BUYERS else one.currency,
	}


def _outcomes() -> dict[str, str]:
	return {
		REVENUE: _("Revenue"),
		BUYERS: _("Customers with an Invoice"),
		BASELINE: _("Revenue Before"),
		CHANGE: _("Change of Revenue"),
	}


def _indicator(measured: Measured) -> str:
	if not measured.verdict.proven:
		return "grey"
	return "orange" if measured.outcome == BASELINE else "green"


def _words(measured: Measured) -> str:
	"""The verdict as a sentence."""
	verdict, baseline = measured.verdict, measured.outcome == BASELINE
	if verdict.reason == TOO_FEW:
		return _("not proven: fewer than {0} on one side").format(SMALLEST_ARM)
	if verdict.reason == UNLIKE:
		return _("not proven: the share held out was changed meanwhile")
	figures = _figures(verdict, share=measured.outcome == BUYERS)
	if baseline:
		return (
			_("the sides differed before: {0}").format(figures)
			if verdict.proven
			else _("no difference proven")
		)
	if verdict.proven:
		return figures
	if verdict.reason == FEW_LARGE:
		return _("not proven: few large customers make {0}").format(figures)
	return _("not proven: {0}").format(figures)


def _figures(verdict: Verdict, *, share: bool) -> str:
	"""“+1,200 (from 300 to 2,100)”."""
	figures = (verdict.difference, verdict.low, verdict.high)
	if share:
		words, factor, digits = _("{0} points (from {1} to {2})"), 100, 1
	else:
		words, factor, digits = _("{0} (from {1} to {2})"), 1, 0 if max(map(abs, figures)) >= 100 else 2
	difference, low, high = (fmt_money(figure * factor, precision=digits) for figure in figures)
	return words.format(f"+{difference}" if verdict.difference > 0 else difference, low, high)


def _message(days: int) -> str:
	return " ".join(
		(
			_("A customer counts on the side of its first run, whatever came of that run or after it."),
			_(
				"What counts are the {0} days after the day of that run. Left out are customers for whom they are not"
				" over, and those who came before the first or after the last one held out."
			).format(days),
			_("Revenue is net of returns and without tax, in {0}.").format(reporting_currency()),
			_("Intervals hold for 95 %: of 20 rows without an effect, chance alone proves about one."),
		)
	)


def _chart(found: list[Effect]) -> dict | None:
	"""The mean revenue of both sides: before and after if it is one rule, after if there are several."""
	if not found:
		return None
	bars = [(one.rule, one.of(REVENUE)) for one in found]
	if len(found) == 1:
		bars = [(_outcomes()[outcome], found[0].of(outcome)) for outcome in (BASELINE, REVENUE)]
	return {
		"data": {
			"labels": [label for label, _measured in bars],
			"datasets": [
				{"name": _("Treated"), "values": [measured.treated.mean for _label, measured in bars]},
				{"name": _("Held Out"), "values": [measured.held_out.mean for _label, measured in bars]},
			],
		},
		"type": "bar",
		"colors": ["#2563eb", "#9ca3af"],
		"fieldtype": "Currency",
		"options": found[0].currency,
	}


def _columns() -> list[dict]:
	columns = (
		("rule", _("Linkage Rule"), "Link", "Linkage Rule", 180),
		("outcome", _("Outcome", context="CRM Ext"), "Data", None, 190),
		("verdict", _("Verdict"), "Data", None, 360),
		("treated_n", _("Treated"), "Int", None, 85),
		("treated", _("Mean, Treated"), "Float", None, 125),
		("held_out_n", _("Held Out"), "Int", None, 85),
		("held_out", _("Mean, Held Out"), "Float", None, 135),
		("difference", _("Difference", context="CRM Ext"), "Float", None, 120),
		("low", _("95 %, from"), "Float", None, 120),
		("high", _("95 %, to"), "Float", None, 120),
		("currency", _("Currency"), "Link", "Currency", 90),
	)
	return [
		{
			"fieldname": name,
			"label": label,
			"fieldtype": fieldtype,
			"options": options,
			"width": width,
			"align": "right" if fieldtype in ("Float", "Int") else "left",
			"hidden": int(name == "currency"),
		}
		for name, label, fieldtype, options, width in columns
	]
