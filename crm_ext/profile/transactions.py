# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Transactions of the refresh: what keeps it out of the way of ERPNext."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import frappe

ATTEMPTS = 3
T = TypeVar("T")


@contextmanager
def read_committed() -> Iterator[None]:
	"""Commit, then run the block's transactions READ COMMITTED; what the block leaves open is committed at its end.

	Under it INSERT … SELECT reads without locking the rows of ERPNext, and sees what was committed when the
	statement began.
	"""
	before = _isolation()
	_set_isolation("READ COMMITTED")
	frappe.db.commit()
	try:
		yield
		frappe.db.commit()
	finally:
		_set_isolation(before)
		frappe.db.rollback()  # the next transaction is the first with the old level


def persistently(work: Callable[[], T], *, commit: bool = True) -> T:
	"""Run `work` as one transaction and commit it; after a deadlock or a lock timeout again, three times in all.

	Without `commit` it is run once, in the transaction of the caller.
	"""
	if not commit:
		return work()
	attempt = 1
	while True:
		try:
			result = work()
			frappe.db.commit()
			return result
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			frappe.db.rollback()
			if attempt == ATTEMPTS:
				raise
			attempt += 1


def _isolation() -> str:
	# Two names, for MariaDB renames the variable from version 11.1 on.
	rows = frappe.db.sql(
		"SHOW SESSION VARIABLES WHERE Variable_name IN ('transaction_isolation', 'tx_isolation')"
	)
	return rows[0][1].replace("-", " ")


def _set_isolation(level: str) -> None:
	frappe.db.sql(f"SET SESSION TRANSACTION ISOLATION LEVEL {level}")
