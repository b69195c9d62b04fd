# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What a request sends, read: JSON of the shape that was asked for, or an error that names the field."""

import json
import math
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cache
from typing import NoReturn
from zoneinfo import ZoneInfo

import frappe
from frappe.model import numeric_fieldtypes, table_fields
from frappe.model.base_document import get_controller
from frappe.model.document import Document
from frappe.utils import flt, get_datetime, get_system_timezone, get_time, getdate

from crm_ext.exceptions import Term, WrongShape

TOO_MUCH = 10**12
"""Numbers from this on have no place in the columns of ERPNext, decimal(21,9)."""

OBJECT = Term("a JSON object")
OBJECTS = Term("a JSON list of objects")
TEXTS = Term("a JSON list of texts")
TEXT = Term("a text")
NUMBER = Term("a number of at most 12 digits and 9 decimals")
DOCSTATUS = Term("0, 1 or 2")
FIELD = Term("a name of a field")
DATE = Term("a date such as 2026-01-31")
TIME = Term("a time of day such as 17:30")
MOMENT = Term("a date and time such as 2026-01-31 09:30:00")


def an_object(given: object, field: str) -> dict:
	"""A JSON object; empty where there is none."""
	found = _parsed(given, field, OBJECT)
	if found is not None and not isinstance(found, Mapping):
		_refuse(field, OBJECT)
	return dict(found or {})


def objects(given: object, field: str) -> list[dict]:
	"""A JSON list of objects; empty where there is none."""
	found = _parsed(given, field, OBJECTS)
	if found is not None and not (isinstance(found, list) and all(isinstance(one, Mapping) for one in found)):
		_refuse(field, OBJECTS)
	return found or []


def texts(given: object, field: str) -> list[str]:
	"""A JSON list of texts; empty where there is none. Numbers count as texts, what is empty is left out."""
	found = _parsed(given, field, TEXTS)
	if found is not None and not isinstance(found, list):
		_refuse(field, TEXTS)
	return [a_text(one, field) for one in found or () if one not in (None, "")]


def a_text(given: object, field: str) -> str:
	"""A text that can be stored; a number counts as one, nothing is an empty one."""
	if given is not None and not isinstance(given, str | int | float):
		_refuse(field, TEXT)
	text = "" if given is None else str(given)
	try:
		text.encode()
	except UnicodeEncodeError:  # half of a character
		_refuse(field, TEXT)
	return text


def names(given: object, field: str) -> list[str]:
	"""Names of records: a single one as a text, or a JSON list of them; empty where there is none."""
	single = isinstance(given, str) and not given.lstrip().startswith("[")
	return texts([given] if single else given, field)


def a_number(given: object, field: str) -> float:
	"""A number as ERPNext reads it that has a place in its columns; what is none counts as 0 there."""
	number = flt(given)
	if not (math.isfinite(number) and abs(number) < TOO_MUCH):
		_refuse(field, NUMBER)
	return number


def a_day(given: object, field: str) -> date | None:
	"""A date; None where nothing is given."""
	if given in (None, ""):
		return None
	found = day(given)
	if not found:
		_refuse(field, DATE)
	return found


def a_moment(given: object, field: str) -> datetime | None:
	"""A date and time of the site, whatever time zone it was given in; None where nothing is given."""
	if given in (None, ""):
		return None
	try:
		return site_time(get_datetime(given))
	except (ValueError, TypeError, OverflowError, AttributeError):
		_refuse(field, MOMENT)


def site_time(moment: datetime) -> datetime:
	"""A moment without a time zone, as Frappe stores it. Raises OverflowError or ValueError at the ends of the calendar."""
	if not moment.tzinfo:
		return moment
	return moment.astimezone(ZoneInfo(get_system_timezone())).replace(tzinfo=None)


def a_document(given: object, field: str, doctype: str) -> Document:
	"""The document of this name, or one as a form has it, saved or not. Raises DoesNotExistError.

	When it was made is not for the form to say.
	"""
	if isinstance(given, str) and not given.lstrip().startswith("{"):
		return frappe.get_doc(doctype, a_text(given, field))
	values = {**an_object(given, field), "doctype": doctype}
	check_document(values)
	values["creation"] = frappe.db.get_value(doctype, values.get("name") or "", "creation")
	return frappe.get_doc(values)


def check_document(doc: Mapping, place: str = "") -> None:
	"""Raises WrongShape unless the fields of a document hold plain values, and its tables rows of such.

	Fields that its DocType does not have are not looked at, but must not have the name of a method.
	"""
	meta = frappe.get_meta(doc["doctype"])
	for name in doc.keys() & _methods(get_controller(doc["doctype"])):
		if not meta.has_field(name):
			_refuse(f"{place}{name}", FIELD)
	a_text(doc.get("name"), f"{place}name")
	if str(doc.get("docstatus") or 0) not in ("0", "1", "2"):
		_refuse(f"{place}docstatus", DOCSTATUS)
	for df in meta.fields:
		value, field = doc.get(df.fieldname), place + df.fieldname
		if value in (None, "") or df.fieldtype == "JSON":
			continue
		if df.fieldtype in table_fields:
			if isinstance(value, str):
				_refuse(field, OBJECTS)
			for number, row in enumerate(objects(value, field), 1):
				check_document({**row, "doctype": df.options}, f"{field} {number} ")
		else:
			_check_value(value, df.fieldtype, field)


@cache
def _methods(controller: type) -> frozenset[str]:
	"""What the documents of a class can do, and what a field of the same name would hide."""
	return frozenset(name for name in dir(controller) if callable(getattr(controller, name)))


def _check_value(value: object, fieldtype: str, field: str) -> None:
	a_text(value, field)
	if fieldtype in numeric_fieldtypes:
		a_number(value, field)
	elif fieldtype in ("Date", "Datetime"):
		a_day(value, field)
	elif fieldtype == "Time" and moment(value) is None:
		_refuse(field, TIME)


def moment(value: object) -> time | None:
	"""The time of day that a text means; None if it means none."""
	try:
		return get_time(value) if value else None
	except (ValueError, OverflowError):
		return None


def day(value: object) -> date | None:
	"""The day that a text means; None if it means none."""
	try:
		return getdate(value)
	except (ValueError, OverflowError):
		return None
	except frappe.ValidationError:
		frappe.clear_last_message()
		return None


def _parsed(given: object, field: str, expected: Term) -> object:
	"""What is in a JSON text; what is no text is what it is. JSON has neither NaN nor Infinity."""
	if not isinstance(given, str):
		return given
	try:
		return json.loads(given, parse_constant=lambda _: _refuse(field, expected)) if given else None
	except (ValueError, RecursionError):
		_refuse(field, expected)


def _refuse(field: str, expected: Term) -> NoReturn:
	raise WrongShape(field=field, expected=expected)
