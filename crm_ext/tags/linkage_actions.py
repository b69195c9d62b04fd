# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Giving and taking tags by linkage rules."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import frappe
from frappe import _
from frappe.utils import add_days, formatdate, getdate, nowdate

from crm_ext.constants import ALL_COMPANIES
from crm_ext.rules.actions import LONGEST_DAYS, Action, Outcome, Parameter, Work, tag_gained, tag_lost
from crm_ext.tags import service
from crm_ext.tags.groups import EXCLUSIVE, PER_COMPANY
from crm_ext.tags.service import Many

TAG = Parameter(name="tag", label="Tag", fieldtype="Link", options="Customer Tag", required=True)
VALID_DAYS = Parameter(
	name="valid_days",
	label="Valid for (Days)",
	fieldtype="Int",
	most=LONGEST_DAYS,
	description="So many days after today the tag still holds. Empty: without end.",
)

Change = Callable[[Sequence[Work], bool], list[Outcome]]
"""Works with the same parameters, and whether only to look."""


def actions() -> list[Action]:
	"""Registered through the hook `crm_ext_linkage_actions`."""
	return [
		_action("Add Tag", _add, (TAG, VALID_DAYS), summary=_summary, effects=_gains),
		_action("Remove Tag", _remove, (TAG,), summary=_summary, effects=lambda p: [tag_lost(p["tag"])]),
	]


def _action(name: str, change: Change, parameters: tuple[Parameter, ...], **more) -> Action:
	return Action(
		name=name,
		run=lambda work: change([work], False)[0],
		run_many=lambda works: change(works, False),
		set_based=True,
		preview=lambda work: change([work], True)[0],
		parameters=parameters,
		available=service.enabled,
		**more,
	)


def _add(works: Sequence[Work], preview: bool) -> list[Outcome]:
	tag, until = works[0].parameters["tag"], _until(works[0].parameters)

	def give(customers: Sequence[str], company: str) -> Many:
		return service.assign_many(
			customers, tag, reason=_reason(works[0]), until=until, company=company, preview=preview
		)

	def text(replaced: Sequence[str]) -> str:
		given = _("Tag given: {0}").format(tag)
		if until:
			given = _("Tag given: {0}, until {1}").format(tag, formatdate(until))
		return _("{0}, instead of {1}").format(given, ", ".join(replaced)) if replaced else given

	return _outcomes(works, give, text, unchanged=_("It has the tag {0} already").format(tag))


def _remove(works: Sequence[Work], preview: bool) -> list[Outcome]:
	tag = works[0].parameters["tag"]

	def take(customers: Sequence[str], company: str) -> Many:
		return service.remove_many(
			customers, tag, reason=_reason(works[0]), company=company or None, preview=preview
		)

	return _outcomes(
		works,
		take,
		lambda _replaced: _("Tag taken: {0}").format(tag),
		unchanged=_("It does not have the tag {0}").format(tag),
	)


def _outcomes(
	works: Sequence[Work],
	change: Callable[[Sequence[str], str], Many],
	text: Callable[[Sequence[str]], str],
	*,
	unchanged: str,
) -> list[Outcome]:
	"""One for each work in its place; of two for the same customer and scope only the first changes anything."""
	outcomes: dict[int, Outcome] = {}
	for company, places in _by_company(works).items():
		many = change([works[place].customer for place in places], company)
		done = dict(many.done)
		for place in places:
			customer = works[place].customer
			if customer in many.locked:
				outcomes[place] = Outcome(text=_("Its tag is locked against rules"), changed=False)
			elif customer in done:
				assignment = done.pop(customer)
				outcomes[place] = Outcome(
					text=text(many.replaced.get(customer, ())),
					reference=("Customer Tag Assignment", assignment) if assignment else None,
				)
			else:
				outcomes[place] = Outcome(text=unchanged, changed=False)
	return [outcomes[place] for place in range(len(works))]


def _by_company(works: Sequence[Work]) -> dict[str, list[int]]:
	"""The places of the works by the company whose tags they concern; a group that is not per company has one scope."""
	group = frappe.db.get_value("Customer Tag", works[0].parameters["tag"], "tag_group")
	scope = group and frappe.db.get_value("Customer Tag Group", group, "scope")
	found: dict[str, list[int]] = {}
	for place, work in enumerate(works):
		company = work.event.company if scope == PER_COMPANY else ALL_COMPANIES
		found.setdefault(company, []).append(place)
	return found


def _until(parameters: Mapping[str, object]) -> date | None:
	days = parameters.get("valid_days")
	return getdate(add_days(nowdate(), days)) if days else None


def _reason(work: Work) -> str:
	return _("Linkage rule {0}").format(work.rule)


def _summary(parameters: Mapping[str, object]) -> str:
	days = parameters.get("valid_days")
	return _("{0}, for {1} days").format(parameters["tag"], days) if days else str(parameters["tag"])


def _gains(parameters: Mapping[str, object]) -> Iterator[str]:
	"""In an exclusive group the others of the group may go."""
	tag = parameters["tag"]
	yield tag_gained(tag)
	group = frappe.db.get_value("Customer Tag", tag, "tag_group")
	if group and frappe.db.get_value("Customer Tag Group", group, "selection") == EXCLUSIVE:
		others = frappe.get_all("Customer Tag", {"tag_group": group, "name": ("!=", tag)}, pluck="name")
		yield from map(tag_lost, others)
