# Copyright (c) 2026, crm_ext contributors
# License: GPL-3.0-or-later. See license.txt

"""The action Call Webhook: one request by a Webhook record of Frappe's own."""

import json
from collections.abc import Mapping

import requests

import frappe
from frappe import _
from frappe.integrations.doctype.webhook.webhook import get_context, get_webhook_data, get_webhook_headers
from frappe.utils import strip_html

from crm_ext.compat import log_webhook_request
from crm_ext.constants import LINKAGE
from crm_ext.exceptions import WebhookFailed, WebhookUnreachable, WebhookUnusable
from crm_ext.linkage.actions.words import event_of
from crm_ext.rules.actions import Action, Outcome, Parameter, Work

RUN_HEADER = "X-CRM-Ext-Run"
"""The same for every try of a run: by it the other side knows a repetition."""

USABLE = {"webhook_doctype": "Customer", "webhook_docevent": LINKAGE, "enabled": 1}
TIMEOUT = 5
"""Seconds, where the record does not say; as in Frappe."""

ANSWER = 200
"""So many characters of a refusal are kept."""


def action() -> Action:
	return Action(
		name="Call Webhook",
		run=_run,
		preview=_preview,
		summary=lambda parameters: parameters["webhook"],
		parameters=(
			Parameter(
				name="webhook",
				label="Webhook",
				fieldtype="Link",
				options="Webhook",
				required=True,
				filters=USABLE,
				description="An enabled Webhook for Customer with the Doc Event crm_ext_linkage.",
			),
		),
		check=_check,
		external=True,
	)


def _check(parameters: Mapping[str, object]) -> None:
	name = parameters["webhook"]
	if not frappe.db.exists("Webhook", {"name": name, **USABLE}):
		raise WebhookUnusable(webhook=name, event=LINKAGE)


def _preview(work: Work) -> Outcome:
	call = _Call(work)
	return Outcome(text=_("Webhook {0}").format(call.webhook.name)) if call.wanted() else call.unwanted()


def _run(work: Work) -> Outcome:
	"""Raises WebhookFailed for an answer that is no success, WebhookUnreachable for none."""
	call = _Call(work)
	return call.send() if call.wanted() else call.unwanted()


class _Call:
	"""One request about one customer. Raises WebhookUnusable."""

	def __init__(self, work: Work):
		_check(work.parameters)
		self.webhook = frappe.get_doc("Webhook", work.parameters["webhook"])
		self.customer = frappe.get_doc("Customer", work.customer)
		self.run = work.run
		event = work.event
		self.customer.crm_ext_linkage = frappe._dict(
			event_of(work),
			run=work.run,
			event=event.trigger,
			occurred_at=str(event.occurred_at),
			company=event.company,
			reference_doctype=event.reference_doctype,
			reference_name=event.reference_name,
			facts=dict(event.facts),
		)

	def wanted(self) -> bool:
		"""Whether the condition of the record holds."""
		condition = self.webhook.condition
		return not condition or bool(frappe.safe_eval(condition, eval_locals=get_context(self.customer)))

	def unwanted(self) -> Outcome:
		return Outcome(text=_("The condition of the webhook does not hold"), changed=False)

	def send(self) -> Outcome:
		"""One try: trying again is up to the run, which also keeps a fault. Frappe's log keeps what succeeded."""
		webhook, told = self.webhook, _Told(self.customer)
		url = webhook.request_url
		if webhook.is_dynamic_url:
			url = frappe.render_template(url, get_context(self.customer))
		headers = {**get_webhook_headers(told, webhook), RUN_HEADER: self.run}
		data = get_webhook_data(told, webhook)
		try:
			answer = requests.request(
				method=webhook.request_method,
				url=url,
				data=json.dumps(data, default=str),
				headers=headers,
				timeout=webhook.timeout or TIMEOUT,
			)
		except requests.RequestException as error:
			raise WebhookUnreachable(webhook=webhook.name, reason=type(error).__name__) from error
		if not answer.ok:
			text = strip_html(answer.text).strip()[:ANSWER] or answer.reason
			raise WebhookFailed(webhook=webhook.name, status=answer.status_code, answer=text)
		log_webhook_request(webhook.name, self.customer, url, headers, data, answer)
		return Outcome(text=_("Webhook {0}: status {1}").format(webhook.name, answer.status_code))


class _Told(frappe._dict):
	"""The customer as Frappe's templates of a request read it: its fields, and `crm_ext_linkage`."""

	def __init__(self, customer):
		super().__init__(
			customer.as_dict(convert_dates_to_str=True), crm_ext_linkage=customer.crm_ext_linkage
		)

	def as_dict(self, **_how) -> "_Told":
		return self
