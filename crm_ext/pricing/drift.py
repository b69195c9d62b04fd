# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Every night: the lines whose price no longer follows from what is written beside it, as Price Deviations.

Looked at are the documents that changed in the last days, and those with an open deviation. A deviation is unique over
document, row and kind; it is *Gone* when it no longer holds, and stays *Accepted* while its figures stay the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

import frappe
from frappe.translate import print_language
from frappe.utils import add_days, getdate, nowdate

from crm_ext.constants import SELLING_DOCTYPES
from crm_ext.exceptions import UnreadableEvidence
from crm_ext.jobs import enqueue_once
from crm_ext.pricing import drift_words
from crm_ext.pricing.agreed import LINKS, Source, source_of
from crm_ext.pricing.agreed_rates import AgreedRate, agreed_rates
from crm_ext.pricing.drift_words import Kind
from crm_ext.pricing.replay import replay
from crm_ext.pricing.rows import party_of
from crm_ext.pricing.store import number
from crm_ext.pricing.waterfall import Replay, load
from crm_ext.profile.transactions import persistently
from crm_ext.rows import insert_rows, update_rows
from crm_ext.settings import settings

DEVIATION = "Price Deviation"
OPEN, ACCEPTED, GONE = "Open", "Accepted", "Gone"
TIMEOUT = 3 * 60 * 60
DOCUMENTS = 100
"""Documents of one transaction."""

_PLACES = Decimal("1e-9")
_FIGURES = ("status", "found_on", "expected", "found", "explanation")
_IDENTITY = ("reference_doctype", "reference_name", "row", "kind")
_HEAD = ("customer", "company", "item_code", "row_no", "currency")


@dataclass(frozen=True, slots=True)
class Finding:
	"""One price of a line that is not what it should be, in document currency."""

	kind: Kind
	expected: Decimal | None
	found: Decimal
	explanation: str


def check_later() -> None:
	"""Have a worker look at the prices of the last days, if the settings want it."""
	if settings().pricing_enabled and settings().pricing_replay_days:
		enqueue_once("crm_ext.pricing.drift.check", timeout=TIMEOUT)


def check(*, today: date | None = None, commit: bool = True) -> None:
	"""Look at the documents changed in the last days. Safe to run twice and to be killed: it begins anew."""
	today = getdate(today or nowdate())
	since = add_days(today, -settings().pricing_replay_days)
	transaction = partial(persistently, commit=commit)
	with print_language(frappe.db.get_default("lang") or "en"):
		for doctype in SELLING_DOCTYPES:
			for names in _changed(doctype, since):
				transaction(lambda doctype=doctype, names=names: _check(doctype, names, today))
			transaction(lambda doctype=doctype: _forget_deleted(doctype))


def _changed(doctype: str, since: date) -> Iterator[list[str]]:
	last = ""
	while True:
		names = frappe.db.sql(
			f"""(SELECT name FROM `tab{doctype}` WHERE modified >= %(since)s AND name > %(last)s
				ORDER BY name LIMIT {DOCUMENTS})
			UNION (SELECT d.name FROM `tab{DEVIATION}` v JOIN `tab{doctype}` d ON d.name = v.reference_name
				WHERE v.reference_doctype = %(doctype)s AND v.status = 'Open' AND d.name > %(last)s
				ORDER BY d.name LIMIT {DOCUMENTS})
			ORDER BY name LIMIT {DOCUMENTS}""",
			{"since": since, "last": last, "doctype": doctype},
			pluck=True,
		)
		if not names:
			return
		yield names
		last = names[-1]


def _check(doctype: str, names: Sequence[str], today: date) -> None:
	rows = _rows(doctype, names)
	agreed = agreed_rates(source for row in rows if (source := source_of(row)))
	told = {}
	for row in rows:
		source = source_of(row)
		for finding in _judge(row, source, source and agreed.get(source)):
			told[doctype, row.parent, row.name, finding.kind.value] = (row, finding)
	_write(doctype, names, told, today)


def _rows(doctype: str, names: Sequence[str]) -> list:
	"""The lines in force of these documents, with what is needed of their head."""
	head = frappe.get_meta(doctype)
	heads = ("customer", "party_name", "quotation_to", "company", "currency", "modified_by", "modified")
	optional = ("is_consolidated",)
	of_head = [
		f"d.{name}" for name in (*heads, *optional) if name.startswith("modified") or head.has_field(name)
	]
	line = frappe.get_meta(f"{doctype} Item")
	links = [f"r.{name}" for name in LINKS if line.has_field(name)]
	rows = frappe.db.sql(
		f"""SELECT r.name, r.parent, r.idx, r.item_code, r.rate, r.uom, r.conversion_factor, r.crm_ext_price_steps,
			'{doctype}' AS doctype, {", ".join([*of_head, *links])}
		FROM `tab{doctype} Item` r JOIN `tab{doctype}` d ON d.name = r.parent
		WHERE d.name IN %s AND d.docstatus < 2 AND r.is_free_item = 0""",
		(tuple(names),),
		as_dict=True,
	)
	# a consolidated invoice repeats those of the counter, at their net rates
	return [row for row in rows if not row.get("is_consolidated")]


def _judge(row, source: Source | None, agreed: AgreedRate | None) -> Iterator[Finding]:
	rate = _figure(row.rate)
	waterfall = None
	try:
		if waterfall := load(row.crm_ext_price_steps):
			yield from _judge_alone(row, rate, waterfall, replay(waterfall))
	except (UnreadableEvidence, ValueError, AttributeError):
		waterfall = None
		yield Finding(Kind.REPLAY, None, rate, drift_words.unreadable())
	if agreed and agreed.item_code == row.item_code and agreed.currency == row.currency:
		expected = _expected(row, agreed)
		# in another unit the agreed price may have to be rounded
		if abs(expected - rate) > (0 if agreed.uom == row.uom else Decimal("0.01")):
			told = drift_words.differs(row, source, agreed, waterfall)
			yield Finding(Kind.SOURCE, expected, rate, told)


def _judge_alone(row, rate: Decimal, waterfall: Mapping, replayed: Replay) -> Iterator[Finding]:
	if not replayed.match:
		yield Finding(Kind.REPLAY, replayed.replayed, rate, drift_words.broken(waterfall, replayed))
	recorded = _figure(waterfall["rate"])
	if recorded != rate:
		yield Finding(Kind.CHANGED, recorded, rate, drift_words.changed(row, recorded, rate))


def _expected(row, agreed: AgreedRate) -> Decimal:
	if agreed.uom == row.uom:
		return _figure(agreed.rate)
	return _figure(agreed.rate / agreed.factor * number(row.conversion_factor or 1))


def _figure(value: object) -> Decimal:
	"""As the database keeps it."""
	return Decimal(str(value or 0)).quantize(_PLACES)


def _write(doctype: str, names: Sequence[str], told: dict[tuple, tuple], today: date) -> None:
	known = {
		tuple(identity): (name, status, _figure(expected), _figure(found))
		for name, status, expected, found, *identity in frappe.db.sql(
			f"""SELECT name, status, expected, found, {", ".join(f"`{column}`" for column in _IDENTITY)}
			FROM `tab{DEVIATION}` WHERE reference_doctype = %s AND reference_name IN %s""",
			(doctype, tuple(names)),
		)
	}
	added, changed = [], []
	for key, (row, finding) in told.items():
		figures = (OPEN, today, finding.expected or 0, finding.found, finding.explanation)
		if key not in known:
			head = (party_of(row)[0] or None, row.company, row.item_code, row.idx, row.currency)
			added.append((*key, *head, *figures))
			continue
		name, status, *before = known[key]
		if status == GONE or before != [_figure(finding.expected), finding.found]:
			changed.append((name, *figures))
	insert_rows(DEVIATION, (*_IDENTITY, *_HEAD, *_FIGURES), added, ignore_known=True)
	update_rows(DEVIATION, _FIGURES, changed)
	gone = [name for key, (name, status, *_rest) in known.items() if status == OPEN and key not in told]
	update_rows(DEVIATION, ("status",), [(name, GONE) for name in gone])


def _forget_deleted(doctype: str) -> None:
	frappe.db.sql(
		f"""DELETE v FROM `tab{DEVIATION}` v LEFT JOIN `tab{doctype}` d ON d.name = v.reference_name
		WHERE v.reference_doctype = %s AND d.name IS NULL""",
		(doctype,),
	)
