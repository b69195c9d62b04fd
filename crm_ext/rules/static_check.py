# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What is wrong with a group of rules before any customer is judged by them. Pure.

The rules are judged by `matches` itself, on one customer for every cell of a grid (rules/grid.py). What is
found exists; and where not every cell could be visited, nothing is claimed that would need it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import combinations

from crm_ext.exceptions import CircularRules
from crm_ext.rules.conditions import Clause, matches
from crm_ext.rules.facts import Fact
from crm_ext.rules.grid import Cell, Grid, Region

CELLS = 50_000
"""So many cells are visited at most for a group."""

PAIR_CELLS = 500
"""So many are visited for a pair of rules, however many pairs there are."""


class Kind(str, Enum):
	"""What may be found."""

	DEAD = "dead"
	FLAPPING = "flapping"
	OVERLAP = "overlap"
	CYCLE = "cycle"
	RESOLVED_OVERLAP = "resolved_overlap"
	SHADOWED = "shadowed"
	GAP = "gap"
	GAP_WHEN_MISSING = "gap_when_missing"
	LOOP = "loop"
	INCOMPLETE = "incomplete"


BLOCKING = frozenset({Kind.DEAD, Kind.FLAPPING, Kind.OVERLAP, Kind.CYCLE})

SENTENCES = {
	Kind.DEAD: "“{rules}” can never match: its conditions contradict each other.",
	Kind.FLAPPING: (
		"“{rules}” would come and go: where {where}, the conditions for entering hold, those for staying do not."
	),
	Kind.OVERLAP: (
		"“{rules}” and “{others}” have the same rank and both match where {where}. Change a rank or a condition."
	),
	Kind.CYCLE: CircularRules.template,
	Kind.RESOLVED_OVERLAP: "Where {where}, “{rules}” and “{others}” both match; “{rules}” has the higher rank.",
	Kind.SHADOWED: "“{rules}” is never given: wherever it matches, one of higher rank matches too ({others}).",
	Kind.GAP: "Nothing matches where {where}.",
	Kind.GAP_WHEN_MISSING: "Nothing matches where {where}, although something would if it were known.",
	Kind.LOOP: "“{rules}” can bring itself about ({others}). Such a chain is stopped at the depth that the settings state.",
	Kind.INCOMPLETE: "There are too many combinations to check all: more may be wrong than is found here.",
}


@dataclass(frozen=True, slots=True)
class Rule:
	"""A rule as far as it can be checked; its clauses are resolved."""

	name: str
	rank: int
	clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Finding:
	"""Something wrong: with which rules, against which others, and where. The errors block activation."""

	kind: Kind
	rules: tuple[str, ...] = ()
	others: tuple[str, ...] = ()
	where: Region | None = None

	@property
	def blocks(self) -> bool:
		return self.kind in BLOCKING

	def concerns(self, rule: str) -> bool:
		"""Whether it names the rule, or is about the group as a whole."""
		return not self.rules or rule in self.rules or rule in self.others

	def text(self, translate: Callable[[str], str] = str) -> str:
		"""The sentence for people."""
		names = ", ".join(self.rules)
		return translate(SENTENCES[self.kind]).format(
			rules=names,
			groups=names,
			others=", ".join(self.others),
			where=self.where.text(translate) if self.where else "",
		)


@dataclass(frozen=True, slots=True)
class Report:
	"""The findings, the gravest first. Not `complete`: not every cell could be visited."""

	findings: tuple[Finding, ...]
	complete: bool = True


def check(rules: Sequence[Rule], facts: Mapping[str, Fact], *, exclusive: bool, limit: int = CELLS) -> Report:
	"""Check the rules of one group; those without conditions are for use by hand and are left out.

	`facts` (a FactRegistry) gives the facts that the clauses name. `exclusive`: one rule wins for each customer.
	"""
	rules = [rule for rule in rules if rule.clauses]
	grids = {rule.name: Grid(rule.clauses, facts, limit) for rule in rules}
	complete = all(grid.complete for grid in grids.values())
	dead = [rule for rule in rules if _is_dead(rule, grids[rule.name])]
	findings = [Finding(Kind.DEAD, (rule.name,)) for rule in dead]
	alive = [rule for rule in rules if rule not in dead]
	for rule in alive:
		findings += _flapping(rule, grids[rule.name])
	if exclusive and alive:
		found, all_visited = _competition(alive, facts, limit)
		findings += found
		complete = complete and all_visited
	if not complete:
		findings.append(Finding(Kind.INCOMPLETE))
	order = list(Kind)
	return Report(tuple(sorted(findings, key=lambda f: (order.index(f.kind), f.rules, f.others))), complete)


def _is_dead(rule: Rule, grid: Grid) -> bool:
	return grid.complete and not any(
		matches(rule.clauses, grid.values(cell), holding)
		for cell in grid.cells()
		for holding in (False, True)
	)


def _flapping(rule: Rule, grid: Grid) -> list[Finding]:
	cells = list(grid.cells())
	hits = [
		cell
		for cell in cells
		if matches(rule.clauses, grid.values(cell)) and not matches(rule.clauses, grid.values(cell), True)
	]
	return [Finding(Kind.FLAPPING, (rule.name,), where=region) for region in grid.regions(hits, cells)]


def _competition(rules: Sequence[Rule], facts: Mapping[str, Fact], limit: int) -> tuple[list[Finding], bool]:
	"""The findings about rules of which one wins, and whether every cell was visited."""
	findings: list[Finding] = []
	pairs = list(combinations(sorted(rules, key=lambda rule: (-rule.rank, rule.name)), 2))
	complete = True
	for better, worse in pairs:
		grid = Grid((*better.clauses, *worse.clauses), facts, max(limit // len(pairs), PAIR_CELLS))
		findings += _overlaps(better, worse, grid)
		complete = complete and grid.complete
	grid = Grid([clause for rule in rules for clause in rule.clauses], facts, limit)
	judged = {cell: _matching(rules, grid, cell) for cell in grid.cells()}
	if grid.complete:
		findings += _shadowed(rules, judged.values())
	gaps = _gaps(grid, judged)
	return [*findings, *gaps, *_gaps_when_missing(rules, grid, judged)], complete and grid.complete


def _matching(rules: Sequence[Rule], grid: Grid, cell: Cell) -> frozenset[str]:
	values = grid.values(cell)
	return frozenset(rule.name for rule in rules if matches(rule.clauses, values))


def _overlaps(better: Rule, worse: Rule, grid: Grid) -> list[Finding]:
	cells = list(grid.cells())
	hits = [cell for cell in cells if len(_matching((better, worse), grid, cell)) == 2]
	kind = Kind.OVERLAP if better.rank == worse.rank else Kind.RESOLVED_OVERLAP
	regions = grid.regions(hits, cells)
	return [Finding(kind, (better.name,), (worse.name,), region) for region in regions[:1]]


def _shadowed(rules: Sequence[Rule], judged: Collection[frozenset[str]]) -> list[Finding]:
	rank = {rule.name: rule.rank for rule in rules}
	findings = []
	for rule in rules:
		together = [names for names in judged if rule.name in names]
		above = [frozenset(n for n in names if rank[n] > rule.rank) for names in together]
		if together and all(above):
			findings.append(Finding(Kind.SHADOWED, (rule.name,), tuple(sorted(frozenset().union(*above)))))
	return findings


def _gaps(grid: Grid, judged: Mapping[Cell, frozenset[str]]) -> list[Finding]:
	known = [cell for cell in judged if not grid.missing(cell)]
	regions = grid.regions([cell for cell in known if not judged[cell]], known)
	return [Finding(Kind.GAP, where=region) for region in regions]


def _gaps_when_missing(
	rules: Sequence[Rule], grid: Grid, judged: Mapping[Cell, frozenset[str]]
) -> list[Finding]:
	"""Gaps that are there only because one fact is missing; failing that, because all are."""
	findings = []
	for number, axis in enumerate(grid.axes):
		among = [cell for cell in judged if grid.missing(cell) == [number]]
		hits = [
			cell
			for cell in among
			if not judged[cell]
			and any(
				_matching(rules, grid, (*cell[:number], piece, *cell[number + 1 :]))
				for piece in range(1, len(axis.pieces))
			)
		]
		if hits:
			findings.append(Finding(Kind.GAP_WHEN_MISSING, where=_missing_region(grid, number, hits, among)))
	nothing = tuple(0 for _ in grid.axes)
	if (
		not findings
		and len(grid.missing(nothing)) == len(nothing) > 1
		and not _matching(rules, grid, nothing)
	):
		findings.append(Finding(Kind.GAP_WHEN_MISSING, where=grid.region(nothing)))
	return findings


def _missing_region(grid: Grid, number: int, hits: Sequence[Cell], among: Sequence[Cell]) -> Region:
	axis = grid.axes[number]
	missing = (axis.fact, axis.pieces[:1])
	rest = grid.regions(hits, among)[0].parts if len(hits) < len(among) else ()
	return Region((missing, *(part for part in rest if part[0] is not axis.fact)))


def dependency_order(dependencies: Mapping[str, set[str]]) -> list[list[str]]:
	"""The names in levels, each after all that it depends on; names that are no keys count as given.

	Raises CircularRules with those that go round in a circle.
	"""
	waiting = {name: {need for need in needs if need in dependencies} for name, needs in dependencies.items()}
	levels = []
	while waiting:
		ready = sorted(name for name, needs in waiting.items() if not needs & waiting.keys())
		if not ready:
			raise CircularRules(groups=tuple(_in_circles(waiting)))
		levels.append(ready)
		for name in ready:
			del waiting[name]
	return levels


def _in_circles(waiting: Mapping[str, set[str]]) -> list[str]:
	"""Of those that wait for each other, those that something waiting needs: not the mere followers."""
	circle = set(waiting)
	while True:
		needed = {need for name in circle for need in waiting[name]} & circle
		if needed == circle:
			return sorted(circle)
		circle = needed


def circular(dependencies: Mapping[str, set[str]]) -> list[Finding]:
	"""The circle among groups as a finding, or nothing."""
	try:
		dependency_order(dependencies)
	except CircularRules as error:
		return [Finding(Kind.CYCLE, error.values["groups"])]
	return []
