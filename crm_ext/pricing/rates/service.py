# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Rates as people give them: checked against the database, and written all or not at all."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import frappe
from frappe.permissions import get_allowed_docs_for_doctype
from frappe.utils import cint

from crm_ext.errors import spoken
from crm_ext.exceptions import NotPermittedFor, RateGone, RatesChanged, SameLine, SameRate
from crm_ext.pricing import compiled
from crm_ext.pricing.rates import store
from crm_ext.pricing.rates.checking import Fault, Words, link_faults, read_line
from crm_ext.pricing.rates.columns import FIELDS, LINKS, keys_of
from crm_ext.pricing.rates.language import words as words_of_site

Line = tuple[int, Mapping[str, object]]
"""The number of a line, and what is written in each column."""


class Checker:
	"""Checks lines of one matrix, batch by batch. It remembers what it looked up, and which rates it has seen."""

	def __init__(self, matrix: str, words: Words | None = None):
		self.matrix = matrix
		self.words = words or words_of_site()
		self._known: dict[str, dict[str, str | None]] = {doctype: {} for _, doctype in LINKS}
		self._seen: dict[str, int] = {}
		self._permitted = _permitted()

	def check(self, lines: Iterable[Line]) -> tuple[list[tuple[int, dict]], list[Fault]]:
		"""The sound rates, each with the number of its line and its keys, and the faults of the others."""
		read = [(idx, *read_line(raw, self.words)) for idx, raw in lines]
		self._look_up(row for _, row, _ in read)
		rows: list[tuple[int, dict]] = []
		faults: list[Fault] = []
		for idx, row, wrong in read:
			wrong += link_faults(row, self._known, self.words)
			wrong += self._forbidden(row)
			if not wrong:
				row.update(keys_of(row, self.matrix))
				first = self._seen.setdefault(row["rate_key"], idx)
				if first != idx:
					wrong.append(("", SameLine(line=first)))
			if wrong:
				faults += (Fault(idx, *one) for one in wrong)
			else:
				rows.append((idx, row))
		return rows, faults

	def _look_up(self, rows: Iterable[Mapping]) -> None:
		unknown: dict[str, set[str]] = {}
		for row in rows:
			for name, doctype in LINKS:
				if row[name] and row[name] not in self._known[doctype]:
					unknown.setdefault(doctype, set()).add(row[name])
		for doctype, texts in unknown.items():
			self._known[doctype].update(store.spellings(doctype, texts))

	def _forbidden(self, row: Mapping) -> list[tuple[str, NotPermittedFor]]:
		return [
			(name, NotPermittedFor(value=row[name], column=self.words.labels[name]))
			for name, allowed in self._permitted.items()
			if row[name] and row[name] not in allowed
		]


@dataclass
class Plan:
	"""What rows amount to: rates to write anew by idx, to change by name, and what is wrong."""

	new: dict[int, dict] = field(default_factory=dict)
	changed: dict[str, dict] = field(default_factory=dict)
	numbers: dict[str, int] = field(default_factory=dict)
	"""The idx of each changed rate."""
	faults: list[Fault] = field(default_factory=list)

	def rows(self) -> Iterable[tuple[int, str, dict]]:
		yield from ((idx, "", row) for idx, row in self.new.items())
		yield from ((self.numbers[name], name, row) for name, row in self.changed.items())


def check_rates(matrix: str, rows: Sequence[Mapping], deleted: Collection[str] = ()) -> list[dict]:
	"""What is wrong with rows: [{idx, fieldname, message}]; an empty fieldname means the line as a whole."""
	return answers(plan(matrix, rows, deleted).faults)


def save_rates(matrix: str, rows: Sequence[Mapping], deleted: Collection[str] = ()) -> dict:
	"""Write rows and delete rates by name, all or nothing: {saved, deleted, errors, rows}.

	Raises RatesChanged if somebody else wrote one of these rates after this transaction began.
	"""
	store.lock(matrix)
	gone = set(store.by_name(matrix, deleted, lock=True))
	planned = plan(matrix, rows, gone, lock=True)
	if planned.faults:
		return {"saved": 0, "deleted": 0, "errors": answers(planned.faults), "rows": []}
	names = {idx: frappe.generate_hash(length=10) for idx in planned.new}
	frappe.db.savepoint("crm_ext_rates")
	try:
		store.delete("name", gone)
		store.update(planned.changed)
		store.insert(matrix, list(planned.new.values()), list(names.values()))
	except Exception as error:
		if not frappe.db.is_duplicate_entry(error):
			raise
		frappe.db.rollback(save_point="crm_ext_rates")
		raise RatesChanged(matrix=matrix) from error
	if rows or gone:
		written(matrix, len(names) - len(gone))
	rows_stored = [
		{"idx": idx, "name": name or names[idx], **{column: row[column] for column in FIELDS}}
		for idx, name, row in sorted(planned.rows(), key=lambda entry: entry[0])
	]
	return {"saved": len(rows_stored), "deleted": len(gone), "errors": [], "rows": rows_stored}


def plan(matrix: str, rows: Sequence[Mapping], deleted: Collection[str] = (), *, lock: bool = False) -> Plan:
	"""Judge rows, of which those with a name change a rate that is there. Writes nothing."""
	planned = Plan()
	numbered = _numbered(rows)
	named = {idx: row["name"] for idx, row in numbered.items() if row.get("name")}
	stored = store.by_name(matrix, {*named.values()} - {*deleted}, lock=lock)
	planned.faults = [Fault(idx, "", RateGone()) for idx, name in named.items() if name not in stored]
	planned.faults += _named_twice(named)
	lines = [
		(idx, {**stored.get(named.get(idx), {}), **row})
		for idx, row in numbered.items()
		if idx not in named or named[idx] in stored
	]
	sound, faults = Checker(matrix).check(lines)
	planned.faults += faults
	holders = store.by_key([row["rate_key"] for _, row in sound])
	leaving = {*deleted, *named.values()}
	for idx, row in sound:
		holder = holders.get(row["rate_key"])
		if holder and holder[0] not in leaving:
			planned.faults.append(Fault(idx, "", SameRate()))
		elif idx in named:
			planned.changed[named[idx]] = row
			planned.numbers[named[idx]] = idx
		else:
			planned.new[idx] = row
	planned.faults.sort(key=lambda fault: fault.idx)
	return planned


def _named_twice(named: Mapping[int, str]) -> Iterable[Fault]:
	first: dict[str, int] = {}
	for idx, name in named.items():
		if first.setdefault(name, idx) != idx:
			yield Fault(idx, "", SameLine(line=first[name]))


def _numbered(rows: Sequence[Mapping]) -> dict[int, Mapping]:
	"""Rows by their idx, or by their place, if these do not tell them apart."""
	given = {cint(row.get("idx")): row for row in rows}
	return given if len(given) == len(rows) else dict(enumerate(rows, 1))


def written(matrix: str, more: int) -> None:
	"""To be called after rates of a matrix were written: so many more there are now."""
	store.bump(matrix, more)
	compiled.forget()


def answers(faults: Iterable[Fault]) -> list[dict]:
	return [
		{"idx": fault.idx, "fieldname": fault.fieldname, "message": spoken(fault.error)} for fault in faults
	]


def _permitted() -> dict[str, set[str]]:
	"""The columns that User Permissions restrict, each with the records the user may name."""
	of_user = frappe.permissions.get_user_permissions(frappe.session.user)
	allowed = {
		name: get_allowed_docs_for_doctype(of_user[doctype], store.RATE)
		for name, doctype in LINKS
		if doctype in of_user
	}
	return {name: set(records) for name, records in allowed.items() if records}
