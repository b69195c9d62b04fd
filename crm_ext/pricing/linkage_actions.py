# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""Giving customers a price kind by linkage rules."""

from collections.abc import Mapping

import frappe
from frappe import _

from crm_ext.exceptions import PriceKindNotInForce
from crm_ext.pricing.facts import FIELD, PRICE_KIND
from crm_ext.rules.actions import Action, Outcome, Parameter, Work, fact_changed
from crm_ext.rules.lifecycle import Status
from crm_ext.settings import settings

KIND = Parameter(
	name="price_kind",
	label="Price Kind",
	fieldtype="Link",
	options="Price Kind",
	description="Empty: the price kind given before is taken away, and the conditions of the price kinds decide.",
)


def actions() -> list[Action]:
	"""Registered through the hook `crm_ext_linkage_actions`."""
	return [
		Action(
			name="Set Price Kind",
			run=_run,
			preview=_preview,
			summary=lambda parameters: _("{0}: {1}").format(_(KIND.label), parameters.get(KIND.name) or "–"),
			parameters=(KIND,),
			effects=lambda _parameters: [fact_changed(PRICE_KIND)],
			available=lambda: bool(settings().pricing_enabled),
		)
	]


def _preview(work: Work) -> Outcome:
	kind = _kind_in_force(work.parameters)
	before = work.assumed.get(FIELD, frappe.db.get_value("Customer", work.customer, FIELD)) or ""
	label = _(KIND.label)
	if before == kind:
		return Outcome(text=_("{0}: {1} already").format(label, kind or "–"), changed=False)
	return Outcome(text=_("{0}: {1}").format(label, f"{before or '–'} → {kind or '–'}"), sets={FIELD: kind})


def _run(work: Work) -> Outcome:
	outcome = _preview(work)
	if outcome.changed:
		customer = frappe.get_doc("Customer", work.customer)
		customer.update(outcome.sets)
		customer.save(ignore_permissions=True)  # the rule acts, whoever runs the job
	return outcome


def _kind_in_force(parameters: Mapping[str, object]) -> str:
	"""The kind to give, or "". Raises PriceKindNotInForce: it would give nobody a price."""
	kind = parameters.get(KIND.name) or ""
	if kind and frappe.db.get_value("Price Kind", kind, "status") != Status.ACTIVE:
		raise PriceKindNotInForce(price_kind=kind)
	return kind
