# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""What every kind of rule has in common: conditions, a life cycle, a version, saved test cases."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, nowdate

from crm_ext import errors
from crm_ext.exceptions import CrmExtError, FactNotSetBased, RuleError, Term
from crm_ext.rules import cases
from crm_ext.rules.conditions import Condition, resolve
from crm_ext.rules.evidence import RuleRef
from crm_ext.rules.facts import Fact
from crm_ext.rules.lifecycle import REASON_REQUIRED, Status, check_transition
from crm_ext.rules.site import SiteContext, registry, reporting_currency
from crm_ext.rules.static_check import Finding


def conditions_of(rows: Iterable[Mapping]) -> tuple[Condition, ...]:
	"""The rows of a “Rule Condition” table as the kernel reads them."""
	return tuple(
		Condition(
			fact=row.get("fact") or "",
			operator=row.get("operator") or "",
			value=str(row.get("value") or ""),
			unit=row.get("unit") or "",
			currency=row.get("currency") or "",
			keep_value=str(row.get("keep_value") or ""),
			any_of=int(row.get("any_of") or 0),
		)
		for row in rows
	)


class RuleDocument(Document):
	"""Base controller. A subclass names the fields that decide and may add static findings."""

	deciding_fields: tuple[str, ...] = ()
	event_facts = False
	"""Whether conditions may ask about one event, and not only about customers."""

	without_conditions = False
	"""What a rule of this kind decides that has none: that nobody matches, or everybody."""

	def validate(self) -> None:
		self.validate_validity()
		self.validate_conditions()
		self.set_version()
		self.validate_status()

	def validate_validity(self) -> None:
		if self.valid_from and self.valid_to and getdate(self.valid_to) < getdate(self.valid_from):
			frappe.throw(_("Valid To must not be before Valid From."))

	def validate_conditions(self) -> None:
		for row, condition in zip(self.conditions, self.rule_conditions(), strict=True):
			try:
				resolve((condition,), registry(), self.context())
				self.check_set_based(registry()[condition.fact])
			except RuleError as error:
				frappe.throw(
					_("Conditions, row {0}: {1}").format(row.idx, error.translated(_)), title=_("Condition")
				)

	def check_set_based(self, fact: Fact) -> None:
		"""Raises FactNotSetBased for a fact of one event, where the rule has none."""
		if not (fact.sql or self.event_facts):
			raise FactNotSetBased(fact=Term(fact.label))

	def validate_status(self) -> None:
		before = self.get_doc_before_save()
		old = before.status if before else Status.DRAFT.value
		try:
			check_transition(old, self.status)
		except CrmExtError as error:
			errors.throw(error)
		if self.status != old and self.status in REASON_REQUIRED and not self.status_reason:
			frappe.throw(_("Give a reason for {0}.").format(_(self.status)))
		became_active = self.status == Status.ACTIVE and (old != Status.ACTIVE or self.rule_changed())
		if became_active:
			self.check_before_activation()
		if self.status != old or self.rule_changed():
			self.last_error = None

	def rule_changed(self) -> bool:
		before = self.get_doc_before_save()
		return before is None or before.version_hash != self.version_hash

	def set_version(self) -> None:
		self.version_hash = self.digest()
		before = self.get_doc_before_save()
		self.version = 1 if before is None else before.version + int(self.rule_changed())
		self.rule_owner = self.rule_owner or frappe.session.user

	def digest(self) -> str:
		"""A digest of everything that decides; two rules with the same digest decide alike."""
		deciding = {
			"conditions": [list(_plain(condition)) for condition in self.rule_conditions()],
			"fields": {name: str(self.get(name) or "") for name in self.deciding_fields},
			"valid": [str(self.valid_from or ""), str(self.valid_to or "")],
			**self.also_deciding(),
		}
		return hashlib.sha256(json.dumps(deciding, sort_keys=True).encode()).hexdigest()[:16]

	def also_deciding(self) -> dict:
		"""What else decides, as JSON has it; a subclass with tables of its own gives it."""
		return {}

	def rule_conditions(self) -> tuple[Condition, ...]:
		return conditions_of(self.conditions)

	def reference(self) -> RuleRef:
		return RuleRef(self.doctype, self.name, self.version, self.version_hash)

	def check_before_activation(self) -> None:
		"""Block activation on a static error or a failing saved test case, naming each."""
		problems = [errors.spoken(obstacle) for obstacle in self.obstacles()]
		problems += [finding.text(_) for finding in self.static_findings() if finding.blocks]
		problems += [case_text(result) for result in self.run_cases() if not result.passed]
		if problems:
			frappe.throw(problems, title=_("The Rule Cannot Become Active"), as_list=True)

	def obstacles(self) -> list[CrmExtError]:
		"""What else keeps the rule from becoming active; a subclass that needs something beforehand gives it."""
		return []

	def static_findings(self) -> list[Finding]:
		"""Findings of the static check; a subclass that competes with others gives them."""
		return []

	def run_cases(self) -> list[cases.CaseResult]:
		conditions = self.rule_conditions()
		return [
			cases.run(
				_case(row), conditions, registry(), self.context, without_conditions=self.without_conditions
			)
			for row in self.get("test_cases") or ()
		]

	def context(self, as_of: date | None = None) -> SiteContext:
		return SiteContext(as_of=as_of or getdate(nowdate()), currency=reporting_currency())


def case_text(result: cases.CaseResult) -> str:
	"""One line on a saved test case, for the person who activates the rule."""
	if result.error:
		return _("Test case “{0}”: {1}").format(result.title, result.error.translated(_))
	if result.passed:
		return _("Test case “{0}” passes.").format(result.title)
	return _("Test case “{0}” fails: expected “{1}”.").format(
		result.title, _("Matches") if result.expected else _("Does not match")
	)


def record_error(doctype: str, name: str, error: CrmExtError) -> None:
	"""Show a rule's owner, once per new error, that it could not be evaluated."""
	text = error.translated(_)
	owner, known = frappe.db.get_value(doctype, name, ["rule_owner", "last_error"])
	if known == text:
		return
	frappe.db.set_value(doctype, name, "last_error", text, update_modified=False)
	frappe.log_error(title=f"{doctype} {name} cannot be evaluated", message=text)
	tell_owner(doctype, name, owner, _("{0} {1} cannot be evaluated: {2}").format(_(doctype), name, text))


def tell_owner(doctype: str, name: str, owner: str | None, subject: str) -> None:
	"""Alert the owner of a rule in the Desk; nobody, where that is no enabled user."""
	if owner and frappe.db.exists("User", {"name": owner, "enabled": 1}):
		frappe.get_doc(
			doctype="Notification Log",
			for_user=owner,
			type="Alert",
			document_type=doctype,
			document_name=name,
			subject=subject,
		).insert(ignore_permissions=True)  # the job tells the owner, whoever runs it


def clear_error(doctype: str, name: str) -> None:
	"""Forget an error that has gone."""
	frappe.db.set_value(doctype, name, "last_error", None, update_modified=False)


def _plain(condition: Condition) -> Iterable[object]:
	return (getattr(condition, name) for name in Condition.__dataclass_fields__)


def _case(row: Mapping) -> cases.Case:
	facts = row.get("facts") or {}
	return cases.Case(
		title=row.get("title") or "",
		facts=json.loads(facts) if isinstance(facts, str) else facts,
		as_of=getdate(row.get("as_of")) if row.get("as_of") else None,
		holding=bool(row.get("holding")),
		expected=row.get("expected") == "Matches",
	)
