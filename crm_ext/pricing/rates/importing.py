# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Bringing a sheet of rates into a matrix: every line is checked, and all are written or none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import frappe

from crm_ext.exceptions import CrmExtError, NoRates, RatesChanged
from crm_ext.pricing.rates import store
from crm_ext.pricing.rates.checking import Fault, Words
from crm_ext.pricing.rates.files import Sheet
from crm_ext.pricing.rates.service import Checker, written

BATCH = 2_000
"""Lines that are in memory at a time."""
MOST_FAULTS = 1_000
"""So many are told; all are counted."""
SAVEPOINT = "crm_ext_rates_import"


@dataclass
class Outcome:
	"""What a sheet did, or would do: how many lines, and rates."""

	lines: int = 0
	added: int = 0
	updated: int = 0
	unchanged: int = 0
	removed: int = 0
	faulty: int = 0
	faults: list[Fault] = field(default_factory=list)

	def fail(self, faults: Sequence[Fault]) -> None:
		self.faulty += len({fault.idx for fault in faults})
		self.faults += faults[: MOST_FAULTS - len(self.faults)]


def bring_in(
	matrix: str,
	sheet: Sheet,
	words: Words,
	*,
	replace: bool = False,
	dry_run: bool = False,
	progress: Callable[[int, int], None] = lambda done, total: None,
) -> Outcome:
	"""Check a sheet and, unless a line is faulty or `dry_run`, write its rates; with `replace` all others go.

	Rates that are the same stay untouched, so a sheet brought in twice does nothing the second time. Works in the
	transaction of the caller. `progress` is told how many lines of how many are done.

	Raises NoRates, RatesChanged, and UnreadableFile where that shows only now. After any other the transaction is void.
	"""
	frappe.db.savepoint(SAVEPOINT)
	try:
		outcome = _bring_in(matrix, sheet, words, replace, not dry_run, progress)
	except CrmExtError:
		frappe.db.rollback(save_point=SAVEPOINT)
		raise
	except Exception as error:
		if not frappe.db.is_duplicate_entry(error):
			raise
		frappe.db.rollback(save_point=SAVEPOINT)
		raise RatesChanged(matrix=matrix) from error
	if outcome.faulty:
		frappe.db.rollback(save_point=SAVEPOINT)
	return outcome


def _bring_in(
	matrix: str, sheet: Sheet, words: Words, replace: bool, write: bool, progress: Callable[[int, int], None]
) -> Outcome:
	outcome = Outcome()
	if write:
		store.lock(matrix)
	checker = Checker(matrix, words)
	left = store.keys_of(matrix) if replace else set()
	while lines := list(islice(sheet.lines, BATCH)):
		outcome.lines += len(lines)
		rows, faults = checker.check(lines)
		outcome.fail(faults)
		batch = {row["rate_key"]: row for _, row in rows}
		left.difference_update(batch)
		_bring_in_batch(matrix, batch, outcome, write and not outcome.faulty)
		progress(outcome.lines, max(sheet.total, outcome.lines))
	if not outcome.lines:
		raise NoRates
	outcome.removed = len(left)
	if write and not outcome.faulty:
		store.delete("rate_key", left)
		if outcome.added or outcome.updated or left:
			written(matrix, outcome.added - len(left))
	return outcome


def _bring_in_batch(matrix: str, batch: Mapping[str, Mapping], outcome: Outcome, write: bool) -> None:
	there = store.by_key(batch)
	new = [row for key, row in batch.items() if key not in there]
	changed = {there[key][0]: row for key, row in batch.items() if key in there and _differs(row, there[key])}
	outcome.added += len(new)
	outcome.updated += len(changed)
	outcome.unchanged += len(there) - len(changed)
	if write:
		store.insert(matrix, new)
		store.update_results(changed)


def _differs(row: Mapping, stored: Sequence) -> bool:
	"""Whether a rate gives something else than the stored one: (name, *RESULT)."""
	ours = (row["valid_to"], row["rate_type"], float(row["value"]), row["price_kind"])
	return ours != (*stored[1:-1], stored[-1] or "")
