# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""All customers there can be, cut into cells that a set of clauses cannot tell apart. Pure.

Each fact is cut at the thresholds of the clauses into pieces; one value stands for each piece. The grid of all
pieces of all facts then holds one cell for every way in which the clauses can come out.
"""

import random
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations, product
from math import ceil, floor, prod

from crm_ext.rules.conditions import Clause
from crm_ext.rules.facts import NUMERIC, Fact, FactType, FactValue

Cell = tuple[int, ...]
"""The number of a piece on each axis."""

ALL_SUBSETS_UP_TO = 6
"""So many kinds of members of a set are combined in every way; more of them singly, in pairs and all together."""

MOST_REGIONS = 8
"""So many regions are told at most of one kind of finding."""

MISSING = "{fact} is missing"
KNOWN = "{fact} is known"
ANYTHING = "{fact} is anything"
NONE_NAMED = "{fact} is none of those named"


@dataclass(frozen=True, slots=True)
class Piece:
	"""Values of one fact that no clause tells apart; `value` stands for them.

	Numbers and dates: from `low` to `high`, None where there is no end. `other`: what no clause names.
	"""

	value: FactValue
	low: Decimal | date | None = None
	high: Decimal | date | None = None
	includes_low: bool = True
	includes_high: bool = True
	other: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
	"""One fact and its pieces in order, the missing value first. Not `exact`: more pieces exist."""

	fact: Fact
	pieces: tuple[Piece, ...]
	exact: bool = True


@dataclass(frozen=True, slots=True)
class Region:
	"""Where something happens: for each fact that matters, neighbouring pieces."""

	parts: tuple[tuple[Fact, tuple[Piece, ...]], ...]

	def text(self, translate: Callable[[str], str]) -> str:
		"""Such as “400,000 ≤ Revenue < 500,000; Tags = VIP”."""
		return "; ".join(_part_text(fact, pieces, translate) for fact, pieces in self.parts)


class Grid:
	"""The cells of some clauses; with more than `limit`, a fixed random choice of that many."""

	def __init__(self, clauses: Iterable[Clause], facts: Mapping[str, Fact], limit: int):
		by_fact: dict[str, list[Clause]] = {}
		for clause in clauses:
			by_fact.setdefault(clause.fact, []).append(clause)
		self.axes = tuple(axis_of(facts[name], by_fact[name]) for name in sorted(by_fact))
		self.size = prod(len(axis.pieces) for axis in self.axes)
		self.limit = limit
		self.complete = self.size <= limit and all(axis.exact for axis in self.axes)

	def cells(self) -> Iterator[Cell]:
		if self.size <= self.limit:
			yield from product(*(range(len(axis.pieces)) for axis in self.axes))
			return
		chance = random.Random(0)
		seen = {tuple(chance.randrange(len(axis.pieces)) for axis in self.axes) for _ in range(self.limit)}
		yield from sorted(seen)

	def values(self, cell: Cell) -> dict[str, FactValue]:
		"""The facts of the customer that stands for the cell."""
		return {axis.fact.name: axis.pieces[i].value for axis, i in zip(self.axes, cell, strict=True)}

	def missing(self, cell: Cell) -> list[int]:
		"""The numbers of the axes whose fact is missing in the cell."""
		return [n for n, i in enumerate(cell) if self.axes[n].pieces[i].value is None]

	def regions(self, hits: Collection[Cell], among: Collection[Cell]) -> list[Region]:
		"""The `hits` as boxes, each as large as it grows; facts in which a box leaves out nothing are not told.

		Unless the grid is complete, one hit stands for all.
		"""
		hits = set(hits)
		if not self.complete:
			return [self.region(min(hits))] if hits else []
		everything = [{cell[number] for cell in among} for number in range(len(self.axes))]
		left, found = set(hits), []
		while left and len(found) < MOST_REGIONS:
			start = min(left, key=lambda cell: (len(self.missing(cell)), cell))
			box = self._grown(start, hits)
			left.difference_update(product(*box))
			found.append(self._region(box, everything))
		return found

	def region(self, cell: Cell) -> Region:
		"""A single cell, told by all its facts."""
		return Region(tuple((axis.fact, (axis.pieces[i],)) for axis, i in zip(self.axes, cell, strict=True)))

	def _grown(self, start: Cell, hits: Collection[Cell]) -> list[list[int]]:
		"""The numbers of the pieces, on each axis, of a box of nothing but hits around a cell."""
		box = [[i] for i in start]
		for number, axis in enumerate(self.axes):

			def fits(i: int, number: int = number) -> bool:
				return all(cell in hits for cell in product(*box[:number], [i], *box[number + 1 :]))

			first, last, missing = start[number], start[number], int(axis.pieces[0].value is None)
			if first < missing:
				continue
			while first > missing and fits(first - 1):
				first -= 1
			while last + 1 < len(axis.pieces) and fits(last + 1):
				last += 1
			if first == missing == 1 and last + 1 == len(axis.pieces) and fits(0):
				first = 0
			box[number] = list(range(first, last + 1))
		return box

	def _region(self, box: Sequence[list[int]], everything: Sequence[set[int]]) -> Region:
		parts = [
			(axis.fact, tuple(axis.pieces[i] for i in run)) for axis, run in zip(self.axes, box, strict=True)
		]
		telling = [part for part, run, all_ in zip(parts, box, everything, strict=True) if all_ - set(run)]
		return Region(tuple(telling or parts[:1]))


def axis_of(fact: Fact, clauses: Sequence[Clause]) -> Axis:
	"""Cut a fact at the thresholds, for entering and for staying, of its clauses."""
	exact = True
	operands = [o for clause in clauses for o in (clause.operand, clause.keep) if o is not None]
	if fact.type in NUMERIC:
		pieces = _whole_pieces(operands) if fact.whole else _number_pieces(operands)
	elif fact.type is FactType.DATE:
		pieces = _date_pieces(operands, {clause.latest for clause in clauses if clause.latest})
	elif fact.type is FactType.SET:
		pieces, exact = _set_pieces([family for operand in operands for family in operand])
	else:
		pieces = _text_pieces(operands)
	return Axis(fact, tuple(pieces) if fact.always else (Piece(None), *pieces), exact)


def _number_pieces(thresholds: Iterable[Decimal]) -> list[Piece]:
	at = sorted(set(thresholds))
	if not at:
		return [Piece(Decimal(0))]
	pieces = [Piece(at[0] - 1, None, at[0], includes_high=False)]
	for threshold, following in zip(at, [*at[1:], None], strict=True):
		between = threshold + 1 if following is None else (threshold + following) / 2
		pieces.append(Piece(threshold, threshold, threshold))
		pieces.append(Piece(between, threshold, following, includes_low=False, includes_high=False))
	return pieces


def _whole_pieces(thresholds: Iterable[Decimal]) -> list[Piece]:
	at = {whole for threshold in thresholds for whole in (floor(threshold), ceil(threshold))}
	return [
		Piece(
			Decimal(value),
			Decimal(low) if low or high == 0 else None,
			None if high is None else Decimal(high),
		)
		for value, low, high in _stretches(at, 0, None)
	]


def _date_pieces(thresholds: Iterable[date], latest: set[date]) -> list[Piece]:
	"""A fact asked for “in the last …” lies in the past, so nothing is expected after the day of judgement."""
	at = {*thresholds, *latest}
	least, most = date.min.toordinal(), date.max.toordinal()
	end = max(at).toordinal() if at and max(at) in latest else most
	return [
		Piece(
			date.fromordinal(value),
			None if low == least else date.fromordinal(low),
			None if high == most else date.fromordinal(high),
		)
		for value, low, high in _stretches({day.toordinal() for day in at}, least, end)
	]


def _stretches(at: Collection[int], least: int, most: int | None) -> Iterator[tuple[int, int, int | None]]:
	"""(the value that stands for it, first, last) of every stretch of whole numbers that `at` cuts out."""
	start = least
	for point in sorted(point for point in at if point >= least):
		if start < point:
			yield point - 1, start, point - 1
		yield point, point, point
		start = point + 1
	if most is None or start <= most:
		yield start, start, most


def _text_pieces(groups: Sequence[frozenset[str]]) -> list[Piece]:
	return [*(Piece(name) for name in _kinds(groups)), Piece(_unnamed(groups), other=True)]


def _set_pieces(families: Sequence[frozenset[str]]) -> tuple[list[Piece], bool]:
	kinds = _kinds(families)
	exact = len(kinds) <= ALL_SUBSETS_UP_TO
	sizes = range(1, len(kinds) + 1) if exact else (1, 2, len(kinds))
	subsets = [frozenset(subset) for size in sizes for subset in combinations(kinds, size)]
	other = Piece(frozenset({_unnamed(families)}), other=True)
	return [other, *(Piece(subset) for subset in subsets)], exact


def _kinds(groups: Sequence[frozenset[str]]) -> list[str]:
	"""One name for each way in which names are in some of the groups and not in others."""
	kinds: dict[tuple[bool, ...], str] = {}
	for name in sorted(frozenset().union(*groups)):
		kinds.setdefault(tuple(name in group for group in groups), name)
	return sorted(kinds.values())


def _unnamed(groups: Sequence[frozenset[str]]) -> str:
	name = "…"
	while any(name in group for group in groups):
		name += "…"
	return name


def _part_text(fact: Fact, pieces: Sequence[Piece], translate: Callable[[str], str]) -> str:
	label = translate(fact.label)
	if pieces[0].value is None:
		return translate(MISSING if len(pieces) == 1 else ANYTHING).format(fact=label)
	if fact.type in NUMERIC or fact.type is FactType.DATE:
		return _interval_text(label, pieces[0], pieces[-1]) or translate(KNOWN).format(fact=label)
	named = [_names_text(piece.value) for piece in pieces if not piece.other]
	parts = [f"{label} = {' / '.join(named)}"] if named else []
	if len(named) < len(pieces):
		parts.append(translate(NONE_NAMED).format(fact=label))
	return " / ".join(parts)


def _interval_text(label: str, first: Piece, last: Piece) -> str:
	low, high = first.low, last.high
	if low is None and high is None:
		return ""
	if low == high:
		return f"{label} = {_value_text(low)}"
	if high is None:
		return f"{label} {'≥' if first.includes_low else '>'} {_value_text(low)}"
	before = "" if low is None else f"{_value_text(low)} {'≤' if first.includes_low else '<'} "
	return f"{before}{label} {'≤' if last.includes_high else '<'} {_value_text(high)}"


def _value_text(value: Decimal | date) -> str:
	return value.isoformat() if isinstance(value, date) else f"{value:,f}"


def _names_text(value: str | frozenset[str]) -> str:
	return value if isinstance(value, str) else ", ".join(sorted(value))
