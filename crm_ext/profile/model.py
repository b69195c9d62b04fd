# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""RFM: what is needed for the scores 1 to 5 of recency, frequency and money. Pure.

Recency is counted in days since the last cooperation (fewer is better), frequency in invoices and money in
revenue, both of the last 365 days. Whoever reaches no edge has the score 1.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal

SCORES = (2, 3, 4, 5)

EdgeRow = tuple[Decimal | None, ...]

UNREACHABLE: EdgeRow = (None, None, None, None)


@dataclass(frozen=True, slots=True)
class Edges:
	"""For each measure the value from which the scores 2, 3, 4 and 5 are given; None: nobody reaches it."""

	recency: EdgeRow = UNREACHABLE
	frequency: EdgeRow = UNREACHABLE
	monetary: EdgeRow = UNREACHABLE


@dataclass(frozen=True, slots=True)
class Band:
	"""A row of the settings' table: at most so many days, at least so many invoices and so much revenue."""

	score: int
	recency_days: int
	frequency: int
	monetary: Decimal


def edges_of_bands(bands: Iterable[Band], rate: Decimal = Decimal(1)) -> Edges:
	"""The edges of a written table; `rate` is how much of its currency one unit of the scope's currency is."""
	rows = {band.score: band for band in bands}
	picked = [rows.get(score) for score in SCORES]
	return Edges(
		recency=tuple(band and Decimal(band.recency_days) for band in picked),
		frequency=tuple(band and Decimal(band.frequency) for band in picked),
		monetary=tuple(band and band.monetary / rate for band in picked),
	)


def to_json(edges: Mapping[str, Edges]) -> dict:
	"""The stored form of the edges of each scope (company, or "" for all together)."""
	return {
		company: {
			measure: [None if edge is None else str(edge) for edge in row]
			for measure, row in asdict(e).items()
		}
		for company, e in sorted(edges.items())
	}


def from_json(stored: Mapping[str, Mapping[str, list]]) -> dict[str, Edges]:
	return {
		company: Edges(
			**{
				measure: tuple(None if edge is None else Decimal(edge) for edge in row)
				for measure, row in e.items()
			}
		)
		for company, e in stored.items()
	}
