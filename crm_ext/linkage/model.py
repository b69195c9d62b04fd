# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What becomes of the rules that an event calls. Pure.

In this order a rule falls out: its conditions do not hold; it ran in this period already; its cooldown is not over;
the chain of rules that led to it is too long. Of those left in an exclusion group the one of the highest priority
runs, of equals the first by name. A rule for which the customer is held out does not compete: the next takes its
place, as it would if that rule did not exist.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from crm_ext.rules.hold_out import held_out

EVENT, DAY, WEEK, MONTH, QUARTER, YEAR, EVER = "Event", "Day", "Week", "Month", "Quarter", "Year", "Ever"


class Outcome(str, Enum):
	"""What becomes of a rule for one event."""

	RUN = "Would Run"
	OBSERVED = "Would Be Observed"
	OUTRANKED = "Outranked"
	HELD_OUT = "Held Out"
	STOPPED = "Stopped"
	NOT_MET = "Conditions Not Met"
	ONCE = "Once per Period"
	COOLDOWN = "Cooldown"
	BROKEN = "Cannot Be Evaluated"


RUNS = frozenset({Outcome.RUN, Outcome.OBSERVED})
"""What has actions to carry out, or to preview."""

LOGGED = frozenset({Outcome.RUN, Outcome.OBSERVED, Outcome.OUTRANKED, Outcome.HELD_OUT, Outcome.STOPPED})
"""What leaves a Linkage Run."""

COUNTED = frozenset({Outcome.RUN, Outcome.OBSERVED, Outcome.HELD_OUT})
"""What uses up the period and starts the cooldown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
	"""How often a rule may run for a customer, beside which others, and for whom it does not."""

	once_per: str = EVENT
	cooldown_days: int = 0
	group: str = ""
	priority: int = 0
	hold_out_percent: float = 0
	seed: str = ""
	"""What the hold-out is drawn by: as long as it stays, so does the share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
	"""One rule that one event calls, for one customer."""

	rule: str
	limits: Limits
	customer: str
	event_key: str
	occurred_at: datetime
	matched: bool
	shadow: bool = False
	depth: int = 0

	@property
	def once_key(self) -> str:
		return period_of(self.limits.once_per, self.occurred_at.date()) or self.event_key


@dataclass(frozen=True, slots=True)
class Verdict:
	"""`by` is the rule that outranked it; `losers` are those that it outranks."""

	outcome: Outcome
	by: str = ""
	losers: tuple[str, ...] = ()


@dataclass(slots=True)
class History:
	"""What ran before: whether a period was used up, and when a rule last ran for a customer.

	An observing rule has a history of its own.
	"""

	keys: set[tuple[str, str, str, bool]]
	days: dict[tuple[str, str, bool], list[date]]

	@classmethod
	def empty(cls) -> "History":
		return cls(set(), {})

	def add(self, rule: str, customer: str, shadow: bool, once_key: str, day: date) -> None:
		self.keys.add((rule, customer, once_key, shadow))
		self.days.setdefault((rule, customer, shadow), []).append(day)

	def include(self, other: "History") -> None:
		self.keys |= other.keys
		for key, days in other.days.items():
			self.days.setdefault(key, []).extend(days)

	def ran_in_period(self, call: Call) -> bool:
		return (call.rule, call.customer, call.once_key, call.shadow) in self.keys

	def cooling_down(self, call: Call) -> bool:
		"""Whether it ran less than its cooldown away: told late, an event lies before what has run already."""
		day, cooldown = call.occurred_at.date(), call.limits.cooldown_days
		ran = self.days.get((call.rule, call.customer, call.shadow), ()) if cooldown else ()
		return any(abs((day - other).days) < cooldown for other in ran)


def decide(calls: Sequence[Call], history: History, max_depth: int) -> list[Verdict]:
	"""A verdict for each of the rules that one event calls; what runs, or is held out, enters the history.

	Observing rules are judged as if they were active; the active ones as if the observing were not there.
	"""
	verdicts = [_alone(call, history, max_depth) for call in calls]
	for group in _groups(calls, verdicts):
		_compete(calls, verdicts, [n for n in group if not calls[n].shadow])
		if any(calls[n].shadow for n in group):
			tried = list(verdicts)
			_compete(calls, tried, group)
			for n in group:
				if calls[n].shadow:
					verdicts[n] = tried[n]
	for call, verdict in zip(calls, verdicts, strict=True):
		if verdict.outcome in COUNTED:
			history.add(call.rule, call.customer, call.shadow, call.once_key, call.occurred_at.date())
	return verdicts


def _alone(call: Call, history: History, max_depth: int) -> Verdict:
	"""What becomes of a rule if no other competes."""
	if not call.matched:
		return Verdict(Outcome.NOT_MET)
	if history.ran_in_period(call):
		return Verdict(Outcome.ONCE)
	if history.cooling_down(call):
		return Verdict(Outcome.COOLDOWN)
	if call.depth > max_depth:
		return Verdict(Outcome.STOPPED)
	if held_out(call.limits.seed, call.customer, call.limits.hold_out_percent):
		return Verdict(Outcome.HELD_OUT)
	return Verdict(Outcome.OBSERVED if call.shadow else Outcome.RUN)


def _groups(calls: Sequence[Call], verdicts: Sequence[Verdict]) -> Iterable[list[int]]:
	"""The places of the rules that compete, the strongest first."""
	groups: dict[str, list[int]] = {}
	for n, (call, verdict) in enumerate(zip(calls, verdicts, strict=True)):
		if call.limits.group and verdict.outcome in COUNTED:
			groups.setdefault(call.limits.group, []).append(n)
	for group in groups.values():
		yield sorted(group, key=lambda n: (-calls[n].limits.priority, calls[n].rule))


def _compete(calls: Sequence[Call], verdicts: list[Verdict], group: Sequence[int]) -> None:
	"""Let the first that is not held out win, and outrank all after it."""
	winner = next((n for n in group if verdicts[n].outcome is not Outcome.HELD_OUT), None)
	if winner is None:
		return
	beaten = group[group.index(winner) + 1 :]
	verdicts[winner] = Verdict(verdicts[winner].outcome, losers=tuple(calls[n].rule for n in beaten))
	for n in beaten:
		verdicts[n] = Verdict(Outcome.OUTRANKED, by=calls[winner].rule)


def period_of(once_per: str, day: date) -> str:
	"""The name of the period in which a day lies; "" where every event counts. Weeks are those of ISO 8601."""
	if once_per == DAY:
		return day.isoformat()
	if once_per == WEEK:
		year, week, _ = day.isocalendar()
		return f"{year}-W{week:02}"
	if once_per == MONTH:
		return f"{day:%Y-%m}"
	if once_per == QUARTER:
		return f"{day.year}-Q{(day.month + 2) // 3}"
	if once_per == YEAR:
		return str(day.year)
	return "ever" if once_per == EVER else ""


def back_off(attempts: int) -> timedelta:
	"""How long to wait after so many failed attempts: 5, 15, 45 … minutes, at most a day."""
	return min(timedelta(minutes=5 * 3 ** min(attempts - 1, 10)), timedelta(days=1))
