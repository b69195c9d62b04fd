# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What a linkage rule may wait for (triggers) and do (actions): the vocabulary that apps register. Pure.

A trigger is named by a hook `crm_ext_linkage_triggers`, an action by a hook `crm_ext_linkage_actions`; each names
functions that return lists of these. docs/extending.md has a worked example.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

TAG_GAINED = "Tag Gained"
TAG_LOST = "Tag Lost"
PROFILE_CHANGED = "Profile Changed"
OCCASION = "Occasion"
SCHEDULE = "Schedule"

LONGEST_DAYS = 3650
"""The longest time that a parameter in days gives."""


def always() -> bool:
	return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
	"""A kind of event that befalls a customer. `name` is its English label, and is what is stored.

	`facts` names the facts of the event itself that conditions may ask about besides those of the customer.
	`past(rule, since)` yields what would have been events of a Linkage Rule document since a moment: for a dry run.
	`existing(rule, chunk)` gives an event for each of the customers of a CustomerSlice who qualify already.
	`complete(events, facts)` adds, before they are judged, those of the facts that rules read which only show once all
	transactions of the time are through.
	`fields` are the fields of Linkage Rule that the trigger needs filled in (`tag`, `occasion`, `frequency`), `options`
	those that it may have besides. `own_events`: the events are found for one rule at a time, and are its alone.
	"""

	name: str
	facts: tuple[str, ...] = ()
	fields: tuple[str, ...] = ()
	options: tuple[str, ...] = ()
	own_events: bool = False
	past: Callable[[object, datetime], Iterable["Event"]] | None = None
	existing: Callable[[object, object], Sequence["Event"]] | None = None
	complete: Callable[[Sequence["Event"], Collection[str]], Sequence["Event"]] | None = None
	available: Callable[[], bool] = always


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
	"""One thing that an action asks of the author of a rule: a field of the dialog, in Frappe's own terms.

	`label` is English. `options` as of a DocField (a DocType, or choices by line). `depends_on` and
	`mandatory_depends_on` are expressions as in a DocField, over `doc`: `eval:doc.kind=='User'`.
	"""

	name: str
	label: str
	fieldtype: str = "Data"
	options: str = ""
	required: bool = False
	default: str = ""
	most: int | None = None
	"""Of a number: it lies between 0 and this."""
	description: str = ""
	depends_on: str = ""
	mandatory_depends_on: str = ""
	filters: Mapping[str, object] = field(default_factory=dict)
	"""Of a Link: which records are offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
	"""What happened to a customer. `occurred_at` is site time; `facts` are raw values, as JSON has them.

	`key` is the same whenever the same event is told: telling it again changes nothing.
	`rule` is set where the event is one rule's alone.
	"""

	key: str
	trigger: str
	customer: str
	occurred_at: datetime
	tag: str = ""
	rule: str = ""
	company: str = ""
	reference_doctype: str = ""
	reference_name: str = ""
	facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
	"""One action to carry out for one customer."""

	customer: str
	parameters: Mapping[str, object]
	event: Event
	rule: str
	rule_owner: str
	run: str
	"""The name of the Linkage Run; empty in a preview."""
	assumed: Mapping[str, object] = field(default_factory=dict)
	"""In a preview: fields of the customer as the actions before this one would leave them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
	"""What an action did, or would do: a sentence in the reader's language.

	`changed` False: there was nothing to do, for it was so already. `reference`: (DocType, name) of what was made.
	`sets`: the fields of the customer that it sets.
	"""

	text: str
	changed: bool = True
	reference: tuple[str, str] | None = None
	sets: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
	"""A kind of action. `name` is its English label, and is what is stored.

	`run(work)` does it, within a transaction and under a savepoint: it does not commit; whatever it raises is the
	fault, and what it wrote is undone. `run_many(works)` does it for many customers at once, one Outcome each;
	`set_based` says that it does so in a few statements, and may be given hundreds.
	`preview(work)` says what it would do and writes nothing. `summary(parameters)` says in a few words what the
	action does, in the user's language. `check(parameters)` raises a CrmExtError for parameters that cannot work.

	`effects(parameters)` names what may follow, for the guard against circles: “tag gained: High Value”,
	“tag lost: …”, “fact: default_price_list”, “event: Order Submitted”.

	`external`: it leaves the site, and cannot be undone. It is carried out after the commit of all the others, may be
	repeated after a crash, and gets no `preview` of the other side.
	"""

	name: str
	run: Callable[[Work], Outcome]
	preview: Callable[[Work], Outcome]
	summary: Callable[[Mapping[str, object]], str]
	parameters: tuple[Parameter, ...] = ()
	check: Callable[[Mapping[str, object]], None] | None = None
	effects: Callable[[Mapping[str, object]], Iterable[str]] | None = None
	run_many: Callable[[Sequence[Work]], Sequence[Outcome]] | None = None
	set_based: bool = False
	available: Callable[[], bool] = always
	external: bool = False


def tag_gained(tag: str) -> str:
	"""The effect of giving a tag."""
	return f"tag gained: {tag}"


def tag_lost(tag: str) -> str:
	"""The effect of taking a tag."""
	return f"tag lost: {tag}"


def fact_changed(fact: str) -> str:
	"""The effect of changing a fact of the customer."""
	return f"fact: {fact}"


def event_caused(trigger: str) -> str:
	"""The effect of making a document that is an event itself."""
	return f"event: {trigger}"
