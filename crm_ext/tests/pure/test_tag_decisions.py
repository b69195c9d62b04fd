# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Which tags of a group a customer holds after a refresh."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_ext.tags.model import CONDITIONS_CEASED, REPLACED, RULE_ENDED, Held, TagRule, decide

TODAY = date(2026, 6, 30)
LONG_AGO = date(2024, 1, 1)


def rules(**changes) -> dict[str, TagRule]:
	ladder = {"High": 30, "Mid": 20, "Low": 10}
	return {name: TagRule(name=name, rank=rank, **changes.get(name, {})) for name, rank in ladder.items()}


def holding(tag: str, since: date = LONG_AGO, **more) -> Held:
	return Held(tag=tag, since=since, **more)


def exclusive(held=(), enters=(), stays=None, as_of=TODAY, **changes):
	return decide(
		rules(**changes),
		held,
		exclusive=True,
		enters=enters,
		stays=enters if stays is None else stays,
		as_of=as_of,
	)


def multiple(held=(), enters=(), stays=None, as_of=TODAY, **changes):
	return decide(
		rules(**changes),
		held,
		exclusive=False,
		enters=enters,
		stays=enters if stays is None else stays,
		as_of=as_of,
	)


def test_the_highest_rank_wins_and_the_losers_are_named():
	decision = exclusive(enters={"Low", "High", "Mid"})
	assert decision.gains == ("High",)
	assert decision.losers == (("Mid", "Lower rank"), ("Low", "Lower rank"))


def test_a_higher_tag_comes_at_once_even_during_a_minimum_stay():
	decision = exclusive([holding("Mid", TODAY)], {"High"}, {"High", "Mid"}, Mid={"minimum_stay_days": 90})
	assert decision.gains == ("High",)
	assert decision.losses == (("Mid", REPLACED),)


def test_a_tag_stays_while_its_threshold_for_staying_holds():
	assert not exclusive([holding("High")], enters={"Mid"}, stays={"High", "Mid"}).changes


def test_a_lower_tag_takes_the_place_when_the_conditions_cease():
	decision = exclusive([holding("High")], enters={"Mid"}, stays={"Mid"})
	assert decision.gains == ("Mid",)
	assert decision.losses == (("High", REPLACED),)


def test_a_tag_is_lost_without_successor_when_nothing_matches():
	assert exclusive([holding("High")]).losses == (("High", CONDITIONS_CEASED),)


@pytest.mark.parametrize("days, lost", [(89, False), (90, True)])
def test_a_tag_is_not_lowered_before_its_minimum_stay(days, lost):
	decision = exclusive(
		[holding("High", TODAY - timedelta(days=days))], {"Mid"}, High={"minimum_stay_days": 90}
	)
	assert bool(decision.losses) is lost


def test_grace_starts_on_the_day_the_conditions_cease():
	decision = exclusive([holding("High")], {"Mid"}, High={"grace_days": 30})
	assert decision.grace == (("High", TODAY + timedelta(days=30)),)
	assert not decision.losses


@pytest.mark.parametrize("until, lost", [(TODAY + timedelta(days=1), False), (TODAY, True)])
def test_a_tag_is_lost_on_the_day_its_grace_ends(until, lost):
	decision = exclusive([holding("High", grace_until=until)], {"Mid"}, High={"grace_days": 30})
	assert bool(decision.losses) is lost
	assert bool(decision.gains) is lost


def test_grace_is_lifted_when_the_conditions_hold_again():
	decision = exclusive([holding("High", grace_until=TODAY)], {"High"}, High={"grace_days": 30})
	assert decision.grace == (("High", None),)
	assert not decision.losses


def test_grace_does_not_start_anew_every_day():
	until = TODAY + timedelta(days=5)
	assert not exclusive([holding("High", grace_until=until)], {"Mid"}, High={"grace_days": 30}).changes


def test_a_locked_tag_is_out_of_the_reach_of_rules():
	assert not exclusive([holding("Low", by_rule=False, locked=True)], {"High"}).changes


def test_an_unlocked_tag_given_by_hand_gives_way_even_to_a_lower_one():
	decision = exclusive([holding("High", by_rule=False)], {"Low"})
	assert decision.gains == ("Low",)
	assert decision.losses == (("High", REPLACED),)


def test_a_tag_given_by_hand_stays_while_no_rule_matches():
	assert not exclusive([holding("High", by_rule=False)]).changes


def test_a_paused_tag_gives_nothing_and_takes_nothing_away():
	assert not exclusive([holding("High")], {"Mid"}, High={"frozen": True}).changes
	assert exclusive(enters={"High", "Mid"}, High={"frozen": True}).gains == ("Mid",)


@pytest.mark.parametrize("by_rule, locked", [(True, False), (False, True)])
def test_a_stopped_tag_is_taken_back_from_everybody(by_rule, locked):
	decision = exclusive([holding("High", by_rule=by_rule, locked=locked)], {"High"}, High={"ended": True})
	assert decision.losses == (("High", RULE_ENDED),)
	assert not decision.gains


def test_a_tag_that_no_longer_exists_is_taken_back():
	assert multiple([holding("Gone")]).losses == (("Gone", RULE_ENDED),)


def test_two_tags_of_one_exclusive_group_are_reduced_to_the_one_that_qualifies():
	decision = exclusive([holding("High"), holding("Mid")], {"Mid"}, {"Mid"})
	assert decision.losses == (("High", REPLACED),)
	assert not decision.gains


def test_equal_ranks_fall_to_the_tag_already_held():
	tags = {"A": TagRule(name="A", rank=1), "B": TagRule(name="B", rank=1)}
	assert not decide(
		tags, [holding("B")], exclusive=True, enters={"A", "B"}, stays={"A", "B"}, as_of=TODAY
	).changes
	assert decide(tags, [], exclusive=True, enters={"A", "B"}, stays=(), as_of=TODAY).gains == ("A",)


def test_every_tag_of_a_multiple_group_stands_alone():
	decision = multiple([holding("High"), holding("Mid")], enters={"Low", "Mid"})
	assert decision.gains == ("Low",)
	assert decision.losses == (("High", CONDITIONS_CEASED),)


def test_rules_leave_what_was_given_by_hand_in_a_multiple_group():
	assert not multiple([holding("High", by_rule=False)]).changes


TAGS = st.sampled_from(["High", "Mid", "Low"])


@given(
	held=st.lists(TAGS, max_size=1),
	enters=st.sets(TAGS),
	stays=st.sets(TAGS),
	age=st.integers(0, 400),
	stay=st.integers(0, 200),
	grace=st.integers(0, 60),
)
def test_an_exclusive_group_leaves_at_most_one_tag_and_settles(held, enters, stays, age, stay, grace):
	more = {name: {"minimum_stay_days": stay, "grace_days": grace} for name in ("High", "Mid", "Low")}
	state = [holding(tag, TODAY - timedelta(days=age)) for tag in held]
	stays = stays | enters  # whoever may enter may stay
	decision = exclusive(state, enters, stays, **more)
	lost = {tag for tag, _ in decision.losses}
	until = dict(decision.grace)
	after = [
		holding(h.tag, h.since, grace_until=until.get(h.tag, h.grace_until))
		for h in state
		if h.tag not in lost
	]
	after += [holding(tag, TODAY) for tag in decision.gains]
	assert len(after) <= 1
	assert not exclusive(after, enters, stays, **more).changes
