# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

from datetime import date
from itertools import product

import pytest

from crm_ext.exceptions import IllegalTransition
from crm_ext.rules.lifecycle import TRANSITIONS, Status, check_transition, in_force


@pytest.mark.parametrize(("old", "new"), list(product(Status, Status)))
def test_only_the_listed_transitions_are_allowed(old, new):
	if new is old or new in TRANSITIONS[old]:
		check_transition(old.value, new.value)
	else:
		with pytest.raises(IllegalTransition):
			check_transition(old.value, new.value)


def test_a_live_rule_never_becomes_a_draft_again():
	assert all(Status.DRAFT not in TRANSITIONS[status] for status in (Status.ACTIVE, Status.PAUSED))


def test_every_status_can_be_left_and_reached():
	assert set(TRANSITIONS) == set(Status) == {new for allowed in TRANSITIONS.values() for new in allowed}


@pytest.mark.parametrize("new", ["Gone", Status.PAUSED])
def test_a_refusal_names_both_ends_and_the_ways_out(new):
	with pytest.raises(IllegalTransition) as raised:
		check_transition(Status.DRAFT, new)
	assert raised.value.translated(str) == str(raised.value)
	assert str(raised.value).startswith(f"A rule cannot go from Draft to {getattr(new, 'value', new)}.")
	assert "Observing, Active, Stopped" in str(raised.value)


@pytest.mark.parametrize(
	("first", "last", "expected"),
	[
		(None, None, True),
		("2026-01-31", None, True),
		(None, "2026-01-31", True),
		("2026-01-31", "2026-01-31", True),
		("2026-02-01", None, False),
		(None, "2026-01-30", False),
	],
)
def test_both_ends_belong_to_the_validity(first, last, expected):
	ends = [day and date.fromisoformat(day) for day in (first, last)]
	assert in_force(*ends, date(2026, 1, 31)) is expected
