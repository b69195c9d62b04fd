# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Customer tags: giving, taking, refreshing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

import frappe
from frappe.utils import getdate, now_datetime, nowdate

from crm_ext.constants import ALL_COMPANIES, OPEN
from crm_ext.exceptions import AlreadyTagged, NotInForce, NotTagged, PastDate, ReasonMissing
from crm_ext.profile.service import FULL_REFRESH_TIMEOUT
from crm_ext.profile.slices import CustomerSlice, slices
from crm_ext.profile.store import everybody, lock
from crm_ext.profile.transactions import persistently, read_committed
from crm_ext.rules.lifecycle import Status, in_force
from crm_ext.rules.site import SiteContext, currency_of, registry
from crm_ext.settings import settings
from crm_ext.tags import announce, store
from crm_ext.tags import groups as groups_
from crm_ext.tags.evaluate import Evaluation, Judged
from crm_ext.tags.groups import CompiledGroup, Group
from crm_ext.tags.model import REPLACED, RULE_ENDED, Held
from crm_ext.tags.store import Gain, Loss, OpenAssignment
from crm_ext.tags.writer import Writer

EXPIRED = "Its validity ended"
BY_LINKAGE = "Linkage Rule"
MERGED = "The customer was merged into another that has the tag"


def enabled() -> bool:
	return bool(settings().tags_enabled)


def refresh_slice(
	chunk: CustomerSlice, as_of: date, *, levels: Sequence[Sequence[Group]] | None = None
) -> int:
	"""Bring the tags of a slice in line with the profiles; returns how many tags were gained or lost.

	Runs in the caller's transaction, which has locked the slice, after its profiles were refreshed.
	"""
	if not enabled():
		return 0
	return _SliceRefresh(chunk, as_of).run(groups_.load() if levels is None else levels)


def reevaluate() -> int:
	"""The job after a rule was changed: evaluate all groups again for every customer, from the profiles as they are.

	All groups, for others may ask about the tags of the changed one. Commits slice by slice; returns the number of
	tags gained or lost, which are announced at the end.
	"""
	with read_committed():
		levels = groups_.load()
		today = getdate(nowdate())

		def again(chunk: CustomerSlice) -> int:
			lock(chunk)
			return refresh_slice(chunk, today, levels=levels)

		changed = sum(persistently(lambda chunk=chunk: again(chunk)) for chunk in everybody())
	announce.announce_later()
	return changed


def reevaluate_later() -> None:
	"""Have a worker evaluate all groups again, once this transaction is through.

	Not during an installation, which asks for a refresh of everybody, nor a migration, which a night follows.
	"""
	if frappe.flags.in_install or frappe.flags.in_migrate:
		return
	frappe.enqueue(
		"crm_ext.tags.service.reevaluate",
		queue="long",
		timeout=FULL_REFRESH_TIMEOUT,
		enqueue_after_commit=True,
	)


class _SliceRefresh:
	"""One refresh of one slice of customers."""

	def __init__(self, chunk: CustomerSlice, as_of: date):
		self.chunk = chunk
		self.as_of = as_of
		self.moment = now_datetime() if as_of == getdate(nowdate()) else datetime.combine(as_of, time.min)
		self.changed = 0
		self.held: dict[tuple[str, str], list[OpenAssignment]] = {}

	def run(self, levels: Sequence[Sequence[Group]]) -> int:
		self._read_held()
		for level in levels:
			for company, groups in scopes_of(level).items():
				context = SiteContext(self.as_of, currency_of(company))
				compiled = [c for group in groups if (c := groups_.compile_or_report(group, context))]
				self._apply(compiled, company, context, observing=False)
				watched = [c for c in compiled if c.group.observes]
				self._apply(watched, company, context, observing=True)
		return self.changed

	def _read_held(self) -> None:
		"""What is held now; what has expired, or is observed no longer, ends here."""
		observed = set(frappe.get_all("Customer Tag", {"status": Status.OBSERVING.value}, pluck="name"))
		over = []
		for a in store.open_assignments(self.chunk):
			if a.expires_on and a.expires_on < self.as_of:
				over.append(Loss(assignment=a.name, shadow=bool(a.shadow), reason=EXPIRED))
			elif a.shadow and a.tag not in observed:
				over.append(Loss(assignment=a.name, shadow=True, reason=RULE_ENDED))
			else:
				self.held.setdefault((a.tag_group, a.company), []).append(a)
		store.close_rows(over, self.moment)
		self.changed += sum(not loss.shadow for loss in over)

	def _apply(
		self, compiled: Sequence[CompiledGroup], company: str, context: SiteContext, *, observing: bool
	) -> None:
		"""Decide and write. Observing: as if the observing tags were active, recording only what befalls them."""
		if not compiled:
			return
		rows: dict[tuple[str, str], OpenAssignment] = {}
		held: dict[tuple[str, str], list[Held]] = {}
		for group in compiled:
			observed = group.group.observed if observing else frozenset()
			for a in self.held.get((group.group.name, company), ()):
				if bool(a.shadow) == (a.tag in observed):
					rows[a.customer, a.tag] = a
					held.setdefault((a.customer, a.tag_group), []).append(a.held())
		evaluation = Evaluation(compiled, company, self.as_of, observing=observing)
		judged: dict[str, list[Judged]] = {}
		for j in evaluation.run(self.chunk, registry(), held):
			if j.decision.changes:
				judged.setdefault(j.group.group.name, []).append(j)
		for group in compiled:
			writer = Writer(group, company, context, rows, shadow=observing)
			changed = writer.write(judged.get(group.group.name, ()), self.moment)
			self.changed += 0 if observing else changed


def scopes_of(groups: Sequence[Group]) -> dict[str, list[Group]]:
	"""The groups by the company they are evaluated for."""
	together = [group for group in groups if not group.per_company]
	scopes = {ALL_COMPANIES: together} if together else {}
	if per_company := [group for group in groups if group.per_company]:
		scopes |= {name: per_company for name in frappe.get_all("Company", pluck="name", order_by="name")}
	return scopes


def assign(
	customer: str,
	tag: str,
	*,
	reason: str,
	until: date | None = None,
	lock: bool = False,
	company: str = ALL_COMPANIES,
) -> str:
	"""Give a tag by hand; in an exclusive group it takes the place of the tag held. Returns the assignment's name.

	`until` is the last day on which it holds. `lock` keeps rules from changing it.
	Raises ReasonMissing, PastDate, NotInForce, AlreadyTagged.
	"""
	assignment = frappe.get_doc(
		doctype="Customer Tag Assignment",
		customer=customer,
		tag=tag,
		company=company,
		reason=reason,
		expires_on=until,
		locked=int(lock),
	)
	return assignment.insert(ignore_permissions=True).name  # the API has checked


def source_of_call() -> str:
	"""Where a tag given by hand comes from: Import, API (a program with a key of its own) or Manual."""
	if frappe.flags.in_import:
		return "Import"
	return "API" if frappe.request and frappe.get_request_header("Authorization") else "Manual"


def prepare_manual(*, customer: str, tag: str, company: str, reason: str | None, until: date | None) -> str:
	"""Check what a person gives and make room for it; returns the tag's group. Same errors as `assign`."""
	if not (reason or "").strip():
		raise ReasonMissing()
	if until and getdate(until) < getdate(nowdate()):
		raise PastDate(date=frappe.format(until, "Date"))
	group, exclusive = _group_in_force(tag)
	held = _held(CustomerSlice.of([customer]), group, company).get(customer, ())
	if any(a.tag == tag and a.source != "Rule" for a in held):
		raise AlreadyTagged(tag=tag)
	_end([a for a in held if exclusive or a.tag == tag], REPLACED)
	return group


def remove(customer: str, tag: str, *, reason: str, company: str = ALL_COMPANIES) -> str:
	"""End a tag by hand; a rule whose conditions hold will give it again. Returns the assignment's name.

	Raises ReasonMissing, NotTagged.
	"""
	if not (reason or "").strip():
		raise ReasonMissing()
	held = _held(CustomerSlice.of([customer]), None, company).get(customer, ())
	over = [a for a in held if a.tag == tag]
	if not over:
		raise NotTagged(tag=tag)
	_end(over, reason)
	return over[0].name


@dataclass(slots=True)
class Many:
	"""What a set-based change did, or would do.

	`done`: the customers that changed, each with the name of the assignment ("" in a preview); `replaced`: the tags
	that gave way; `locked`: the customers left alone because people locked their tag against rules.
	All others were as they should be.
	"""

	done: dict[str, str] = field(default_factory=dict)
	replaced: dict[str, list[str]] = field(default_factory=dict)
	locked: set[str] = field(default_factory=set)


def assign_many(
	customers: Iterable[str],
	tag: str,
	*,
	reason: str,
	until: date | None = None,
	company: str = ALL_COMPANIES,
	preview: bool = False,
) -> Many:
	"""Give a tag by a linkage rule: as by hand, but who holds it keeps it as it is, and locked tags do not give way.

	As many queries for 1,000 customers as for one. `preview`: write nothing. Raises NotInForce.
	"""
	group, exclusive = _group_in_force(tag)
	result = Many()
	for chunk in slices(customers, store.WRITE_BATCH):
		held = _held(chunk, group, company, preview=preview)
		over: list[OpenAssignment] = []
		gains: list[Gain] = []
		for customer in chunk.names:
			rivals = held.get(customer, []) if exclusive else []
			if any(a.tag == tag for a in held.get(customer, ())):
				continue
			if any(a.locked for a in rivals):
				result.locked.add(customer)
				continue
			over += rivals
			result.replaced[customer] = [a.tag for a in rivals]
			gains.append(
				Gain(
					customer=customer,
					company=company,
					tag=tag,
					tag_group=group,
					source=BY_LINKAGE,
					reason=reason,
					expires_on=until,
				)
			)
		if not preview:
			_end(over, REPLACED)
		names = [""] * len(gains) if preview else store.open_rows(gains, now_datetime())
		result.done.update(zip((gain.customer for gain in gains), names, strict=True))
	_announce_later(result, preview)
	return result


def remove_many(
	customers: Iterable[str], tag: str, *, reason: str, company: str | None = None, preview: bool = False
) -> Many:
	"""End a tag by a linkage rule, unless people have locked it; without `company` in every scope.

	As many queries for 1,000 customers as for one. `preview`: write nothing.
	"""
	result = Many()
	for chunk in slices(customers, store.WRITE_BATCH):
		held = [a for of in _held(chunk, None, company, preview=preview).values() for a in of if a.tag == tag]
		over = [a for a in held if not a.locked]
		result.locked.update(a.customer for a in held if a.locked)
		result.done.update((a.customer, a.name) for a in over)
		if not preview:
			_end(over, reason)
	_announce_later(result, preview)
	return result


def _group_in_force(tag: str) -> tuple[str, bool]:
	"""The group of a tag, and whether it is exclusive. Raises NotInForce unless the tag may be given today."""
	known = frappe.db.get_value(
		"Customer Tag", tag, ["tag_group", "status", "valid_from", "valid_to"], as_dict=True
	)
	today = getdate(nowdate())
	if not (known and known.status == Status.ACTIVE and in_force(known.valid_from, known.valid_to, today)):
		raise NotInForce(tag=tag)
	selection = frappe.db.get_value("Customer Tag Group", known.tag_group, "selection")
	return known.tag_group, selection == groups_.EXCLUSIVE


def _held(
	chunk: CustomerSlice, group: str | None, company: str | None, *, preview: bool = False
) -> dict[str, list[OpenAssignment]]:
	"""What each customer holds, of a group and in a scope; locked until the transaction ends, but for a preview."""
	if not preview:
		lock(chunk)
	found: dict[str, list[OpenAssignment]] = {}
	for a in store.open_assignments(chunk, newest=not preview):
		if not a.shadow and group in (None, a.tag_group) and company in (None, a.company):
			found.setdefault(a.customer, []).append(a)
	return found


def _end(over: Sequence[OpenAssignment], reason: str) -> None:
	store.close_rows([Loss(assignment=a.name, shadow=False, reason=reason) for a in over], now_datetime())


def _announce_later(result: Many, preview: bool) -> None:
	if result.done and not preview:
		announce.announce_later()


def merge_customer(old: str, new: str) -> None:
	"""Before two customers become one: end the tags of the old one that the new one has too. Nothing is deleted."""
	store.move_to_customer(old, new, now_datetime(), MERGED)


def tags_of(customer: str, company: str | None = None) -> list[dict]:
	"""The tags a customer holds: [{tag, group, company, source, since, until, rule, evidence}].

	With `company`, those of that company and those that hold for all companies together. `until` is the last day
	of a tag given for a time.
	"""
	filters = {"customer": customer, "closed_key": OPEN, "shadow": 0}
	if company is not None:
		filters["company"] = ("in", [company, ALL_COMPANIES])
	rows = frappe.get_all(
		"Customer Tag Assignment",
		filters=filters,
		fields=[
			*(
				"name",
				"tag",
				"tag_group",
				"company",
				"source",
				"since",
				"expires_on",
				"grace_until",
				"locked",
			),
			*("reason", "rule_version", "evidence"),
		],
		order_by="tag_group asc, tag asc",
	)
	return [
		{
			"assignment": row.name,
			"tag": row.tag,
			"group": row.tag_group,
			"company": row.company,
			"source": row.source,
			"since": row.since,
			"until": row.expires_on,
			"grace_until": row.grace_until,
			"locked": row.locked,
			"reason": row.reason,
			"rule": row.rule_version,
			"evidence": frappe.parse_json(row.evidence) if row.evidence else None,
		}
		for row in rows
	]
