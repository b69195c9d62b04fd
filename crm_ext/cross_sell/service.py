# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Every night: which items are bought together, from the invoices of the last months, anew."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from datetime import date

import frappe
from frappe.utils import add_months, getdate

from crm_ext.cross_sell import store
from crm_ext.cross_sell.model import Association, best
from crm_ext.jobs import enqueue_once
from crm_ext.profile.transactions import persistently, read_committed
from crm_ext.settings import settings

TIMEOUT = 3 * 60 * 60
_ALL = 0
"""The number of all companies together."""


def compute_later() -> None:
	"""Have a worker find the associations."""
	enqueue_once("crm_ext.cross_sell.service.compute", timeout=TIMEOUT)


def compute(*, today: date | None = None, commit: bool = True) -> None:
	"""Find the associations and put them in the place of the old ones, which are readable until then.

	Safe to run twice and to be killed: nothing but the last transaction writes what others see. Without `commit` all
	happens in the transaction of the caller.
	"""
	months = settings().association_months
	if not months:
		persistently(store.clear, commit=commit)
		return
	until = getdate(today)
	with (
		read_committed() if commit else nullcontext(),
		store.baskets(getdate(add_months(until, -months)), until),
	):
		for rows in _found(max(settings().association_minimum, 1)):
			store.keep(rows)
		if commit:
			frappe.db.commit()  # what is tried again must find the temporary tables as they are
		persistently(store.replace, commit=commit)


def _found(minimum: int) -> Iterator[list[tuple]]:
	"""The associations worth keeping, as rows for `store.keep`, slice by slice."""
	invoices = store.invoices()
	least = minimum if len(invoices) == 1 else 1  # what a company has less of may still add up
	invoices[_ALL] = sum(invoices.values())
	counts = store.item_counts()
	with_item = {(one.company, one.item): one.invoices for one in counts}
	for one in counts:
		with_item[_ALL, one.item] = with_item.get((_ALL, one.item), 0) + one.invoices
	common = [one for one in counts if with_item[_ALL, one.item] >= minimum]
	for first, last in _slices(common):
		pairs: dict[tuple[int, int], dict[int, int]] = defaultdict(lambda: defaultdict(int))
		for item, other, company, together in store.together(first, last, least):
			pairs[company, item][other] += together
			pairs[_ALL, item][other] += together
		yield [
			(company, item, one.suggested, one.together, 100 * one.support, 100 * one.confidence, one.lift)
			for (company, item), others in pairs.items()
			for one in best(
				(
					Association(
						other, n, with_item[company, item], with_item[company, other], invoices[company]
					)
					for other, n in others.items()
					if n >= minimum
				),
				minimum,
			)
		]


def _slices(counts: Sequence[store.ItemCount]) -> Iterator[tuple[int, int]]:
	"""The first and the last item of slices of at most PAIRS pairs, or of one item."""
	first = last = None
	pairs = 0
	for one in counts:
		if first is not None and one.item != last and pairs + one.pairs > store.PAIRS:
			yield first, last
			first, pairs = None, 0
		first, last = first or one.item, one.item
		pairs += one.pairs
	if first is not None:
		yield first, last
