# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Which tags of a group a customer holds after a refresh. Pure.

Exclusive group: the highest rank that qualifies wins; equal ranks fall to the tag already held, then to the name.
A higher tag comes at once. A tag is lowered or lost only after its minimum stay, and after the grace that starts
on the day its conditions cease to hold.

By hand: a locked tag is out of the rules' reach. An unlocked one gives way, in an exclusive group, to the tag
that the rules would give; in a multiple group rules leave it alone.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

CONDITIONS_CEASED = "Its conditions no longer hold"
REPLACED = "Another tag of the group took its place"
RULE_ENDED = "The tag is no longer in force"

LOWER_RANK = "Lower rank"


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRule:
	"""A tag as far as it decides. `ended`: no longer in force, so nobody may hold it. `frozen`: paused."""

	name: str
	rank: int = 0
	minimum_stay_days: int = 0
	grace_days: int = 0
	frozen: bool = False
	ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
	"""A tag that a customer holds now."""

	tag: str
	since: date
	by_rule: bool = True
	locked: bool = False
	grace_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
	"""What changes: tags gained, tags lost with the reason, grace set or lifted (None), and who lost to the winner.

	`timeless`: it follows from the conditions alone, whatever the day and the time the tags have been held.
	"""

	gains: tuple[str, ...] = ()
	losses: tuple[tuple[str, str], ...] = ()
	grace: tuple[tuple[str, date | None], ...] = ()
	losers: tuple[tuple[str, str], ...] = ()
	timeless: bool = True

	@property
	def changes(self) -> bool:
		return bool(self.gains or self.losses or self.grace)


def decide(
	rules: Mapping[str, TagRule],
	held: Sequence[Held],
	*,
	exclusive: bool,
	enters: Collection[str],
	stays: Collection[str],
	as_of: date,
) -> Decision:
	"""The decision for one customer and one group.

	`enters` and `stays` name the tags whose conditions hold with the thresholds for entering and for staying.
	"""
	over = tuple((h.tag, RULE_ENDED) for h in held if h.tag not in rules or rules[h.tag].ended)
	rest = [h for h in held if h.tag in rules and not rules[h.tag].ended]
	open_rules = [rule for rule in rules.values() if not (rule.ended or rule.frozen)]
	judge = _exclusive if exclusive else _multiple
	decision = judge(rules, open_rules, rest, set(enters), set(stays), as_of)
	return replace(decision, losses=over + decision.losses) if over else decision


def _multiple(rules, open_rules: Iterable[TagRule], held: Sequence[Held], enters, stays, as_of) -> Decision:
	holding = {h.tag for h in held}
	gains = tuple(r.name for r in open_rules if r.name in enters and r.name not in holding)
	losses, grace, timeless = [], [], True
	for h in held:
		if rules[h.tag].frozen or h.locked or not h.by_rule:
			continue
		if h.tag in stays:
			if h.grace_until:
				grace.append((h.tag, None))
			continue
		timeless = False
		leaves, until = _leaving(rules[h.tag], h, as_of)
		if leaves:
			losses.append((h.tag, CONDITIONS_CEASED))
		elif until != h.grace_until:
			grace.append((h.tag, until))
	return Decision(gains=gains, losses=tuple(losses), grace=tuple(grace), timeless=timeless)


def _exclusive(rules, open_rules: Iterable[TagRule], held: Sequence[Held], enters, stays, as_of) -> Decision:
	keepers = [h for h in held if h.locked or rules[h.tag].frozen]
	if keepers:
		return Decision(losses=tuple((h.tag, REPLACED) for h in held if h not in keepers))
	holding = {h.tag for h in held}
	qualified = sorted(
		(r for r in open_rules if r.name in (stays if r.name in holding else enters)),
		key=lambda r: (-r.rank, r.name not in holding, r.name),
	)
	winner = qualified[0] if qualified else None
	losers = tuple((r.name, LOWER_RANK) for r in qualified[1:])
	best = max(held, key=lambda h: (rules[h.tag].rank, h.tag), default=None)
	if best is None:
		return Decision(gains=(winner.name,) if winner else (), losers=losers)

	others = tuple((h.tag, REPLACED) for h in held if h is not best)
	if winner and winner.name == best.tag:
		lifted = ((best.tag, None),) if best.grace_until else ()
		return Decision(losses=others, grace=lifted, losers=losers)
	if winner and (winner.rank > rules[best.tag].rank or not best.by_rule):
		gains = () if winner.name in holding else (winner.name,)
		replaced = tuple((h.tag, REPLACED) for h in held if h.tag != winner.name)
		return Decision(gains=gains, losses=replaced, losers=losers)
	if not best.by_rule:
		return Decision(losses=others)
	return _lowered(rules, held, best, winner, losers, as_of)


def _lowered(
	rules, held: Sequence[Held], best: Held, winner: TagRule | None, losers, as_of: date
) -> Decision:
	leaves, until = _leaving(rules[best.tag], best, as_of)
	if not leaves:
		grace = ((best.tag, until),) if until != best.grace_until else ()
		others = tuple((h.tag, REPLACED) for h in held if h is not best)
		return Decision(losses=others, grace=grace, timeless=False)
	keeps = winner.name if winner else None
	reason = REPLACED if winner else CONDITIONS_CEASED
	return Decision(
		gains=(keeps,) if keeps and all(h.tag != keeps for h in held) else (),
		losses=tuple((h.tag, reason) for h in held if h.tag != keeps),
		losers=losers,
		timeless=False,
	)


def _leaving(rule: TagRule, held: Held, as_of: date) -> tuple[bool, date | None]:
	"""Whether a tag whose conditions do not hold goes today, and until when its grace lasts."""
	until = held.grace_until
	if until is None and rule.grace_days:
		until = as_of + timedelta(days=rule.grace_days)
	in_grace = until is not None and as_of < until
	return not in_grace and as_of >= stays_until(rule, held), until


def stays_until(rule: TagRule, held: Held) -> date:
	"""The first day on which the minimum stay no longer protects the tag."""
	return held.since + timedelta(days=rule.minimum_stay_days)
