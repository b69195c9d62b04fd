# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

import frappe
from frappe import _

from crm_ext import errors
from crm_ext.exceptions import CrmExtError
from crm_ext.linkage import checks, inbox, parameters, registry
from crm_ext.linkage.rules import LIVE
from crm_ext.linkage.sources import existing
from crm_ext.rules.actions import SCHEDULE
from crm_ext.rules.lifecycle import Status
from crm_ext.rules.rule_document import RuleDocument
from crm_ext.rules.static_check import Finding

TRIGGER_FIELDS = ("tag", "occasion", "days_before", "frequency", "spread", "include_existing")


class LinkageRule(RuleDocument):
	"""When something happens to a customer, and conditions hold, actions are carried out in their order."""

	deciding_fields = (
		*("trigger", *TRIGGER_FIELDS),
		*("all_or_nothing", "once_per", "cooldown_days", "hold_out_percent", "rule_group", "priority"),
	)
	event_facts = True
	without_conditions = True

	def onload(self) -> None:
		"""For the form, the summaries in the language of the reader instead of the author's."""
		for row in self.actions:
			row.summary = registry.summary_of(
				row.action, frappe.parse_json(row.parameters) or {}, row.summary or ""
			)

	def validate(self) -> None:
		self.keep_baseline()
		self.validate_trigger()
		self.validate_actions()
		self.validate_limits()
		super().validate()

	def keep_baseline(self) -> None:
		"""It is the job's to say (`sources.existing`): a form may have been open since before."""
		before = self.get_doc_before_save()
		self.baseline_version = before.baseline_version if before else None

	def validate_trigger(self) -> None:
		"""The trigger is known, has what it needs, and nothing of another one."""
		trigger = self.speaking(lambda: registry.trigger(self.trigger))
		for field in TRIGGER_FIELDS:
			if field in trigger.fields and not self.get(field):
				label = self.meta.get_label(field)
				frappe.throw(_("{0}: fill in “{1}”.").format(_(self.trigger, context="CRM Ext"), _(label)))
			if self.get(field) and field not in trigger.fields + trigger.options:
				self.set(field, None)
		if self.trigger == SCHEDULE:
			self.once_per = self.frequency

	def validate_actions(self) -> None:
		"""Each action is known and has parameters that can work; its summary is written down."""
		for row in self.actions:
			try:
				given = parameters.clean(row.action, frappe.parse_json(row.parameters) or {})
				row.parameters = frappe.as_json(given, indent=None)
				row.summary = registry.action(row.action).summary(given)
			except CrmExtError as error:
				frappe.throw(
					_("Actions, row {0}: {1}").format(row.idx, errors.spoken(error)),
					title=_("Action", context="CRM Ext"),
				)

	def validate_limits(self) -> None:
		if not 0 <= (self.hold_out_percent or 0) < 100:
			frappe.throw(_("Hold-Out must be less than 100 %, or the rule would never run."))
		if self.cooldown_days and self.once_per == "Ever":
			frappe.throw(_("A rule that runs once ever needs no cooldown. Clear one of the two."))

	def validate_conditions(self) -> None:
		super().validate_conditions()
		self.speaking(lambda: checks.check_event_facts(self))

	def also_deciding(self) -> dict:
		return {"actions": [[row.action, row.parameters] for row in self.actions]}

	def static_findings(self) -> list[Finding]:
		return checks.findings_of(self)

	def on_update(self) -> None:
		inbox.forget_awaited()
		if self.status not in LIVE:
			return
		before = self.get_doc_before_save()
		started = not before or before.status not in (self.status, Status.PAUSED)
		if started or self.rule_changed():
			existing.begin_later(self.name, started=started)

	def on_trash(self) -> None:
		if frappe.db.exists("Linkage Run", {"rule": self.name}):
			frappe.throw(_("This rule has runs, which are kept. Stop it instead of deleting it."))
		frappe.db.delete("Linkage Event", {"rule": self.name})
		frappe.db.delete("Linkage Match", {"rule": self.name})
		inbox.forget_awaited()

	def before_rename(self, old: str, new: str, merge: bool = False) -> None:
		if merge:
			frappe.throw(_("Linkage rules cannot be merged: each has its own runs. Stop one of them."))

	def after_rename(self, old: str, new: str, merge: bool = False) -> None:
		inbox.forget_awaited()

	def speaking(self, work):
		try:
			return work()
		except CrmExtError as error:
			errors.throw(error)
