# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Evidence in words: what a rule read, and what it asked for, in the reader's language."""

from collections.abc import Mapping
from datetime import date

import frappe
from frappe import _
from frappe.utils import fmt_money, formatdate

from crm_ext.rules.facts import FactType
from crm_ext.rules.site import registry


def step_words(step: Mapping, currency: str) -> dict:
	"""One step of an evidence: {label, actual, threshold, met, text}."""
	known = registry()
	label = _(known[step["fact"]].label) if step["fact"] in known else step["fact"]
	type_ = FactType(step["type"])
	actual = value_words(step["actual"], type_, currency)
	threshold = threshold_words(step["op"], step["operand"], type_, currency, negate=step["negate"])
	return {
		"label": label,
		"actual": actual,
		"threshold": threshold,
		"met": step["met"],
		"text": _("{0}: {1} ({2})").format(label, actual, threshold),
	}


def threshold_words(op: str, operand: object, type_: FactType, currency: str, *, negate: bool) -> str:
	"""What a clause asks for: “at least 500,000.00”, “not Retail”."""
	value = value_words(operand, type_, currency)
	if negate:
		phrases = {
			"eq": _("other than {0}"),
			"present": _("missing"),
			"in": _("none of {0}"),
			"any": _("includes none of {0}"),
		}
	elif type_ is FactType.DATE:
		phrases = {
			"ge": _("on or after {0}"),
			"gt": _("after {0}"),
			"le": _("on or before {0}"),
			"lt": _("before {0}"),
		}
	else:
		phrases = {
			"ge": _("at least {0}"),
			"gt": _("more than {0}"),
			"le": _("at most {0}"),
			"lt": _("less than {0}"),
		}
	phrases = {
		"eq": _("exactly {0}"),
		"in": _("one of {0}"),
		"any": _("includes any of {0}"),
		"all": _("includes all of {0}"),
		"present": _("known"),
		**phrases,
	}
	return phrases[op].format(value)


def value_words(value: object, type_: FactType, currency: str) -> str:
	"""A fact's value (JSON form) as the reader writes it; “missing” where there is none."""
	if value is None or value == []:
		return _("missing")
	if type_ is FactType.MONEY:
		return fmt_money(float(value), currency=currency)
	if type_ is FactType.DATE:
		return formatdate(value if isinstance(value, date) else str(value))
	if type_ is FactType.DURATION:
		return _("{0} days").format(_number(value))
	if type_ is FactType.NUMBER:
		return _number(value)
	if isinstance(value, list | tuple):
		return ", ".join(
			"/".join(_(one, context="Tag") for one in ([member] if isinstance(member, str) else member))
			for member in value
		)
	return _(str(value))


def _number(value: object) -> str:
	number = float(value)
	return frappe.format_value(
		int(number) if number.is_integer() else number,
		{"fieldtype": "Int" if number.is_integer() else "Float"},
	)
