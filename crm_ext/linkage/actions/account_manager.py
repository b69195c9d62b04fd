# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The action Assign Account Manager."""

from collections.abc import Collection, Mapping, Sequence

import frappe
from frappe import _
from frappe.utils import get_fullname
from frappe.utils.nestedset import get_ancestors_of

from crm_ext.exceptions import AccountManagersFull, NoAccountManager
from crm_ext.linkage.account_managers import By, Manager, choose, covering
from crm_ext.linkage.actions import manager_store as store
from crm_ext.linkage.actions.customer_field import save_customer
from crm_ext.linkage.actions.people import USER, check_user, user_parameter
from crm_ext.linkage.actions.words import change
from crm_ext.rules.actions import Action, Outcome, Parameter, Work, fact_changed

FIELD, LABEL = "account_manager", "Account Manager"


def action() -> Action:
	return Action(
		name="Assign Account Manager",
		run=lambda work: _assign([work])[0],
		run_many=_assign,
		preview=_preview,
		summary=_summary,
		parameters=(
			Parameter(
				name="by",
				label="By",
				fieldtype="Select",
				options="\n".join((USER, *By)),
				required=True,
				default=By.BOTH.value,
				description=(
					"Of the account managers who cover the customer and have room: the one with the nearest territory, "
					"the one for its industry, or the one with the smallest load."
				),
			),
			user_parameter("by", user_type="System User"),
			Parameter(
				name="replace",
				label="Replace the Present One",
				fieldtype="Check",
				default="0",
				description="Otherwise a customer that has an account manager keeps it.",
			),
		),
		check=lambda parameters: check_user(parameters.get("user")),
		effects=lambda _parameters: [fact_changed(FIELD)],
	)


def _summary(parameters: Mapping[str, object]) -> str:
	if parameters["by"] == USER:
		return get_fullname(parameters["user"])
	return _("By {0}", context="CRM Ext").format(_(parameters["by"]))


def _preview(work: Work) -> Outcome:
	return _Choice([work.customer], lock=False).outcome(work)


def _assign(works: Sequence[Work]) -> list[Outcome]:
	"""Assign one after the other: whom one customer was given counts for the next."""
	by_coverage = any(work.parameters["by"] != USER for work in works)
	choice = _Choice([work.customer for work in works], lock=by_coverage)
	outcomes = []
	for work in works:
		outcome = choice.outcome(work)
		if outcome.changed:
			save_customer(work.customer, **{FIELD: choice.customers[work.customer].account_manager})
		outcomes.append(outcome)
	return outcomes


class _Choice:
	"""Chooses managers for some customers and keeps count. Managers and loads are read when first asked for."""

	def __init__(self, customers: Collection[str], *, lock: bool):
		if lock:
			store.lock()  # before anything is read: what another job has assigned by then is seen
		self.customers = store.customers(customers)
		self._read: tuple[list[Manager], dict[str, int]] | None = None
		self._territories: dict[str, list[str]] = {}

	def outcome(self, work: Work) -> Outcome:
		"""Give the customer its manager, in memory. Raises UserDisabled, NoAccountManager, AccountManagersFull."""
		customer = self.customers[work.customer]
		before = customer.account_manager
		if before and not work.parameters.get("replace"):
			return _stays(before)
		after = self._chosen(customer, work.parameters)
		if after == before:
			return _stays(before)
		customer.account_manager = after
		return Outcome(
			text=change(LABEL, before and get_fullname(before), get_fullname(after)), sets={FIELD: after}
		)

	def _chosen(self, customer: frappe._dict, parameters: Mapping[str, object]) -> str:
		if parameters["by"] == USER:
			check_user(parameters["user"])
			return parameters["user"]
		return self._by_coverage(customer, By(parameters["by"]))

	def _by_coverage(self, customer: frappe._dict, by: By) -> str:
		managers, loads = self._managers_and_loads()
		own = int(not customer.disabled)
		if customer.account_manager in loads:
			loads[customer.account_manager] -= own  # a customer must not speak against the manager it has
		territories = self._territories_above(customer.territory)
		covered = covering(managers, territories=territories, industry=customer.industry or "", by=by)
		chosen = choose(covered, loads)
		user = chosen.user if chosen else None
		if not covered and by is By.TERRITORY:
			user = store.territory_manager(territories)
		if not user:
			fault = AccountManagersFull if covered else NoAccountManager
			raise fault(
				customer=customer.name,
				territory=customer.territory or "–",
				industry=customer.industry or "–",
			)
		loads[user] = loads.get(user, 0) + own
		return user

	def _managers_and_loads(self) -> tuple[list[Manager], dict[str, int]]:
		if self._read is None:
			self._read = store.managers(), store.loads()
		return self._read

	def _territories_above(self, territory: str | None) -> list[str]:
		"""The territory and those above it, the nearest first."""
		if not territory:
			return []
		if territory not in self._territories:
			above = get_ancestors_of("Territory", territory)
			self._territories[territory] = [territory, *above]
		return self._territories[territory]


def _stays(user: str) -> Outcome:
	return Outcome(text=_("{0} stays the account manager").format(get_fullname(user)), changed=False)
