# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The parameters of an action, checked against what the action asks for."""

from collections.abc import Mapping

import frappe
from frappe.utils import cint, flt

from crm_ext.exceptions import (
	NoSuchRecord,
	OutOfRange,
	ParameterMissing,
	ParametersNotAnObject,
	Term,
	WrongChoice,
)
from crm_ext.linkage import registry
from crm_ext.rules.actions import Action, Parameter

_NUMBERS = {"Int": cint, "Check": cint, "Float": flt, "Currency": flt, "Percent": flt}


def clean(action: str, given: Mapping[str, object]) -> dict[str, object]:
	"""The parameters of an action, those it does not know left out and defaults filled in.

	Raises UnknownAction, ParametersNotAnObject, ParameterMissing, NoSuchRecord, OutOfRange, WrongChoice, and what the
	action's own check raises.
	"""
	if not isinstance(given, Mapping):
		raise ParametersNotAnObject(action=Term(action))
	known = registry.action(action)
	values = {p.name: _typed(p, given.get(p.name, p.default)) for p in known.parameters}
	asked = {p.name: p for p in known.parameters if _applies(p.depends_on, values, empty=True)}
	for parameter in asked.values():
		_check(known, parameter, values)
	kept = {name: value for name, value in values.items() if name in asked and value not in (None, "")}
	if known.check:
		known.check(kept)
	return kept


def _check(action: Action, parameter: Parameter, values: Mapping[str, object]) -> None:
	value = values[parameter.name]
	label = Term(parameter.label)
	if value in (None, ""):
		if parameter.required or _applies(parameter.mandatory_depends_on, values, empty=False):
			raise ParameterMissing(action=Term(action.name), parameter=label)
		return
	if parameter.fieldtype == "Link" and not frappe.db.exists(parameter.options, value):
		raise NoSuchRecord(value=value, doctype=Term(parameter.options), parameter=label)
	if parameter.most is not None and not 0 <= value <= parameter.most:
		raise OutOfRange(parameter=label, most=parameter.most)
	if parameter.fieldtype == "Select":
		choices = [choice for choice in parameter.options.split("\n") if choice]
		if value not in choices:
			raise WrongChoice(value=value, parameter=label, allowed=tuple(map(Term, choices)))


def _typed(parameter: Parameter, value: object) -> object:
	number = _NUMBERS.get(parameter.fieldtype)
	if number:
		return number(value) if value not in (None, "") else None
	return "" if value is None else str(value).strip()


def _applies(expression: str, values: Mapping[str, object], *, empty: bool) -> bool:
	"""Whether a `depends_on` holds: the name of a parameter, or eval:doc.name == 'value' with || between.

	The one form of Frappe's expressions that both the Desk and the server read.
	"""
	if not expression:
		return empty
	if not expression.startswith("eval:"):
		return bool(values.get(expression))
	text = expression.removeprefix("eval:").replace("===", "==").replace("||", " or ").replace("&&", " and ")
	return bool(frappe.safe_eval(text, eval_locals={"doc": frappe._dict(values)}))
