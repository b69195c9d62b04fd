# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""All SQL of the rates of price matrices, set-based. Rates written here run no controller.

Whoever writes rates locks their matrix first, so that writers of one matrix wait for each other, and bumps it last.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import zip_longest

import frappe
from frappe.desk.reportview import build_match_conditions

from crm_ext.pricing.rates.columns import FIELDS, KEYS, RESULT
from crm_ext.rows import insert_rows, update_rows

MATRIX, RATE = "Price Matrix", "Price Matrix Rate"
BATCH = 2_000
STORED = (*FIELDS, *KEYS)


def lock(matrix: str) -> None:
	"""Have other writers of its rates wait until the end of the transaction. Raises DoesNotExistError."""
	if not frappe.db.sql(f"SELECT name FROM `tab{MATRIX}` WHERE name = %s FOR UPDATE", matrix):
		raise frappe.DoesNotExistError(f"{MATRIX} {matrix}")


def bump(matrix: str, more: int) -> None:
	"""The rates of a matrix have changed: another version, and so many more rates."""
	frappe.db.sql(
		f"""UPDATE `tab{MATRIX}` SET rates_version = rates_version + 1, rate_count = rate_count + %s
		WHERE name = %s""",
		(more, matrix),
	)
	frappe.clear_document_cache(MATRIX, matrix)


def spellings(doctype: str, texts: Collection[str]) -> dict[str, str | None]:
	"""For each text the name of the record it means, capitals aside; None if there is none."""
	found: dict[str, str | None] = dict.fromkeys(texts)
	for some in _batches(list(texts)):
		names = frappe.db.sql(f"SELECT name FROM `tab{doctype}` WHERE name IN %s", (some,), pluck=True)
		exact, folded = set(names), {name.casefold(): name for name in names}
		for text in some:
			found[text] = text if text in exact else folded.get(text.casefold())
	return found


def by_key(keys: Collection[str]) -> dict[str, tuple]:
	"""Rates by their rate key: (name, *RESULT)."""
	found: dict[str, tuple] = {}
	for some in _batches(list(keys)):
		rows = frappe.db.sql(
			f"SELECT rate_key, name, {', '.join(RESULT)} FROM `tab{RATE}` WHERE rate_key IN %s", (some,)
		)
		found.update((key, tuple(rest)) for key, *rest in rows)
	return found


def by_name(matrix: str, names: Collection[str], *, lock: bool = False) -> dict[str, dict]:
	"""Rates of a matrix that the user may see, by name: each with its columns. Locked, they are the latest."""
	found: dict[str, dict] = {}
	for some in _batches(list(names)):
		rows = frappe.db.sql(
			f"""SELECT name, {", ".join(FIELDS)} FROM `tab{RATE}`
			WHERE name IN %s AND matrix = %s {visible()} {"FOR UPDATE" if lock else ""}""",
			(some, matrix),
			as_dict=True,
		)
		found.update((row.pop("name"), row) for row in rows)
	return found


def keys_of(matrix: str) -> set[str]:
	"""The rate keys of a matrix that the user may see."""
	sql = f"SELECT rate_key FROM `tab{RATE}` WHERE matrix = %s {visible()}"
	return set(frappe.db.sql(sql, matrix, pluck=True))


def visible() -> str:
	"""“AND …”: what the user may see of the rates, as SQL to be run with values."""
	match = build_match_conditions(RATE)
	return f"AND ({match})" if match else ""


def insert(matrix: str, rows: Sequence[Mapping], names: Sequence[str] = ()) -> None:
	"""Write new rates. Raises a duplicate entry where a matrix has such a rate.

	Columns that are empty are not sent: most are, and sending takes longer than storing.
	"""
	alike: dict[tuple[str, ...], tuple[list, list[str]]] = {}
	for row, name in zip_longest(rows, names, fillvalue=""):
		filled = tuple([field for field in FIELDS if row[field]])
		values, of = alike.setdefault(filled, ([], []))
		values.append((matrix, *[row[field] for field in (*filled, *KEYS)]))
		of.append(name)
	for filled, (values, of) in alike.items():
		insert_rows(RATE, ("matrix", *filled, *KEYS), values, names=of)


def update(rows: Mapping[str, Mapping]) -> None:
	"""Write rates that are there, by name; two may swap their rate keys."""
	for some in _batches(list(rows)):
		frappe.db.sql(f"UPDATE `tab{RATE}` SET rate_key = name WHERE name IN %s", (some,))
	update_rows(
		RATE,
		STORED,
		[(name, *(row[field] for field in STORED)) for name, row in rows.items()],
	)


def update_results(rows: Mapping[str, Mapping]) -> None:
	"""Write what rates give, by name; their keys stay."""
	update_rows(RATE, RESULT, [(name, *(row[field] for field in RESULT)) for name, row in rows.items()])


def delete(column: str, values: Collection[str]) -> int:
	"""Delete rates by name or rate key; how many there were."""
	for some in _batches(list(values)):
		frappe.db.sql(f"DELETE FROM `tab{RATE}` WHERE {column} IN %s", (some,))
	return len(values)


def delete_of_customer(customer: str) -> dict[str, int]:
	"""Delete the rates of one customer; how many there were in each matrix."""
	counts = frappe.db.sql(
		f"SELECT matrix, COUNT(*) FROM `tab{RATE}` WHERE customer = %s GROUP BY matrix", customer
	)
	if counts:
		frappe.db.sql(f"DELETE FROM `tab{RATE}` WHERE customer = %s", customer)
	return dict(counts)


def _batches(values: list[str]) -> Iterator[tuple[str, ...]]:
	for first in range(0, len(values), BATCH):
		yield tuple(values[first : first + BATCH])
