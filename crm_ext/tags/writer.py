# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""From decisions to rows with evidence."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from crm_ext.profile.customer_facts import facts_of
from crm_ext.rules import evidence
from crm_ext.rules.site import SiteContext, registry
from crm_ext.tags import store
from crm_ext.tags.evaluate import Judged
from crm_ext.tags.groups import CompiledGroup
from crm_ext.tags.model import REPLACED
from crm_ext.tags.store import Gain, Loss, OpenAssignment


class Writer:
	"""Writes what was decided in one group and scope; with `shadow`, only what befalls the observed tags."""

	def __init__(
		self,
		compiled: CompiledGroup,
		company: str,
		context: SiteContext,
		rows: dict[tuple[str, str], OpenAssignment],
		*,
		shadow: bool,
	):
		self.compiled = compiled
		self.company = company
		self.context = context
		self.rows = rows
		self.shadow = shadow
		self.written = compiled.group.observed if shadow else {tag.name for tag in compiled.group.tags}
		self.tags = {tag.name: tag for tag in compiled.group.tags}

	def write(self, judged: Sequence[Judged], moment: datetime) -> int:
		facts = facts_of([j.customer for j in judged], self.company, self.compiled.facts(), registry())
		gains, losses, grace = [], [], {}
		for j in judged:
			known = facts[j.customer]
			gains += [self._gain(j, tag, known) for tag in j.decision.gains if tag in self.written]
			losses += [
				self._loss(j, tag, reason, known) for tag, reason in j.decision.losses if tag in self.written
			]
			grace.update(
				(self.rows[j.customer, tag].name, until)
				for tag, until in j.decision.grace
				if tag in self.written
			)
		store.close_rows(losses, moment)
		store.open_rows(gains, moment)
		store.set_grace(grace)
		return len(gains) + len(losses)

	def _gain(self, j: Judged, tag: str, facts) -> Gain:
		return Gain(
			customer=j.customer,
			company=self.company,
			tag=tag,
			tag_group=self.compiled.group.name,
			shadow=self.shadow,
			rule_version=f"{self.tags[tag].version} · {self.tags[tag].version_hash}",
			evidence=self._evidence(tag, facts, holding=False, losers=j.decision.losers),
		)

	def _loss(self, j: Judged, tag: str, reason: str, facts) -> Loss:
		winners = [(winner, REPLACED) for winner in j.decision.gains] if reason == REPLACED else []
		known = (
			self._evidence(tag, facts, holding=True, losers=winners) if tag in self.compiled.clauses else None
		)
		return Loss(
			assignment=self.rows[j.customer, tag].name, shadow=self.shadow, reason=reason, evidence=known
		)

	def _evidence(self, tag: str, facts, *, holding: bool, losers: Iterable[tuple[str, str]]) -> dict:
		return evidence.build(
			self.tags[tag].reference,
			self.compiled.clauses[tag],
			facts,
			as_of=self.context.as_of,
			company=self.company,
			currency=self.context.currency,
			holding=holding,
			losers=losers,
		)
