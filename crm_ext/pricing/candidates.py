# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The rates that may fit some lines, read once per version of the rates: a worker keeps those it has read.

They are kept with the compiled state, whose version changes with every change of a rate. What a transaction reads that
began before the last change is not kept: it would outlive that transaction.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import product

from crm_ext.pricing import store
from crm_ext.pricing.compiled import Compiled
from crm_ext.pricing.model import Rate

MOST_KEPT = 100_000
"""Pairs of keys; beyond, a worker begins anew."""

Candidates = Mapping[tuple[str, str], Sequence[Rate]]
"""Rates by their item key and customer key."""


def candidates(state: Compiled, item_keys: Collection[str], customer_keys: Collection[str]) -> Candidates:
	"""The rates of the live matrices for any of these items and customers. No statement for what is known."""
	if not state.matrices:
		return {}
	kept = state.rates
	unknown = {item for item, customer in product(item_keys, customer_keys) if (item, customer) not in kept}
	if not unknown:
		return kept
	found: dict[tuple[str, str], list[Rate]] = defaultdict(list)
	for rate in store.rates(state.matrices, unknown, customer_keys):
		found[rate.item_key, rate.customer_key].append(rate)
	if not _is_of(state):
		return {**kept, **found}
	if len(kept) > MOST_KEPT:
		state.rates = {}  # another one: a thread beside this may be reading it
		return candidates(state, item_keys, customer_keys)
	for pair in product(unknown, customer_keys):
		kept[pair] = tuple(found.get(pair, ()))
	return kept


def _is_of(state: Compiled) -> bool:
	"""Whether this transaction sees the rates that the state is of."""
	seen = store.rates_versions(state.matrices)
	return all(seen.get(name) == matrix.rates_version for name, matrix in state.matrices.items())
