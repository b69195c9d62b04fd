# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What becomes of the rules that an event calls."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_ext.linkage.model import (
	Call,
	History,
	Limits,
	Outcome,
	back_off,
	decide,
	period_of,
)
from crm_ext.rules.hold_out import held_out

NOON = datetime(2026, 6, 30, 12)
DEPTH = 5


def call(rule="Visit", *, at=NOON, key=None, matched=True, shadow=False, depth=0, **limits) -> Call:
	return Call(
		rule=rule,
		limits=Limits(**limits),
		customer="Harbour Foods",
		event_key=key or f"{rule} {at}",
		occurred_at=at,
		matched=matched,
		shadow=shadow,
		depth=depth,
	)


def outcomes(*calls: Call, history: History | None = None) -> dict[str, Outcome]:
	verdicts = decide(calls, history or History.empty(), DEPTH)
	return {one.rule: verdict.outcome for one, verdict in zip(calls, verdicts, strict=True)}


def in_turn(*calls: Call) -> list[Outcome]:
	"""Each call as an event of its own, with one history."""
	history = History.empty()
	return [decide([one], history, DEPTH)[0].outcome for one in calls]


def test_a_rule_whose_conditions_hold_runs():
	assert outcomes(call()) == {"Visit": Outcome.RUN}


def test_a_rule_whose_conditions_do_not_hold_does_not_run():
	assert outcomes(call(matched=False)) == {"Visit": Outcome.NOT_MET}


def test_an_observing_rule_is_observed():
	assert outcomes(call(shadow=True)) == {"Visit": Outcome.OBSERVED}


@pytest.mark.parametrize(
	"once_per, name",
	[
		("Event", ""),
		("Day", "2026-06-30"),
		("Week", "2026-W27"),
		("Month", "2026-06"),
		("Quarter", "2026-Q2"),
		("Year", "2026"),
		("Ever", "ever"),
	],
)
def test_the_period_of_a_day(once_per, name):
	assert period_of(once_per, date(2026, 6, 30)) == name


def test_the_first_week_of_a_year_may_begin_in_the_year_before():
	assert period_of("Week", date(2026, 12, 31)) == period_of("Week", date(2027, 1, 1)) == "2026-W53"


def test_quarters_begin_in_january_april_july_and_october():
	quarters = [period_of("Quarter", date(2026, month, 1)) for month in range(1, 13)]
	assert quarters == [f"2026-Q{n}" for n in (1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4)]


def test_once_per_quarter_the_second_event_waits_for_the_next_quarter():
	july = NOON + timedelta(days=1)
	assert in_turn(
		call(once_per="Quarter"),
		call(once_per="Quarter", key="again"),
		call(once_per="Quarter", at=july),
	) == [Outcome.RUN, Outcome.ONCE, Outcome.RUN]


def test_the_same_event_told_twice_runs_once():
	assert in_turn(call(key="E1"), call(key="E1")) == [Outcome.RUN, Outcome.ONCE]


def test_during_the_cooldown_nothing_runs_whichever_event_is_told_first():
	later = call(cooldown_days=30, at=NOON + timedelta(days=29), key="later")
	over = call(cooldown_days=30, at=NOON + timedelta(days=30), key="over")
	assert in_turn(call(cooldown_days=30), later) == [Outcome.RUN, Outcome.COOLDOWN]
	assert in_turn(later, call(cooldown_days=30)) == [Outcome.RUN, Outcome.COOLDOWN]
	assert in_turn(call(cooldown_days=30), over) == [Outcome.RUN, Outcome.RUN]


def test_observing_neither_uses_up_the_period_of_the_active_rule_nor_starts_its_cooldown():
	assert in_turn(
		call(shadow=True, once_per="Year", cooldown_days=9), call(once_per="Year", cooldown_days=9)
	) == [Outcome.OBSERVED, Outcome.RUN]


def test_a_chain_longer_than_allowed_is_stopped():
	assert outcomes(call(depth=DEPTH)) == {"Visit": Outcome.RUN}
	assert outcomes(call(depth=DEPTH + 1)) == {"Visit": Outcome.STOPPED}


def test_of_a_group_the_highest_priority_runs_and_names_whom_it_outranks():
	calls = [call("Call", group="Care", priority=1), call("Visit", group="Care", priority=2), call("Mail")]
	verdicts = decide(calls, History.empty(), DEPTH)
	assert [v.outcome for v in verdicts] == [Outcome.OUTRANKED, Outcome.RUN, Outcome.RUN]
	assert verdicts[0].by == "Visit"
	assert verdicts[1].losers == ("Call",)


def test_of_equals_the_first_by_name_runs_whatever_the_order():
	calls = [call("B", group="Care"), call("A", group="Care")]
	assert outcomes(*calls) == outcomes(*reversed(calls)) == {"A": Outcome.RUN, "B": Outcome.OUTRANKED}


def test_a_rule_that_does_not_match_outranks_nobody():
	top = call("Visit", group="Care", priority=9, matched=False)
	assert outcomes(top, call("Call", group="Care"))["Call"] is Outcome.RUN


def test_an_outranked_rule_keeps_its_period():
	history = History.empty()
	calls = [call("Visit", group="Care", priority=2), call("Call", group="Care", once_per="Year")]
	decide(calls, history, DEPTH)
	assert decide([call("Call", once_per="Year", key="next")], history, DEPTH)[0].outcome is Outcome.RUN


def test_where_the_first_is_held_out_the_next_takes_its_place():
	top = call("Visit", group="Care", priority=2, hold_out_percent=99.999999, seed="x")
	assert outcomes(top, call("Call", group="Care")) == {"Visit": Outcome.HELD_OUT, "Call": Outcome.RUN}


def test_who_would_have_been_outranked_anyway_is_not_held_out():
	low = call("Call", group="Care", hold_out_percent=99.999999, seed="x")
	assert outcomes(call("Visit", group="Care", priority=2), low)["Call"] is Outcome.OUTRANKED


def test_an_observing_rule_is_judged_as_if_active_and_disturbs_no_active_one():
	top = call("New", group="Care", priority=9, shadow=True)
	verdicts = decide([top, call("Visit", group="Care")], History.empty(), DEPTH)
	assert [v.outcome for v in verdicts] == [Outcome.OBSERVED, Outcome.RUN]
	assert verdicts[0].losers == ("Visit",)
	assert verdicts[1].losers == ()
	low = call("New", group="Care", priority=-1, shadow=True)
	assert outcomes(low, call("Visit", group="Care"))["New"] is Outcome.OUTRANKED


@given(st.lists(st.tuples(st.integers(-3, 3), st.booleans(), st.booleans()), max_size=8))
def test_of_a_group_at_most_one_active_rule_runs_and_never_a_weaker_one(rules):
	calls = [
		call(f"R{n}", group="Care", priority=priority, matched=matched, shadow=shadow)
		for n, (priority, matched, shadow) in enumerate(rules)
	]
	found = outcomes(*calls)
	ran = [one for one in calls if found[one.rule] is Outcome.RUN]
	could = [one for one in calls if one.matched and not one.shadow]
	assert len(ran) == min(1, len(could))
	assert all(one.limits.priority <= ran[0].limits.priority for one in could)


def test_the_hold_out_is_stable_and_close_to_its_share():
	customers = [f"CUST-{n}" for n in range(10_000)]
	out = [c for c in customers if held_out("seed", c, 10)]
	assert out == [c for c in customers if held_out("seed", c, 10)]
	assert 900 < len(out) < 1_100
	assert {c for c in customers if held_out("seed", c, 5)} < set(out)
	other = {c for c in customers if held_out("other", c, 10)}
	assert 60 < len(other & set(out)) < 140, "two rules leave out different customers"
	assert not any(held_out("seed", c, 0) for c in customers)


def test_the_wait_grows_threefold_to_a_day():
	assert [back_off(n).total_seconds() / 60 for n in (1, 2, 3, 4)] == [5, 15, 45, 135]
	assert back_off(30) == timedelta(days=1)
