# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""How much more often two items are bought together than chance would have it. Pure.

Of N invoices, n(A) have the item, n(B) the suggested one, n(AB) both:

    support     = n(AB) / N                how common it is to buy both
    confidence  = n(AB) / n(A)             how many of those who buy A buy B too
    lift        = confidence / (n(B) / N)  how many times more often than by chance
    added value = confidence − n(B) / N    how many buy B because of A, as a share of those who buy A

Support and confidence: Agrawal, Imieliński and Swami, Mining Association Rules between Sets of Items in Large
Databases (SIGMOD 1993). Lift, there “interest”: Brin, Motwani, Ullman and Tsur, Dynamic Itemset Counting and
Implication Rules for Market Basket Data (SIGMOD 1997). Added value, and how such measures compare: Tan, Kumar and
Srivastava, Selecting the Right Interestingness Measure for Association Patterns (KDD 2002).

Suggestions are ranked by added value: confidence alone favours what everybody buys anyway, lift alone what hardly
anybody buys.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nsmallest

KEPT = 20
"""So many suggestions are kept for an item: more than one asks for, because some are in the document already."""


@dataclass(frozen=True, slots=True)
class Association:
	"""`suggested`, a name or a number, and how many invoices have both, the item, the suggested one, anything."""

	suggested: str | int
	together: int
	with_item: int
	with_suggested: int
	invoices: int

	@property
	def support(self) -> float:
		return self.together / self.invoices

	@property
	def confidence(self) -> float:
		return self.together / self.with_item

	@property
	def lift(self) -> float:
		return self.together * self.invoices / (self.with_item * self.with_suggested)

	@property
	def added_value(self) -> float:
		return added_value(self.confidence, self.lift)


def added_value(confidence: float, lift: float) -> float:
	"""The same from what is stored, in the unit of `confidence`: a share, or percent."""
	return confidence * (1 - 1 / lift)


def best(found: Iterable[Association], minimum: int, keep: int = KEPT) -> list[Association]:
	"""What is worth suggesting, best first: at least `minimum` invoices with both, and more than by chance."""
	worth = (one for one in found if one.together >= minimum and one.lift > 1)
	return nsmallest(keep, worth, key=lambda one: (-one.added_value, one.suggested))
