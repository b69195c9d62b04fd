# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What would happen if a tag's rule were as given: who gains, who loses, and the money behind it."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace

import frappe
from frappe.utils import flt, getdate, nowdate

from crm_ext.exceptions import UnknownGroup
from crm_ext.profile.slices import CustomerSlice
from crm_ext.profile.store import everybody
from crm_ext.rules.lifecycle import Status
from crm_ext.rules.site import SiteContext, currency_of, exchange_rate, registry, reporting_currency
from crm_ext.tags import groups as groups_
from crm_ext.tags import store
from crm_ext.tags.evaluate import Evaluation
from crm_ext.tags.groups import CompiledGroup, Group, Tag
from crm_ext.tags.model import Held
from crm_ext.tags.service import scopes_of

SAMPLE_SIZE = 20
NO_TAG = ""


@dataclass
class _Tally:
	customers: Counter = field(default_factory=Counter)
	revenue: Counter = field(default_factory=Counter)

	def add(self, key: object, revenue: float) -> None:
		self.customers[key] += 1
		self.revenue[key] += revenue

	def of(self, key: object) -> dict:
		return {"customers": self.customers[key], "revenue": flt(self.revenue[key], 2)}


class Simulation:
	"""The group with `tag` as it would be, against the tags held today. Writes nothing.

	Only the customers of `visible` count. Revenue is that of 365 days, in the reporting currency.
	"""

	def __init__(self, group: Group, tag: Tag, visible: Collection[str]):
		self.tag = replace(tag, status=Status.ACTIVE.value)
		self.group = group.with_tag(self.tag)
		self.visible = visible
		self.as_of = getdate(nowdate())
		self.currency = reporting_currency()
		self.considered = 0
		self.moves = _Tally()
		self.before = _Tally()
		self.after = _Tally()
		self.gains = _Tally()
		self.losses = _Tally()
		self.kept = _Tally()
		self.sample: list[dict] = []

	def run(self, progress: Callable[[int, int], None]) -> dict:
		"""Judge all customers; `progress(done, total)` is called after each slice. Raises a RuleError."""
		scopes = [
			(company, groups_.compile_group(self.group, SiteContext(self.as_of, currency_of(company))))
			for company in scopes_of([self.group])
		]
		chunks = list(everybody())
		for done, chunk in enumerate(chunks, 1):
			held = store.open_assignments(chunk)
			for company, compiled in scopes:
				self._judge(chunk, company, compiled, held)
			progress(done, len(chunks))
		return self._result()

	def _judge(self, chunk: CustomerSlice, company: str, compiled: CompiledGroup, assignments) -> None:
		held: dict[tuple[str, str], list[Held]] = {}
		for a in assignments:
			if a.tag_group == self.group.name and a.company == company and not a.shadow:
				held.setdefault((a.customer, a.tag_group), []).append(a.held())
		revenue = store.revenue_of(chunk, company)
		rate = float(exchange_rate(currency_of(company), self.currency, self.as_of))
		evaluation = Evaluation([compiled], company, self.as_of)
		for judged in evaluation.run(chunk, registry(), held):
			if judged.customer in self.visible:
				before = {h.tag for h in held.get((judged.customer, self.group.name), ())}
				lost = {tag for tag, _reason in judged.decision.losses}
				after = (before - lost) | set(judged.decision.gains)
				self._count(judged.customer, before, after, revenue.get(judged.customer, 0.0) * rate)

	def _count(self, customer: str, before: set[str], after: set[str], revenue: float) -> None:
		self.considered += 1
		for tag in before:
			self.before.add(tag, revenue)
		for tag in after:
			self.after.add(tag, revenue)
		for tag in after - before:
			self.gains.add(tag, revenue)
		for tag in before - after:
			self.losses.add(tag, revenue)
		for tag in after & before:
			self.kept.add(tag, revenue)
		from_, to = self._place(before), self._place(after)
		self.moves.add((from_, to), revenue)
		if before != after:
			self.sample.append({"customer": customer, "from": from_, "to": to, "revenue": flt(revenue, 2)})
			if len(self.sample) > 50 * SAMPLE_SIZE:
				self._trim()

	def _place(self, tags: set[str]) -> str:
		"""Where a customer stands in the flow: its tag, or in a multiple group whether it has the simulated one."""
		if self.group.exclusive:
			return min(tags, default=NO_TAG)
		return self.tag.name if self.tag.name in tags else NO_TAG

	def _trim(self) -> None:
		self.sample = sorted(self.sample, key=lambda row: (-row["revenue"], row["customer"]))[:SAMPLE_SIZE]

	def _result(self) -> dict:
		self._trim()
		names = dict(
			frappe.get_all(
				"Customer",
				filters={"name": ("in", [row["customer"] for row in self.sample])},
				fields=["name", "customer_name"],
				as_list=True,
			)
		)
		for row in self.sample:
			row["customer_name"] = names.get(row["customer"], row["customer"])
		return {
			"customers": self.considered,
			"currency": self.currency,
			"gains": self.gains.of(self.tag.name),
			"losses": self.losses.of(self.tag.name),
			"unchanged": self.kept.of(self.tag.name),
			"by_tag": [
				self._by_tag(tag.name) for tag in sorted(self.group.tags, key=lambda t: (-t.rank, t.name))
			],
			"flow": [
				{"from": key[0], "to": key[1], **self.moves.of(key)} for key in sorted(self.moves.customers)
			],
			"sample": self.sample,
		}

	def _by_tag(self, tag: str) -> dict:
		before, after = self.before.of(tag), self.after.of(tag)
		return {
			"tag": tag,
			"before": before["customers"],
			"after": after["customers"],
			"gains": self.gains.of(tag)["customers"],
			"losses": self.losses.of(tag)["customers"],
			"revenue_before": before["revenue"],
			"revenue_after": after["revenue"],
		}


def simulate(document, visible: Collection[str], progress: Callable[[int, int], None]) -> dict:
	"""Simulate a Customer Tag document, saved or not. Raises UnknownGroup or a RuleError naming the condition."""
	group = groups_.read([document.tag_group]).get(document.tag_group)
	if group is None:
		raise UnknownGroup(group=document.tag_group)
	tag = groups_.tag_from(document, document.conditions)
	return Simulation(group, tag, visible).run(progress)
