# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The life cycle of every kind of rule. Pure."""

from datetime import date
from enum import Enum

from crm_ext.exceptions import IllegalTransition, Term


class Status(str, Enum):
	DRAFT = "Draft"
	OBSERVING = "Observing"
	"""Records on live documents what it would have done, and does nothing."""
	ACTIVE = "Active"
	PAUSED = "Paused"
	"""Gives nothing new and takes nothing away."""
	STOPPED = "Stopped"
	"""Ended for good: what it gave is taken back."""


TRANSITIONS: dict[Status, tuple[Status, ...]] = {
	Status.DRAFT: (Status.OBSERVING, Status.ACTIVE, Status.STOPPED),
	Status.OBSERVING: (Status.DRAFT, Status.ACTIVE, Status.STOPPED),
	Status.ACTIVE: (Status.PAUSED, Status.OBSERVING, Status.STOPPED),
	Status.PAUSED: (Status.ACTIVE, Status.OBSERVING, Status.STOPPED),
	Status.STOPPED: (Status.DRAFT,),
}

REASON_REQUIRED = frozenset({Status.PAUSED, Status.STOPPED})


def check_transition(old: str, new: str) -> None:
	"""Raises IllegalTransition unless a rule may go from `old` to `new`; to stay is always allowed."""
	allowed = [status.value for status in TRANSITIONS[Status(old)]]
	if new != old and new not in allowed:
		raise IllegalTransition(
			old=Term(Status(old).value),
			new=Term(getattr(new, "value", new)),
			allowed=tuple(map(Term, allowed)),
		)


def in_force(valid_from: date | None, valid_to: date | None, as_of: date) -> bool:
	"""Whether `as_of` lies within the validity, whose two ends belong to it."""
	return (valid_from is None or valid_from <= as_of) and (valid_to is None or as_of <= valid_to)
